#pragma once
// Handlers for the messages around a session's life: initialize to exit, settings, workspace folders, watched files,
// and the watch over the process that started us. Main thread only.

#include "protocol/lsp/methods.h"
#include "server/lsp/session.h"

namespace keyline::server {

protocol::lsp::InitializeResult initialize(Session& session, const protocol::lsp::InitializeParams& params);
void initialized(Session& session, const protocol::lsp::Nothing& params);
protocol::lsp::Nothing shut_down(Session& session, const protocol::lsp::Nothing& params);
void exit_now(Session& session, const protocol::lsp::Nothing& params);

void set_trace(Session& session, const protocol::lsp::SetTraceParams& params);
void did_change_configuration(Session& session, const protocol::lsp::DidChangeConfigurationParams& params);
void did_change_watched_files(Session& session, const protocol::lsp::DidChangeWatchedFilesParams& params);
void did_change_workspace_folders(Session& session, const protocol::lsp::DidChangeWorkspaceFoldersParams& params);
// The client's answer to workspace/configuration.
void configuration_received(Session& session, const protocol::Result<protocol::JsonValue>& result);

void watch_parent(Session& session);

}  // namespace keyline::server
