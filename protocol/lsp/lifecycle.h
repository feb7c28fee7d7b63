#pragma once
// `initialize`: what the client can do, what the server will do, and the small messages around a session's life.
// Only the capabilities that the server asks about are here. Each is Tolerant: a client that announces nonsense has
// not announced it, and must not fail to start because of it.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/completion.h"
#include "protocol/lsp/diagnostics.h"
#include "protocol/lsp/presentation.h"

namespace keyline::protocol::lsp {

struct GeneralClientCapabilities {
  Tolerant<std::vector<std::string>> positionEncodings;
};

struct DiagnosticTagSupport {
  std::vector<DiagnosticTag> valueSet;
};

struct PublishDiagnosticsClientCapabilities {
  Tolerant<bool> relatedInformation;
  Tolerant<bool> versionSupport;
  Tolerant<bool> codeDescriptionSupport;
  Tolerant<bool> dataSupport;
  Tolerant<DiagnosticTagSupport> tagSupport;
};

struct DiagnosticClientCapabilities {
  Tolerant<bool> dynamicRegistration;
  Tolerant<bool> relatedInformation;
  Tolerant<bool> codeDescriptionSupport;
  Tolerant<DiagnosticTagSupport> tagSupport;
};

struct HoverClientCapabilities {
  Tolerant<std::vector<std::string>> contentFormat;  // in the client's order of preference
};

struct CodeActionKindSupport {
  std::vector<std::string> valueSet;
};

struct CodeActionLiteralSupport {
  CodeActionKindSupport codeActionKind;
};

struct ResolveSupport {
  std::vector<std::string> properties;
};

struct CodeActionClientCapabilities {
  Tolerant<CodeActionLiteralSupport> codeActionLiteralSupport;
  Tolerant<bool> isPreferredSupport;
  Tolerant<bool> dataSupport;
  Tolerant<ResolveSupport> resolveSupport;
};

struct CompletionItemClientCapabilities {
  Tolerant<std::vector<std::string>> documentationFormat;
};

struct CompletionClientCapabilities {
  Tolerant<CompletionItemClientCapabilities> completionItem;
};

struct RenameClientCapabilities {
  Tolerant<bool> prepareSupport;
};

struct DocumentSymbolClientCapabilities {
  Tolerant<bool> hierarchicalDocumentSymbolSupport;
};

struct FoldingRangeClientCapabilities {
  Tolerant<std::uint32_t> rangeLimit;
};

struct RangeFormattingClientCapabilities {
  Tolerant<bool> rangesSupport;
};

struct TextDocumentClientCapabilities {
  Tolerant<PublishDiagnosticsClientCapabilities> publishDiagnostics;
  Tolerant<DiagnosticClientCapabilities> diagnostic;
  Tolerant<HoverClientCapabilities> hover;
  Tolerant<CompletionClientCapabilities> completion;
  Tolerant<CodeActionClientCapabilities> codeAction;
  Tolerant<RenameClientCapabilities> rename;
  Tolerant<DocumentSymbolClientCapabilities> documentSymbol;
  Tolerant<FoldingRangeClientCapabilities> foldingRange;
  Tolerant<RangeFormattingClientCapabilities> rangeFormatting;
};

struct WorkspaceEditClientCapabilities {
  Tolerant<bool> documentChanges;
  Tolerant<std::vector<std::string>> resourceOperations;
};

struct DynamicRegistrationCapability {
  Tolerant<bool> dynamicRegistration;
};

struct RefreshCapability {
  Tolerant<bool> refreshSupport;
};

struct WorkspaceClientCapabilities {
  Tolerant<bool> applyEdit;
  Tolerant<WorkspaceEditClientCapabilities> workspaceEdit;
  Tolerant<DynamicRegistrationCapability> didChangeConfiguration;
  Tolerant<DynamicRegistrationCapability> didChangeWatchedFiles;
  Tolerant<bool> workspaceFolders;
  Tolerant<bool> configuration;
  Tolerant<RefreshCapability> inlayHint;
  Tolerant<RefreshCapability> codeLens;
  Tolerant<RefreshCapability> diagnostics;
};

struct WindowClientCapabilities {
  Tolerant<bool> workDoneProgress;
};

struct ClientCapabilities {
  Tolerant<GeneralClientCapabilities> general;
  Tolerant<TextDocumentClientCapabilities> textDocument;
  Tolerant<WorkspaceClientCapabilities> workspace;
  Tolerant<WindowClientCapabilities> window;
};

struct ClientInfo {
  std::string name;
  std::optional<std::string> version;
};

struct WorkspaceFolder {
  DocumentUri uri;
  std::string name;

  friend bool operator==(const WorkspaceFolder&, const WorkspaceFolder&) = default;
};

struct InitializeParams {
  Nullable<std::int32_t> processId;  // null: no parent to outlive
  Tolerant<ClientInfo> clientInfo;
  Tolerant<std::string> rootPath;  // deprecated, yet all that some clients send
  Nullable<DocumentUri> rootUri;
  std::optional<JsonValue> initializationOptions;
  ClientCapabilities capabilities;
  Tolerant<std::string> trace;
  std::optional<std::vector<WorkspaceFolder>> workspaceFolders;
};

enum class TextDocumentSyncKind : int { none = 0, full = 1, incremental = 2 };

struct SaveOptions {
  std::optional<bool> includeText;
};

struct TextDocumentSyncOptions {
  std::optional<bool> openClose;
  std::optional<TextDocumentSyncKind> change;
  std::optional<std::variant<bool, SaveOptions>> save;
};

struct CodeActionOptions {
  std::optional<std::vector<std::string>> codeActionKinds;
  std::optional<bool> resolveProvider;
};

struct CodeLensOptions {
  std::optional<bool> resolveProvider;
};

struct InlayHintOptions {
  std::optional<bool> resolveProvider;
};

struct RenameOptions {
  std::optional<bool> prepareProvider;
};

struct DocumentLinkOptions {
  std::optional<bool> resolveProvider;
};

struct ExecuteCommandOptions {
  std::vector<std::string> commands;
};

struct WorkspaceFoldersServerCapabilities {
  std::optional<bool> supported;
  std::optional<bool> changeNotifications;
};

struct WorkspaceServerCapabilities {
  std::optional<WorkspaceFoldersServerCapabilities> workspaceFolders;
};

struct ServerCapabilities {
  std::optional<std::string> positionEncoding;
  std::optional<TextDocumentSyncOptions> textDocumentSync;
  std::optional<bool> hoverProvider;
  std::optional<CompletionOptions> completionProvider;
  std::optional<SignatureHelpOptions> signatureHelpProvider;
  std::optional<bool> definitionProvider;
  std::optional<bool> declarationProvider;
  std::optional<bool> referencesProvider;
  std::optional<bool> documentHighlightProvider;
  std::optional<std::variant<bool, RenameOptions>> renameProvider;
  std::optional<bool> documentSymbolProvider;
  std::optional<bool> workspaceSymbolProvider;
  std::optional<bool> foldingRangeProvider;
  std::optional<bool> selectionRangeProvider;
  std::optional<DocumentLinkOptions> documentLinkProvider;
  std::optional<bool> linkedEditingRangeProvider;
  std::optional<bool> callHierarchyProvider;
  std::optional<SemanticTokensOptions> semanticTokensProvider;
  std::optional<bool> documentFormattingProvider;
  std::optional<std::variant<bool, DocumentRangeFormattingOptions>> documentRangeFormattingProvider;
  std::optional<DocumentOnTypeFormattingOptions> documentOnTypeFormattingProvider;
  std::optional<std::variant<bool, CodeActionOptions>> codeActionProvider;
  std::optional<CodeLensOptions> codeLensProvider;
  std::optional<std::variant<bool, InlayHintOptions>> inlayHintProvider;
  std::optional<DiagnosticOptions> diagnosticProvider;
  std::optional<ExecuteCommandOptions> executeCommandProvider;
  std::optional<WorkspaceServerCapabilities> workspace;
};

struct ServerInfo {
  std::string name;
  std::optional<std::string> version;
};

struct InitializeResult {
  ServerCapabilities capabilities;
  std::optional<ServerInfo> serverInfo;
};

struct CancelParams {
  std::variant<std::int64_t, std::string> id;
};

struct SetTraceParams {
  std::string value;
};

KEYLINE_JSON_DECLARE(GeneralClientCapabilities);
KEYLINE_JSON_DECLARE(DiagnosticTagSupport);
KEYLINE_JSON_DECLARE(PublishDiagnosticsClientCapabilities);
KEYLINE_JSON_DECLARE(DiagnosticClientCapabilities);
KEYLINE_JSON_DECLARE(HoverClientCapabilities);
KEYLINE_JSON_DECLARE(CodeActionKindSupport);
KEYLINE_JSON_DECLARE(CodeActionLiteralSupport);
KEYLINE_JSON_DECLARE(ResolveSupport);
KEYLINE_JSON_DECLARE(CodeActionClientCapabilities);
KEYLINE_JSON_DECLARE(CompletionItemClientCapabilities);
KEYLINE_JSON_DECLARE(CompletionClientCapabilities);
KEYLINE_JSON_DECLARE(RenameClientCapabilities);
KEYLINE_JSON_DECLARE(DocumentSymbolClientCapabilities);
KEYLINE_JSON_DECLARE(FoldingRangeClientCapabilities);
KEYLINE_JSON_DECLARE(RangeFormattingClientCapabilities);
KEYLINE_JSON_DECLARE(TextDocumentClientCapabilities);
KEYLINE_JSON_DECLARE(WorkspaceEditClientCapabilities);
KEYLINE_JSON_DECLARE(DynamicRegistrationCapability);
KEYLINE_JSON_DECLARE(RefreshCapability);
KEYLINE_JSON_DECLARE(WorkspaceClientCapabilities);
KEYLINE_JSON_DECLARE(WindowClientCapabilities);
KEYLINE_JSON_DECLARE(ClientCapabilities);
KEYLINE_JSON_DECLARE(ClientInfo);
KEYLINE_JSON_DECLARE(WorkspaceFolder);
KEYLINE_JSON_DECLARE(InitializeParams);
KEYLINE_JSON_DECLARE(SaveOptions);
KEYLINE_JSON_DECLARE(TextDocumentSyncOptions);
KEYLINE_JSON_DECLARE(CodeActionOptions);
KEYLINE_JSON_DECLARE(CodeLensOptions);
KEYLINE_JSON_DECLARE(InlayHintOptions);
KEYLINE_JSON_DECLARE(RenameOptions);
KEYLINE_JSON_DECLARE(DocumentLinkOptions);
KEYLINE_JSON_DECLARE(ExecuteCommandOptions);
KEYLINE_JSON_DECLARE(WorkspaceFoldersServerCapabilities);
KEYLINE_JSON_DECLARE(WorkspaceServerCapabilities);
KEYLINE_JSON_DECLARE(ServerCapabilities);
KEYLINE_JSON_DECLARE(ServerInfo);
KEYLINE_JSON_DECLARE(InitializeResult);
KEYLINE_JSON_DECLARE(CancelParams);
KEYLINE_JSON_DECLARE(SetTraceParams);

}  // namespace keyline::protocol::lsp
