#pragma once
// Where our words meet the protocol's: Span <-> Range, Finding -> Diagnostic, EditList -> WorkspaceEdit. Nothing else
// in the server converts a position. Pure functions; places outside the text are clamped to it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"
#include "protocol/lsp/basics.h"
#include "protocol/lsp/diagnostics.h"
#include "server/features/view.h"

namespace keyline::server {

// The source name of every diagnostic, and the name under which settings are found.
inline constexpr std::string_view server_name = "keyline";

// For a text of which there is no snapshot yet. A range whose ends are swapped is put right.
analysis::Span to_span(const analysis::LineIndex& lines, std::string_view text, const protocol::lsp::Range& range,
                       analysis::Encoding encoding);

analysis::Offset to_offset(const View& view, const protocol::lsp::Position& position);
analysis::Span to_span(const View& view, const protocol::lsp::Range& range);
protocol::lsp::Position to_position(const View& view, analysis::Offset offset);
protocol::lsp::Range to_range(const View& view, analysis::Span span);

protocol::lsp::Range to_range(const analysis::LineIndex& lines, std::string_view text, analysis::Span span,
                              analysis::Encoding encoding);

// Gives the findings to speak about, with their prices: not those that history shows to cost nothing.
void for_each_finding(const View& view,
                      const std::function<void(const analysis::Finding& finding, const analysis::Price* price)>& visit);

// In any document; without what is related.
protocol::lsp::Diagnostic to_diagnostic(const ClientTraits& client, const analysis::Finding& finding,
                                        const protocol::lsp::Range& range);
// What BuildKit would refuse.
protocol::lsp::Diagnostic to_diagnostic(const protocol::lsp::Range& range, std::string message);
// With what the finding costs, if that is known.
protocol::lsp::Diagnostic to_diagnostic(const View& view, const analysis::Finding& finding,
                                        const analysis::Price* price);
protocol::lsp::Diagnostic to_diagnostic(const View& view, const analysis::Problem& problem);

std::vector<protocol::lsp::TextEdit> to_text_edits(const View& view, const analysis::EditList& edits);
// One document's edits, in the form that the client understands.
protocol::lsp::WorkspaceEdit to_workspace_edit(const View& view, std::vector<protocol::lsp::TextEdit> edits);
// With edits of the .dockerignore in force, which is created where there is none. Nothing when the client cannot create
// files, has another text of that file open than was analysed, or no edit can reach it.
std::optional<protocol::lsp::WorkspaceEdit> to_workspace_edit(const View& view,
                                                              std::vector<protocol::lsp::TextEdit> edits,
                                                              const analysis::EditList& dockerignore_edits);

// Files of the build context, by their paths in it. Empty where it is not known where the context lies.
std::vector<protocol::lsp::Location> to_locations(const View& view, const std::vector<std::string>& context_paths);

// Where the rule is explained: a link that an editor opens.
std::string rule_page(std::string_view rule_id);

}  // namespace keyline::server
