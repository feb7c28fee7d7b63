#pragma once
// workspace/diagnostic: the findings in the workspace's Dockerfiles, one file after the other on the disk lane, so that
// nothing else waits long. Where nothing differs from what the client has, the request is held open until something
// may; only for clients that tell which files changed. One request at a time: a newer one ends the one before. Main
// thread only.

#include "protocol/json_rpc.h"
#include "server/lsp/session.h"

namespace keyline::server {

// Takes over the request.
void pull_workspace(Session& session, const protocol::Id& id, const protocol::lsp::WorkspaceDiagnosticParams& params);

// The files are known: the next round may begin.
void workspace_known(Session& session);
void workspace_file_checked(Session& session, WorkspaceFileChecked checked);

// Something changed that findings may depend on: a request that is held goes on once it has been quiet for a moment.
void pull_workspace_later(Session& session);
// Timer::workspace.
void pull_workspace_again(Session& session);

// Answers with what there is so far, if anybody asked.
void end_workspace_pull(Session& session);
// The client took the request back.
void drop_cancelled_pull(Session& session);
// Whether the token is that of the request; then it is ended.
bool cancel_workspace_progress(Session& session, const protocol::lsp::ProgressToken& token);

}  // namespace keyline::server
