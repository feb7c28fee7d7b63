#pragma once
// Handlers for what the client tells about its open documents. They only note what changed: work begins when all
// messages of a read are in, so a burst of changes is one analysis. Main thread only.

#include "protocol/lsp/methods.h"
#include "server/lsp/session.h"

namespace keyline::server {

void did_open(Session& session, const protocol::lsp::DidOpenTextDocumentParams& params);
void did_change(Session& session, const protocol::lsp::DidChangeTextDocumentParams& params);
void did_save(Session& session, const protocol::lsp::DidSaveTextDocumentParams& params);
void did_close(Session& session, const protocol::lsp::DidCloseTextDocumentParams& params);

}  // namespace keyline::server
