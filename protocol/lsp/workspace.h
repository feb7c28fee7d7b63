#pragma once
// Messages about the workspace as a whole: settings, watched files, folders, commands, edits that the server asks for,
// and words to the user.

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/lifecycle.h"

namespace keyline::protocol::lsp {

struct DidChangeConfigurationParams {
  std::optional<JsonValue> settings;  // null when the client expects to be asked

  friend bool operator==(const DidChangeConfigurationParams&, const DidChangeConfigurationParams&) = default;
};

struct ConfigurationItem {
  std::optional<DocumentUri> scopeUri;
  std::optional<std::string> section;

  friend bool operator==(const ConfigurationItem&, const ConfigurationItem&) = default;
};

struct ConfigurationParams {
  std::vector<ConfigurationItem> items;

  friend bool operator==(const ConfigurationParams&, const ConfigurationParams&) = default;
};

enum class FileChangeType : int { created = 1, changed = 2, deleted = 3 };

struct FileEvent {
  DocumentUri uri;
  FileChangeType type = FileChangeType::changed;

  friend bool operator==(const FileEvent&, const FileEvent&) = default;
};

struct DidChangeWatchedFilesParams {
  std::vector<FileEvent> changes;

  friend bool operator==(const DidChangeWatchedFilesParams&, const DidChangeWatchedFilesParams&) = default;
};

struct FileSystemWatcher {
  std::string globPattern;

  friend bool operator==(const FileSystemWatcher&, const FileSystemWatcher&) = default;
};

struct DidChangeWatchedFilesRegistrationOptions {
  std::vector<FileSystemWatcher> watchers;

  friend bool operator==(const DidChangeWatchedFilesRegistrationOptions&,
                         const DidChangeWatchedFilesRegistrationOptions&) = default;
};

struct Registration {
  std::string id;
  std::string method;
  std::optional<JsonText> registerOptions;

  friend bool operator==(const Registration&, const Registration&) = default;
};

struct RegistrationParams {
  std::vector<Registration> registrations;

  friend bool operator==(const RegistrationParams&, const RegistrationParams&) = default;
};

struct WorkspaceFoldersChangeEvent {
  std::vector<WorkspaceFolder> added;
  std::vector<WorkspaceFolder> removed;

  friend bool operator==(const WorkspaceFoldersChangeEvent&, const WorkspaceFoldersChangeEvent&) = default;
};

struct DidChangeWorkspaceFoldersParams {
  WorkspaceFoldersChangeEvent event;

  friend bool operator==(const DidChangeWorkspaceFoldersParams&, const DidChangeWorkspaceFoldersParams&) = default;
};

struct ExecuteCommandParams {
  std::string command;
  std::optional<std::vector<JsonValue>> arguments;

  friend bool operator==(const ExecuteCommandParams&, const ExecuteCommandParams&) = default;
};

struct ApplyWorkspaceEditParams {
  std::optional<std::string> label;
  WorkspaceEdit edit;

  friend bool operator==(const ApplyWorkspaceEditParams&, const ApplyWorkspaceEditParams&) = default;
};

struct ApplyWorkspaceEditResult {
  bool applied = false;
  std::optional<std::string> failureReason;

  friend bool operator==(const ApplyWorkspaceEditResult&, const ApplyWorkspaceEditResult&) = default;
};

enum class MessageType : int { error = 1, warning = 2, info = 3, log = 4 };

// Of window/showMessage and window/logMessage alike.
struct MessageParams {
  MessageType type = MessageType::info;
  std::string message;

  friend bool operator==(const MessageParams&, const MessageParams&) = default;
};

KEYLINE_JSON_DECLARE(DidChangeConfigurationParams);
KEYLINE_JSON_DECLARE(ConfigurationItem);
KEYLINE_JSON_DECLARE(ConfigurationParams);
KEYLINE_JSON_DECLARE(FileEvent);
KEYLINE_JSON_DECLARE(DidChangeWatchedFilesParams);
KEYLINE_JSON_DECLARE(FileSystemWatcher);
KEYLINE_JSON_DECLARE(DidChangeWatchedFilesRegistrationOptions);
KEYLINE_JSON_DECLARE(Registration);
KEYLINE_JSON_DECLARE(RegistrationParams);
KEYLINE_JSON_DECLARE(WorkspaceFoldersChangeEvent);
KEYLINE_JSON_DECLARE(DidChangeWorkspaceFoldersParams);
KEYLINE_JSON_DECLARE(ExecuteCommandParams);
KEYLINE_JSON_DECLARE(ApplyWorkspaceEditParams);
KEYLINE_JSON_DECLARE(ApplyWorkspaceEditResult);
KEYLINE_JSON_DECLARE(MessageParams);

}  // namespace keyline::protocol::lsp
