#include "protocol/lsp/workspace.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(DidChangeConfigurationParams, settings)
KEYLINE_JSON_OBJECT(ConfigurationItem, scopeUri, section)
KEYLINE_JSON_OBJECT(ConfigurationParams, items)
KEYLINE_JSON_OBJECT(FileEvent, uri, type)
KEYLINE_JSON_OBJECT(DidChangeWatchedFilesParams, changes)
KEYLINE_JSON_OBJECT(FileSystemWatcher, globPattern)
KEYLINE_JSON_OBJECT(DidChangeWatchedFilesRegistrationOptions, watchers)
KEYLINE_JSON_OBJECT(Registration, id, method, registerOptions)
KEYLINE_JSON_OBJECT(RegistrationParams, registrations)
KEYLINE_JSON_OBJECT(WorkspaceFoldersChangeEvent, added, removed)
KEYLINE_JSON_OBJECT(DidChangeWorkspaceFoldersParams, event)
KEYLINE_JSON_OBJECT(ExecuteCommandParams, command, arguments)
KEYLINE_JSON_OBJECT(ApplyWorkspaceEditParams, label, edit)
KEYLINE_JSON_OBJECT(ApplyWorkspaceEditResult, applied, failureReason)
KEYLINE_JSON_OBJECT(MessageParams, type, message)

}  // namespace keyline::protocol::lsp
