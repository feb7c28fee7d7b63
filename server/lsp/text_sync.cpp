#include "server/lsp/text_sync.h"

#include <spdlog/spdlog.h>

#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/workspace_diagnostics.h"

namespace keyline::server {

namespace lsp = protocol::lsp;

void did_open(Session& session, const lsp::DidOpenTextDocumentParams& params) {
  if (Document* before = session.documents.find(params.textDocument.uri)) forget(session, *before);
  Document& document = session.documents.open(params.textDocument);
  if (document.kind == DocumentKind::build_file)
    build_file_opened(session, document);
  else
    load_context(session, document);
  if (document.kind == DocumentKind::dockerignore) ignore_file_opened_or_closed(session, document.path);
}

void did_change(Session& session, const lsp::DidChangeTextDocumentParams& params) {
  Document* document = session.documents.find(params.textDocument.uri);
  if (document == nullptr) return spdlog::warn("change of {}, which is not open", params.textDocument.uri);
  session.documents.change(*document, params.textDocument.version, params.contentChanges, session.traits->encoding);
  text_changed(session, *document);
  if (document->kind == DocumentKind::dockerignore) return ignore_text_changed(session);
  own_text_changed(session, *document);
}

void did_save(Session& session, const lsp::DidSaveTextDocumentParams&) {
  contexts_changed(session);
  pull_workspace_later(session);
}

void did_close(Session& session, const lsp::DidCloseTextDocumentParams& params) {
  Document* document = session.documents.find(params.textDocument.uri);
  if (document == nullptr) return spdlog::warn("closing {}, which is not open", params.textDocument.uri);
  const DocumentKind kind = document->kind;
  const std::string path = document->path;
  forget(session, *document);
  session.documents.close(params.textDocument.uri);
  pull_workspace_later(session);
  if (kind == DocumentKind::dockerignore) ignore_file_opened_or_closed(session, path);
  if (kind == DocumentKind::dockerfile) dockerfile_changed(session, path);
}

}  // namespace keyline::server
