#pragma once
// Every message keyline sends or understands: its method and its types, one struct per method. Requests have a Result,
// notifications have none; that is how templates tell them apart. Grouped by who sends them.

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/code_action.h"
#include "protocol/lsp/completion.h"
#include "protocol/lsp/diagnostics.h"
#include "protocol/lsp/documents.h"
#include "protocol/lsp/language_features.h"
#include "protocol/lsp/lifecycle.h"
#include "protocol/lsp/navigation.h"
#include "protocol/lsp/presentation.h"
#include "protocol/lsp/progress.h"
#include "protocol/lsp/structure.h"
#include "protocol/lsp/workspace.h"

namespace keyline::protocol::lsp {

// Requests of the client.

struct InitializeRequest {
  static constexpr std::string_view method = "initialize";
  using Params = InitializeParams;
  using Result = InitializeResult;
};

struct ShutdownRequest {
  static constexpr std::string_view method = "shutdown";
  using Params = Nothing;
  using Result = Nothing;
};

struct HoverRequest {
  static constexpr std::string_view method = "textDocument/hover";
  using Params = HoverParams;
  using Result = std::optional<Hover>;
};

struct CompletionRequest {
  static constexpr std::string_view method = "textDocument/completion";
  using Params = CompletionParams;
  using Result = CompletionList;
};

struct CompletionResolveRequest {
  static constexpr std::string_view method = "completionItem/resolve";
  using Params = CompletionItem;
  using Result = CompletionItem;
};

struct SignatureHelpRequest {
  static constexpr std::string_view method = "textDocument/signatureHelp";
  using Params = SignatureHelpParams;
  using Result = std::optional<SignatureHelp>;
};

struct DefinitionRequest {
  static constexpr std::string_view method = "textDocument/definition";
  using Params = TextDocumentPositionParams;
  using Result = std::vector<Location>;
};

struct DeclarationRequest {
  static constexpr std::string_view method = "textDocument/declaration";
  using Params = TextDocumentPositionParams;
  using Result = std::vector<Location>;
};

struct ReferencesRequest {
  static constexpr std::string_view method = "textDocument/references";
  using Params = ReferenceParams;
  using Result = std::vector<Location>;
};

struct DocumentHighlightRequest {
  static constexpr std::string_view method = "textDocument/documentHighlight";
  using Params = TextDocumentPositionParams;
  using Result = std::vector<DocumentHighlight>;
};

struct PrepareRenameRequest {
  static constexpr std::string_view method = "textDocument/prepareRename";
  using Params = TextDocumentPositionParams;
  using Result = std::optional<PrepareRenameResult>;
};

struct RenameRequest {
  static constexpr std::string_view method = "textDocument/rename";
  using Params = RenameParams;
  using Result = std::optional<WorkspaceEdit>;
};

struct DocumentSymbolRequest {
  static constexpr std::string_view method = "textDocument/documentSymbol";
  using Params = TextDocumentParams;
  using Result = std::variant<std::vector<DocumentSymbol>, std::vector<SymbolInformation>>;
};

struct WorkspaceSymbolRequest {
  static constexpr std::string_view method = "workspace/symbol";
  using Params = WorkspaceSymbolParams;
  using Result = std::vector<SymbolInformation>;
};

struct FoldingRangeRequest {
  static constexpr std::string_view method = "textDocument/foldingRange";
  using Params = TextDocumentParams;
  using Result = std::vector<FoldingRange>;
};

struct SelectionRangeRequest {
  static constexpr std::string_view method = "textDocument/selectionRange";
  using Params = SelectionRangeParams;
  using Result = std::vector<SelectionRange>;
};

struct DocumentLinkRequest {
  static constexpr std::string_view method = "textDocument/documentLink";
  using Params = TextDocumentParams;
  using Result = std::vector<DocumentLink>;
};

struct LinkedEditingRangeRequest {
  static constexpr std::string_view method = "textDocument/linkedEditingRange";
  using Params = TextDocumentPositionParams;
  using Result = std::optional<LinkedEditingRanges>;
};

struct CallHierarchyPrepareRequest {
  static constexpr std::string_view method = "textDocument/prepareCallHierarchy";
  using Params = TextDocumentPositionParams;
  using Result = std::vector<CallHierarchyItem>;
};

struct CallHierarchyIncomingRequest {
  static constexpr std::string_view method = "callHierarchy/incomingCalls";
  using Params = CallHierarchyCallsParams;
  using Result = std::vector<CallHierarchyIncomingCall>;
};

struct CallHierarchyOutgoingRequest {
  static constexpr std::string_view method = "callHierarchy/outgoingCalls";
  using Params = CallHierarchyCallsParams;
  using Result = std::vector<CallHierarchyOutgoingCall>;
};

struct SemanticTokensRequest {
  static constexpr std::string_view method = "textDocument/semanticTokens/full";
  using Params = TextDocumentParams;
  using Result = std::optional<SemanticTokens>;
};

struct SemanticTokensDeltaRequest {
  static constexpr std::string_view method = "textDocument/semanticTokens/full/delta";
  using Params = SemanticTokensDeltaParams;
  using Result = std::optional<std::variant<SemanticTokens, SemanticTokensDelta>>;
};

struct SemanticTokensRangeRequest {
  static constexpr std::string_view method = "textDocument/semanticTokens/range";
  using Params = RangeParams;
  using Result = std::optional<SemanticTokens>;
};

struct DocumentFormattingRequest {
  static constexpr std::string_view method = "textDocument/formatting";
  using Params = DocumentFormattingParams;
  using Result = std::vector<TextEdit>;
};

struct DocumentRangeFormattingRequest {
  static constexpr std::string_view method = "textDocument/rangeFormatting";
  using Params = DocumentRangeFormattingParams;
  using Result = std::vector<TextEdit>;
};

struct DocumentRangesFormattingRequest {
  static constexpr std::string_view method = "textDocument/rangesFormatting";
  using Params = DocumentRangesFormattingParams;
  using Result = std::vector<TextEdit>;
};

struct DocumentOnTypeFormattingRequest {
  static constexpr std::string_view method = "textDocument/onTypeFormatting";
  using Params = DocumentOnTypeFormattingParams;
  using Result = std::vector<TextEdit>;
};

struct InlayHintRequest {
  static constexpr std::string_view method = "textDocument/inlayHint";
  using Params = InlayHintParams;
  using Result = std::vector<InlayHint>;
};

struct CodeLensRequest {
  static constexpr std::string_view method = "textDocument/codeLens";
  using Params = CodeLensParams;
  using Result = std::vector<CodeLens>;
};

struct CodeActionRequest {
  static constexpr std::string_view method = "textDocument/codeAction";
  using Params = CodeActionParams;
  using Result = std::vector<std::variant<CodeAction, Command>>;
};

struct DocumentDiagnosticRequest {
  static constexpr std::string_view method = "textDocument/diagnostic";
  using Params = DocumentDiagnosticParams;
  using Result = JsonValue;  // a full or an unchanged report
};

struct WorkspaceDiagnosticRequest {
  static constexpr std::string_view method = "workspace/diagnostic";
  using Params = WorkspaceDiagnosticParams;
  using Result = JsonValue;  // reports of documents, each full or unchanged
};

struct CodeActionResolveRequest {
  static constexpr std::string_view method = "codeAction/resolve";
  using Params = CodeAction;
  using Result = CodeAction;
};

struct ExecuteCommandRequest {
  static constexpr std::string_view method = "workspace/executeCommand";
  using Params = ExecuteCommandParams;
  using Result = JsonValue;
};

// Notifications of the client.

struct InitializedNotification {
  static constexpr std::string_view method = "initialized";
  using Params = Nothing;
};

struct ExitNotification {
  static constexpr std::string_view method = "exit";
  using Params = Nothing;
};

struct CancelNotification {
  static constexpr std::string_view method = "$/cancelRequest";
  using Params = CancelParams;
};

struct SetTraceNotification {
  static constexpr std::string_view method = "$/setTrace";
  using Params = SetTraceParams;
};

struct DidOpenTextDocumentNotification {
  static constexpr std::string_view method = "textDocument/didOpen";
  using Params = DidOpenTextDocumentParams;
};

struct DidChangeTextDocumentNotification {
  static constexpr std::string_view method = "textDocument/didChange";
  using Params = DidChangeTextDocumentParams;
};

struct DidSaveTextDocumentNotification {
  static constexpr std::string_view method = "textDocument/didSave";
  using Params = DidSaveTextDocumentParams;
};

struct DidCloseTextDocumentNotification {
  static constexpr std::string_view method = "textDocument/didClose";
  using Params = DidCloseTextDocumentParams;
};

struct DidChangeConfigurationNotification {
  static constexpr std::string_view method = "workspace/didChangeConfiguration";
  using Params = DidChangeConfigurationParams;
};

struct DidChangeWatchedFilesNotification {
  static constexpr std::string_view method = "workspace/didChangeWatchedFiles";
  using Params = DidChangeWatchedFilesParams;
};

struct DidChangeWorkspaceFoldersNotification {
  static constexpr std::string_view method = "workspace/didChangeWorkspaceFolders";
  using Params = DidChangeWorkspaceFoldersParams;
};

struct WorkDoneProgressCancelNotification {
  static constexpr std::string_view method = "window/workDoneProgress/cancel";
  using Params = WorkDoneProgressCancelParams;
};

// Requests of the server.

struct ConfigurationRequest {
  static constexpr std::string_view method = "workspace/configuration";
  using Params = ConfigurationParams;
  using Result = std::vector<JsonValue>;
};

struct RegisterCapabilityRequest {
  static constexpr std::string_view method = "client/registerCapability";
  using Params = RegistrationParams;
  using Result = Nothing;
};

struct ApplyEditRequest {
  static constexpr std::string_view method = "workspace/applyEdit";
  using Params = ApplyWorkspaceEditParams;
  using Result = ApplyWorkspaceEditResult;
};

struct DiagnosticRefreshRequest {
  static constexpr std::string_view method = "workspace/diagnostic/refresh";
  using Params = Nothing;
  using Result = Nothing;
};

struct InlayHintRefreshRequest {
  static constexpr std::string_view method = "workspace/inlayHint/refresh";
  using Params = Nothing;
  using Result = Nothing;
};

struct CodeLensRefreshRequest {
  static constexpr std::string_view method = "workspace/codeLens/refresh";
  using Params = Nothing;
  using Result = Nothing;
};

struct WorkDoneProgressCreateRequest {
  static constexpr std::string_view method = "window/workDoneProgress/create";
  using Params = WorkDoneProgressCreateParams;
  using Result = Nothing;
};

// Notifications of the server.

struct PublishDiagnosticsNotification {
  static constexpr std::string_view method = "textDocument/publishDiagnostics";
  using Params = PublishDiagnosticsParams;
};

struct ShowMessageNotification {
  static constexpr std::string_view method = "window/showMessage";
  using Params = MessageParams;
};

struct LogMessageNotification {
  static constexpr std::string_view method = "window/logMessage";
  using Params = MessageParams;
};

struct ProgressNotification {
  static constexpr std::string_view method = "$/progress";
  using Params = ProgressParams;
};

}  // namespace keyline::protocol::lsp
