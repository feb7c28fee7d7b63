#pragma once
// The method table: which message is handled where, and what the protocol asks for when it comes at the wrong time or
// makes no sense. Requests are answered on the main thread (`on_main`), by a worker from a snapshot (`on_snapshot`), or
// once the workspace's files are known (`on_workspace`). An exception of a handler ends its message, never the session.
// Main thread only.

#include "protocol/json_rpc.h"
#include "server/lsp/session.h"

namespace keyline::server {

void dispatch(Session& session, protocol::Message message);

}  // namespace keyline::server
