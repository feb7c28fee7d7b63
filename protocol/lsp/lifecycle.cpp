#include "protocol/lsp/lifecycle.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(GeneralClientCapabilities, positionEncodings)
KEYLINE_JSON_OBJECT(DiagnosticTagSupport, valueSet)
KEYLINE_JSON_OBJECT(PublishDiagnosticsClientCapabilities, relatedInformation, versionSupport, codeDescriptionSupport,
                    dataSupport, tagSupport)
KEYLINE_JSON_OBJECT(DiagnosticClientCapabilities, dynamicRegistration, relatedInformation, codeDescriptionSupport,
                    tagSupport)
KEYLINE_JSON_OBJECT(HoverClientCapabilities, contentFormat)
KEYLINE_JSON_OBJECT(CodeActionKindSupport, valueSet)
KEYLINE_JSON_OBJECT(CodeActionLiteralSupport, codeActionKind)
KEYLINE_JSON_OBJECT(ResolveSupport, properties)
KEYLINE_JSON_OBJECT(CodeActionClientCapabilities, codeActionLiteralSupport, isPreferredSupport, dataSupport,
                    resolveSupport)
KEYLINE_JSON_OBJECT(CompletionItemClientCapabilities, documentationFormat)
KEYLINE_JSON_OBJECT(CompletionClientCapabilities, completionItem)
KEYLINE_JSON_OBJECT(RenameClientCapabilities, prepareSupport)
KEYLINE_JSON_OBJECT(DocumentSymbolClientCapabilities, hierarchicalDocumentSymbolSupport)
KEYLINE_JSON_OBJECT(FoldingRangeClientCapabilities, rangeLimit)
KEYLINE_JSON_OBJECT(RangeFormattingClientCapabilities, rangesSupport)
KEYLINE_JSON_OBJECT(TextDocumentClientCapabilities, publishDiagnostics, diagnostic, hover, completion, rename,
                    codeAction, documentSymbol, foldingRange, rangeFormatting)
KEYLINE_JSON_OBJECT(WorkspaceEditClientCapabilities, documentChanges, resourceOperations)
KEYLINE_JSON_OBJECT(DynamicRegistrationCapability, dynamicRegistration)
KEYLINE_JSON_OBJECT(RefreshCapability, refreshSupport)
KEYLINE_JSON_OBJECT(WorkspaceClientCapabilities, applyEdit, workspaceEdit, didChangeConfiguration,
                    didChangeWatchedFiles, workspaceFolders, configuration, inlayHint, codeLens, diagnostics)
KEYLINE_JSON_OBJECT(WindowClientCapabilities, workDoneProgress)
KEYLINE_JSON_OBJECT(ClientCapabilities, general, textDocument, workspace, window)
KEYLINE_JSON_OBJECT(ClientInfo, name, version)
KEYLINE_JSON_OBJECT(WorkspaceFolder, uri, name)
KEYLINE_JSON_OBJECT(InitializeParams, processId, clientInfo, rootPath, rootUri, initializationOptions, capabilities,
                    trace, workspaceFolders)
KEYLINE_JSON_OBJECT(SaveOptions, includeText)
KEYLINE_JSON_OBJECT(TextDocumentSyncOptions, openClose, change, save)
KEYLINE_JSON_OBJECT(CodeActionOptions, codeActionKinds, resolveProvider)
KEYLINE_JSON_OBJECT(CodeLensOptions, resolveProvider)
KEYLINE_JSON_OBJECT(InlayHintOptions, resolveProvider)
KEYLINE_JSON_OBJECT(RenameOptions, prepareProvider)
KEYLINE_JSON_OBJECT(DocumentLinkOptions, resolveProvider)
KEYLINE_JSON_OBJECT(ExecuteCommandOptions, commands)
KEYLINE_JSON_OBJECT(WorkspaceFoldersServerCapabilities, supported, changeNotifications)
KEYLINE_JSON_OBJECT(WorkspaceServerCapabilities, workspaceFolders)
KEYLINE_JSON_OBJECT(ServerCapabilities, positionEncoding, textDocumentSync, hoverProvider, completionProvider,
                    signatureHelpProvider, definitionProvider, declarationProvider, referencesProvider,
                    documentHighlightProvider, renameProvider, documentSymbolProvider, workspaceSymbolProvider,
                    foldingRangeProvider, selectionRangeProvider, documentLinkProvider, linkedEditingRangeProvider,
                    callHierarchyProvider, semanticTokensProvider, documentFormattingProvider,
                    documentRangeFormattingProvider, documentOnTypeFormattingProvider, codeActionProvider,
                    codeLensProvider, inlayHintProvider, diagnosticProvider, executeCommandProvider, workspace)
KEYLINE_JSON_OBJECT(ServerInfo, name, version)
KEYLINE_JSON_OBJECT(InitializeResult, capabilities, serverInfo)
KEYLINE_JSON_OBJECT(CancelParams, id)
KEYLINE_JSON_OBJECT(SetTraceParams, value)

}  // namespace keyline::protocol::lsp
