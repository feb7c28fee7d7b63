#include "server/lsp/convert.h"

#include <algorithm>

#include <fmt/format.h>
#include <array>
#include <utility>

#include "protocol/uri.h"
#include "server/features/pieces.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using analysis::Finding;
using analysis::Offset;
using analysis::Position;
using analysis::Severity;
using analysis::Span;

constexpr std::string_view rule_pages = "https://github.com/keyline-lsp/keyline/blob/main/analysis/rules/README.md#";
// Under this code appear the faults that BuildKit itself would refuse; the command line uses the same.
constexpr std::string_view problem_code = "buildkit-error";

// Rules whose finding marks text that does nothing, which editors fade.
constexpr std::array<std::string_view, 1> rules_about_dead_text{"unused-suppression"};

lsp::DiagnosticSeverity to_severity(Severity severity) {
  switch (severity) {
    case Severity::error:
      return lsp::DiagnosticSeverity::error;
    case Severity::warning:
      return lsp::DiagnosticSeverity::warning;
    case Severity::information:
    case Severity::off:
      break;
  }
  return lsp::DiagnosticSeverity::information;
}

Position from_wire(const lsp::Position& position) { return {position.line, position.character}; }

std::vector<lsp::DiagnosticRelatedInformation> to_related(const View& view, const Finding& finding) {
  std::vector<lsp::DiagnosticRelatedInformation> related;
  related.reserve(finding.related.size());
  for (const analysis::Related& part : finding.related) {
    if (part.elsewhere) {
      const lsp::Position place{part.elsewhere->place.line, part.elsewhere->place.column};
      related.push_back({{protocol::path_to_uri(part.elsewhere->path), {place, place}},
                         fmt::format("{}: {}", part.elsewhere->name, part.message)});
      continue;
    }
    related.push_back({{view.uri, to_range(view, part.span)}, part.message});
  }
  return related;
}

}  // namespace

Span to_span(const analysis::LineIndex& lines, std::string_view text, const lsp::Range& range,
             analysis::Encoding encoding) {
  const Offset begin = lines.offset(text, from_wire(range.start), encoding);
  const Offset end = lines.offset(text, from_wire(range.end), encoding);
  return begin <= end ? Span{begin, end} : Span{end, begin};
}

Offset to_offset(const View& view, const lsp::Position& position) {
  return view.snapshot.lines.offset(view.snapshot.text(), from_wire(position), view.client.encoding);
}

Span to_span(const View& view, const lsp::Range& range) {
  return to_span(view.snapshot.lines, view.snapshot.text(), range, view.client.encoding);
}

lsp::Position to_position(const View& view, Offset offset) {
  const Position position = view.snapshot.lines.position(view.snapshot.text(), offset, view.client.encoding);
  return {position.line, position.column};
}

lsp::Range to_range(const View& view, Span span) {
  return to_range(view.snapshot.lines, view.snapshot.text(), span, view.client.encoding);
}

lsp::Range to_range(const analysis::LineIndex& lines, std::string_view text, Span span, analysis::Encoding encoding) {
  const Position begin = lines.position(text, span.begin, encoding);
  const Position end = lines.position(text, span.end, encoding);
  return {{begin.line, begin.column}, {end.line, end.column}};
}

lsp::Diagnostic to_diagnostic(const ClientTraits& client, const Finding& finding, const lsp::Range& range) {
  lsp::Diagnostic diagnostic;
  diagnostic.range = range;
  diagnostic.severity = to_severity(finding.severity);
  diagnostic.source = server_name;
  diagnostic.message = finding.message;
  if (finding.rule != nullptr) {
    diagnostic.code = std::string(finding.rule->id);
    if (client.code_description) diagnostic.codeDescription = {rule_page(finding.rule->id)};
    if (client.tag_unnecessary && std::ranges::count(rules_about_dead_text, finding.rule->id) > 0) {
      diagnostic.tags = {lsp::DiagnosticTag::unnecessary};
    }
  }
  return diagnostic;
}

void for_each_finding(const View& view,
                      const std::function<void(const Finding& finding, const analysis::Price* price)>& visit) {
  const analysis::Prices prices = view.prices ? view.prices->of(view.snapshot) : analysis::Prices();
  for (std::size_t i = 0; i < view.snapshot.findings.size(); ++i) {
    const auto price = prices.find(i);
    if (price == prices.end())
      visit(view.snapshot.findings[i], nullptr);
    else if (!price->second.worth_nothing)
      visit(view.snapshot.findings[i], &price->second);
  }
}

lsp::Diagnostic to_diagnostic(const View& view, const Finding& finding, const analysis::Price* price) {
  lsp::Diagnostic diagnostic = to_diagnostic(view.client, finding, to_range(view, finding.span));
  if (price != nullptr) diagnostic.message.append("\n").append(price_text(*price));
  if (view.client.related_information && !finding.related.empty()) {
    diagnostic.relatedInformation = to_related(view, finding);
  }
  return diagnostic;
}

lsp::Diagnostic to_diagnostic(const View& view, const analysis::Problem& problem) {
  return to_diagnostic(to_range(view, problem.span), problem.message);
}

lsp::Diagnostic to_diagnostic(const lsp::Range& range, std::string message) {
  lsp::Diagnostic diagnostic;
  diagnostic.range = range;
  diagnostic.severity = lsp::DiagnosticSeverity::error;
  diagnostic.code = std::string(problem_code);
  diagnostic.source = server_name;
  diagnostic.message = std::move(message);
  return diagnostic;
}

std::vector<lsp::TextEdit> to_text_edits(const View& view, const analysis::EditList& edits) {
  std::vector<lsp::TextEdit> converted;
  converted.reserve(edits.edits().size());
  for (const analysis::Edit& edit : edits.edits()) converted.push_back({to_range(view, edit.span), edit.text});
  return converted;
}

lsp::WorkspaceEdit to_workspace_edit(const View& view, std::vector<lsp::TextEdit> edits) {
  lsp::WorkspaceEdit workspace_edit;
  features::add_edits(view.client, {view.uri, {view.version}}, std::move(edits), workspace_edit);
  return workspace_edit;
}

std::optional<lsp::WorkspaceEdit> to_workspace_edit(const View& view, std::vector<lsp::TextEdit> edits,
                                                    const analysis::EditList& dockerignore_edits) {
  lsp::WorkspaceEdit workspace_edit;
  if (!edits.empty()) workspace_edit = to_workspace_edit(view, std::move(edits));
  if (dockerignore_edits.empty()) return workspace_edit;
  const analysis::IgnoreFile file = view.snapshot.context().ignore_file();
  if (file.path.empty()) return std::nullopt;
  const std::string& text = view.snapshot.context().dockerignore().text();
  lsp::OptionalVersionedTextDocumentIdentifier document{protocol::path_to_uri(file.path), {}};
  const auto open = std::ranges::find(view.ignore_files, file.path, &OpenIgnoreFile::path);
  if (open != view.ignore_files.end()) {
    if (open->text != text) return std::nullopt;
    document = {open->uri, {open->version}};
  } else if (!file.exists) {
    if (!view.client.creates_files) return std::nullopt;
    if (!workspace_edit.documentChanges) workspace_edit.documentChanges.emplace();
    workspace_edit.documentChanges->emplace_back(lsp::CreateFile{.uri = document.uri, .options = {}});
  }
  const analysis::LineIndex lines(text);
  std::vector<lsp::TextEdit> converted;
  for (const analysis::Edit& edit : dockerignore_edits.edits()) {
    converted.push_back({to_range(lines, text, edit.span, view.client.encoding), edit.text});
  }
  features::add_edits(view.client, std::move(document), std::move(converted), workspace_edit);
  return workspace_edit;
}

std::vector<lsp::Location> to_locations(const View& view, const std::vector<std::string>& context_paths) {
  // The context's folder is what is left of the Dockerfile's path without its place in the context.
  const std::string path = protocol::uri_to_path(view.uri);
  const std::string inside = "/" + std::string(view.snapshot.context().dockerfile_path());
  std::vector<lsp::Location> locations;
  if (inside.size() == 1 || !protocol::is_file_uri(view.uri) || !path.ends_with(inside)) return locations;
  const std::string folder = path.substr(0, path.size() - inside.size() + 1);
  for (const std::string& each : context_paths) locations.push_back({protocol::path_to_uri(folder + each), {}});
  return locations;
}

std::string rule_page(std::string_view rule_id) { return std::string(rule_pages).append(rule_id); }

}  // namespace keyline::server
