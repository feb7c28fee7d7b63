#include "server/lsp/lifecycle.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "analysis/knowledge/context_paths.h"
#include "analysis/text/path.h"
#include "protocol/uri.h"
#include "server/features/features.h"
#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/convert.h"
#include "server/lsp/pricing.h"
#include "server/lsp/workspace.h"
#include "server/lsp/workspace_diagnostics.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using nlohmann::json;
using protocol::JsonValue;

constexpr Clock::Duration parent_watch_interval{3000};

lsp::DiagnosticOptions diagnostic_options(const ClientTraits& traits) {
  lsp::DiagnosticOptions options;
  options.workspaceDiagnostics = traits.pulls_workspace;
  if (traits.pulls_workspace) options.workDoneProgress = true;
  return options;
}

lsp::ServerCapabilities capabilities_for(const ClientTraits& traits) {
  lsp::ServerCapabilities capabilities;
  capabilities.positionEncoding = encoding_name(traits.encoding);
  capabilities.textDocumentSync = {true, lsp::TextDocumentSyncKind::incremental, lsp::SaveOptions{false}};
  capabilities.hoverProvider = true;
  capabilities.completionProvider = lsp::CompletionOptions{{{"$", "{", "-", "=", ",", "/", " ", "#"}}, true};
  capabilities.signatureHelpProvider = lsp::SignatureHelpOptions{{{" "}}, {{" ", "="}}};
  capabilities.definitionProvider = true;
  capabilities.declarationProvider = true;
  capabilities.referencesProvider = true;
  capabilities.documentHighlightProvider = true;
  capabilities.renameProvider = true;
  if (traits.prepares_rename) capabilities.renameProvider = lsp::RenameOptions{true};
  capabilities.documentSymbolProvider = true;
  capabilities.workspaceSymbolProvider = true;
  capabilities.foldingRangeProvider = true;
  capabilities.selectionRangeProvider = true;
  capabilities.documentLinkProvider = lsp::DocumentLinkOptions{false};
  capabilities.linkedEditingRangeProvider = true;
  capabilities.callHierarchyProvider = true;
  capabilities.semanticTokensProvider =
      lsp::SemanticTokensOptions{features::semantic_tokens_legend(), true, lsp::SemanticTokensFullOptions{true}};
  capabilities.documentFormattingProvider = true;
  capabilities.documentRangeFormattingProvider = true;
  if (traits.formats_ranges) capabilities.documentRangeFormattingProvider = lsp::DocumentRangeFormattingOptions{true};
  capabilities.documentOnTypeFormattingProvider = lsp::DocumentOnTypeFormattingOptions{"\n"};
  capabilities.codeActionProvider = lsp::CodeActionOptions{features::code_action_kinds(), true};
  capabilities.codeLensProvider = {false};
  capabilities.inlayHintProvider = true;
  // A client that pulls must not be pushed to as well, and the other way round: it would show everything twice.
  if (traits.pulls_diagnostics) capabilities.diagnosticProvider = diagnostic_options(traits);
  capabilities.executeCommandProvider = {
      {std::string(features::explain_command), std::string(features::show_invalidation_command),
       std::string(features::record_build_command), std::string(features::what_if_command),
       std::string(features::status_command), std::string(features::stage_graph_command)}};
  capabilities.workspace = {lsp::WorkspaceFoldersServerCapabilities{true, true}};
  return capabilities;
}

std::vector<std::string> folders_of(const lsp::InitializeParams& params) {
  std::vector<std::string> folders;
  if (params.workspaceFolders) {
    for (const lsp::WorkspaceFolder& folder : *params.workspaceFolders)
      folders.push_back(protocol::uri_to_path(folder.uri));
  }
  if (folders.empty() && params.rootUri) folders.push_back(protocol::uri_to_path(*params.rootUri));
  if (folders.empty() && params.rootPath) folders.push_back(*params.rootPath);
  return folders;
}

// Clients send the section itself, or an object that has it as a member; anything else says nothing about us.
void apply_settings(Session& session, const json& value) {
  ParsedSettings parsed = parse_settings(value);
  for (std::string& message : parsed.messages) {
    if (!session.told.insert(message).second) continue;
    spdlog::warn("settings: {}", message);
    session.client.show_message(lsp::MessageType::warning, std::move(message));
  }
  if (parsed.settings == *session.settings) return;
  const std::shared_ptr<const Settings> before = session.settings;
  session.settings = std::make_shared<const Settings>(std::move(parsed.settings));
  for (auto& [path, document] : session.documents.all()) document.dirty = document.news = true;
  pull_workspace_later(session);
  if (before->history_commits != session.settings->history_commits) prices_stale(session);
  if (before->context != session.settings->context || build_options(*before) != build_options(*session.settings)) {
    session.files_changed = true;
    load_contexts(session);
  }
}

std::vector<lsp::Registration> registrations_for(const ClientTraits& traits) {
  std::vector<lsp::Registration> registrations;
  if (traits.registers_watched_files) {
    registrations.push_back({"keyline-watched-files", std::string(lsp::DidChangeWatchedFilesNotification::method),
                             protocol::encode(lsp::DidChangeWatchedFilesRegistrationOptions{{{"**/*"}}})});
  }
  if (traits.registers_configuration) {
    registrations.push_back({"keyline-configuration", std::string(lsp::DidChangeConfigurationNotification::method),
                             JsonValue(json{{"section", server_name}})});
  }
  return registrations;
}

}  // namespace

lsp::InitializeResult initialize(Session& session, const lsp::InitializeParams& params) {
  session.phase = Phase::serving;
  session.traits = std::make_shared<const ClientTraits>(traits_of(params));
  session.folders = folders_of(params);
  if (params.initializationOptions) apply_settings(session, params.initializationOptions->get());
  if (params.processId) {
    session.parent = *params.processId;
    session.scheduler.start_timer(Timer::parent_watch, parent_watch_interval);
  }
  return {capabilities_for(*session.traits), lsp::ServerInfo{std::string(server_name), KEYLINE_VERSION}};
}

void initialized(Session& session, const lsp::Nothing&) {
  std::vector<lsp::Registration> registrations = registrations_for(*session.traits);
  if (!registrations.empty()) session.client.register_capabilities(std::move(registrations));
  if (session.traits->configuration) session.client.ask_configuration();
  watch_history(session);
}

lsp::Nothing shut_down(Session& session, const lsp::Nothing&) {
  end_workspace_pull(session);
  session.phase = Phase::shut_down;
  return {};
}

void exit_now(Session& session, const lsp::Nothing&) { end(session, session.phase == Phase::shut_down ? 0 : 1); }

void set_trace(Session&, const lsp::SetTraceParams& params) { spdlog::debug("trace: {}", params.value); }

// A client that can be asked is asked: what it pushes may be null, or the settings of one folder only.
void did_change_configuration(Session& session, const lsp::DidChangeConfigurationParams& params) {
  if (session.traits->configuration) return session.client.ask_configuration();
  if (params.settings) apply_settings(session, params.settings->get());
}

void did_change_watched_files(Session& session, const lsp::DidChangeWatchedFilesParams& params) {
  const auto matters = [&](const lsp::FileEvent& event) { return may_matter(protocol::uri_to_path(event.uri)); };
  if (!std::ranges::any_of(params.changes, matters)) return;
  contexts_changed(session);
  const auto moves_dockerfiles = [](const lsp::FileEvent& event) {
    const std::string path = protocol::uri_to_path(event.uri);
    return event.type != lsp::FileChangeType::changed || analysis::is_dockerfile_name(analysis::base_name(path));
  };
  if (std::ranges::any_of(params.changes, moves_dockerfiles)) return workspace_changed(session);
  pull_workspace_later(session);
}

void did_change_workspace_folders(Session& session, const lsp::DidChangeWorkspaceFoldersParams& params) {
  for (const lsp::WorkspaceFolder& folder : params.event.removed) {
    std::erase(session.folders, protocol::uri_to_path(folder.uri));
  }
  for (const lsp::WorkspaceFolder& folder : params.event.added) {
    session.folders.push_back(protocol::uri_to_path(folder.uri));
  }
  contexts_changed(session);
  workspace_changed(session);
}

void configuration_received(Session& session, const protocol::Result<JsonValue>& result) {
  if (!result) return spdlog::warn("workspace/configuration: {}", result.error().message);
  const json& items = result->get();
  if (!items.is_array() || items.empty() || items.front().is_null()) return;
  apply_settings(session, items.front());
}

void watch_parent(Session& session) {
  if (!session.parent || !session.surroundings.is_alive) return;
  if (!session.surroundings.is_alive(*session.parent)) {
    spdlog::info("process {} is gone, leaving", *session.parent);
    return end(session, session.phase == Phase::shut_down ? 0 : 1);
  }
  session.scheduler.start_timer(Timer::parent_watch, parent_watch_interval);
}

}  // namespace keyline::server
