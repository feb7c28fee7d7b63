#pragma once
// What an editor can ask about an analysed Dockerfile, one function a feature and one file each. Pure functions over a
// View: they run on a worker, read no disk and remember nothing. An answer that is empty says so in its type.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lsp/methods.h"
#include "server/features/view.h"

namespace keyline::server::features {

// Diagnostics and code actions are silent about findings that cost nothing by history.
std::vector<protocol::lsp::Diagnostic> diagnostics(const View& view);
// What textDocument/diagnostic answers to a client that has the report `previous`.
struct DiagnosticReport {
  std::string text;  // JSON
  std::string id;
  bool is_full = true;  // and not `unchanged`
};
DiagnosticReport report_on(const std::vector<protocol::lsp::Diagnostic>& diagnostics,
                           const std::optional<std::string>& previous);
protocol::lsp::HoverRequest::Result hover(const View& view, const protocol::lsp::HoverParams& params);
// `images` are base images seen in other documents.
protocol::lsp::CompletionList completion(const View& view, const protocol::lsp::CompletionParams& params,
                                         const std::vector<std::string>& images);
// The same item with what is known about its word.
protocol::lsp::CompletionItem resolve_completion(const ClientTraits& client, protocol::lsp::CompletionItem item);
std::optional<protocol::lsp::SignatureHelp> signature_help(const View& view,
                                                           const protocol::lsp::SignatureHelpParams& params);
protocol::lsp::DefinitionRequest::Result definition(const View& view,
                                                    const protocol::lsp::TextDocumentPositionParams& params);
protocol::lsp::DeclarationRequest::Result declaration(const View& view,
                                                      const protocol::lsp::TextDocumentPositionParams& params);
protocol::lsp::ReferencesRequest::Result references(const View& view, const protocol::lsp::ReferenceParams& params);
protocol::lsp::DocumentHighlightRequest::Result document_highlights(
    const View& view, const protocol::lsp::TextDocumentPositionParams& params);
// Both say in one sentence why a name cannot be changed, or not to this one.
protocol::Result<protocol::lsp::PrepareRenameRequest::Result> prepare_rename(
    const View& view, const protocol::lsp::TextDocumentPositionParams& params);
protocol::Result<protocol::lsp::RenameRequest::Result> rename(const View& view,
                                                              const protocol::lsp::RenameParams& params);
protocol::lsp::DocumentSymbolRequest::Result document_symbols(const View& view,
                                                              const protocol::lsp::TextDocumentParams& params);
// The named stages of one document.
std::vector<protocol::lsp::SymbolInformation> stage_symbols(const analysis::Snapshot& snapshot, const std::string& uri,
                                                            analysis::Encoding encoding);
// Whether a query for the workspace means the stage of this name, which is in lower case.
bool is_meant(std::string_view name, std::string_view query);
// The images that the stages of one document start from.
std::vector<std::string> base_images(const analysis::Model& model);
protocol::lsp::FoldingRangeRequest::Result folding_ranges(const View& view,
                                                          const protocol::lsp::TextDocumentParams& params);
protocol::lsp::SelectionRangeRequest::Result selection_ranges(const View& view,
                                                              const protocol::lsp::SelectionRangeParams& params);
protocol::lsp::DocumentLinkRequest::Result document_links(const View& view,
                                                          const protocol::lsp::TextDocumentParams& params);
protocol::lsp::LinkedEditingRangeRequest::Result linked_editing_ranges(
    const View& view, const protocol::lsp::TextDocumentPositionParams& params);

// Steps call what they invalidate, and are called by what they need.
protocol::lsp::CallHierarchyPrepareRequest::Result prepare_call_hierarchy(
    const View& view, const protocol::lsp::TextDocumentPositionParams& params);
protocol::lsp::CallHierarchyIncomingRequest::Result incoming_calls(
    const View& view, const protocol::lsp::CallHierarchyCallsParams& params);
protocol::lsp::CallHierarchyOutgoingRequest::Result outgoing_calls(
    const View& view, const protocol::lsp::CallHierarchyCallsParams& params);

// What a client was given last for a document, so that the next answer may say only what differs.
struct TokenMemory {
  std::uint64_t result = 0;  // its number; 0: nothing was given yet
  std::vector<std::uint32_t> data;
};
protocol::lsp::SemanticTokensLegend semantic_tokens_legend();
protocol::lsp::SemanticTokensRequest::Result semantic_tokens(const View& view, TokenMemory& memory);
protocol::lsp::SemanticTokensDeltaRequest::Result semantic_tokens_delta(
    const View& view, const protocol::lsp::SemanticTokensDeltaParams& params, TokenMemory& memory);
protocol::lsp::SemanticTokensRangeRequest::Result semantic_tokens_range(const View& view,
                                                                        const protocol::lsp::RangeParams& params);

protocol::lsp::DocumentFormattingRequest::Result formatting(const View& view,
                                                            const protocol::lsp::DocumentFormattingParams& params);
protocol::lsp::DocumentRangeFormattingRequest::Result range_formatting(
    const View& view, const protocol::lsp::DocumentRangeFormattingParams& params);
protocol::lsp::DocumentRangesFormattingRequest::Result ranges_formatting(
    const View& view, const protocol::lsp::DocumentRangesFormattingParams& params);
protocol::lsp::DocumentOnTypeFormattingRequest::Result on_type_formatting(
    const View& view, const protocol::lsp::DocumentOnTypeFormattingParams& params);

protocol::lsp::InlayHintRequest::Result inlay_hints(const View& view, const protocol::lsp::InlayHintParams& params);
protocol::lsp::CodeLensRequest::Result code_lenses(const View& view, const protocol::lsp::CodeLensParams& params);
// The fixes that the light bulb has shown, for as long as the text stays: it asks wherever the cursor goes.
struct FixMemory {
  std::shared_ptr<const std::string> text;
  std::map<std::size_t, std::vector<analysis::Fix>> by_finding;  // index into the snapshot's findings
};
protocol::lsp::CodeActionRequest::Result code_actions(const View& view, const protocol::lsp::CodeActionParams& params,
                                                      FixMemory& memory);

// The kinds of action there are, for `initialize`.
std::vector<std::string> code_action_kinds();

// Commands that a client may execute. All speak about one document.
inline constexpr std::string_view explain_command = "keyline.explain";                     // {uri, position}
inline constexpr std::string_view show_invalidation_command = "keyline.showInvalidation";  // {uri, stage}
inline constexpr std::string_view record_build_command = "keyline.recordBuild";            // {uri}

inline constexpr std::string_view what_if_command = "keyline.whatIf";          // {uri, paths, arguments}
inline constexpr std::string_view status_command = "keyline.status";           // {uri}
inline constexpr std::string_view stage_graph_command = "keyline.stageGraph";  // {uri}

// Markdown about what re-runs when these paths of the build directory, or these build arguments, change.
std::string what_if(const View& view, const std::vector<std::string>& paths, const std::vector<std::string>& arguments);
// Markdown about what is known of the document's build, and why something is silent.
std::string status(const View& view);
// Stages, their steps and what becomes of each, for an editor to draw.
protocol::JsonValue stage_graph(const View& view);
// Markdown about the place; empty when nothing stands there.
std::optional<std::string> explain(const View& view, const protocol::lsp::Position& position);
// What re-runs which steps of a stage, a line a step; empty when there is no such stage.
std::optional<std::string> invalidation(const View& view, analysis::StageId stage);

}  // namespace keyline::server::features
