#include "server/features/ignore_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/assist/ignore_completion.h"
#include "analysis/context/dockerignore_name.h"
#include "analysis/explain/ignore_line.h"
#include "analysis/navigate/names.h"
#include "protocol/uri.h"
#include "server/features/completion_items.h"
#include "server/features/pieces.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::IgnorePattern;
using analysis::Offset;
using analysis::Span;

namespace {

// More files than anyone reads, few enough that what depends on them is known at once.
constexpr std::size_t most_files = 256;

Offset offset_of(const IgnoreView& view, const lsp::Position& position) {
  return to_span(view.snapshot.lines, view.snapshot.text(), {position, position}, view.client.encoding).begin;
}

lsp::Range range_of(const IgnoreView& view, Span span) {
  return to_range(view.snapshot.lines, view.snapshot.text(), span, view.client.encoding);
}

// The build directory; "" where it is not known.
std::string folder_of(const IgnoreView& view) {
  if (!protocol::is_file_uri(view.uri) || !view.snapshot.everything().complete()) return {};
  const std::string path = protocol::uri_to_path(view.uri);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || path.substr(slash + 1) == analysis::dockerignore_name)
    return path.substr(0, slash + 1);
  const std::string dockerfile =
      path.substr(0, path.size() - std::min(path.size(), analysis::dockerignore_name.size()));
  const std::string_view inside = view.snapshot.everything().dockerfile_path();
  return inside.empty() || !dockerfile.ends_with(inside) ? std::string()
                                                         : dockerfile.substr(0, dockerfile.size() - inside.size());
}

void add_steps(const IgnoreView& view, const std::vector<std::string>& files, std::vector<lsp::Location>& locations) {
  for (const OpenDockerfile& dockerfile : view.dockerfiles) {
    const analysis::Snapshot& snapshot = *dockerfile.snapshot;
    for (const analysis::StepId step : analysis::readers_of(snapshot, files)) {
      const Span span = snapshot.model.steps[step].span;
      locations.push_back({dockerfile.uri, to_range(snapshot.lines, snapshot.text(), span, view.client.encoding)});
    }
  }
}

}  // namespace

std::vector<lsp::Diagnostic> ignore_diagnostics(const IgnoreView& view) {
  std::vector<lsp::Diagnostic> all;
  for (const analysis::Dockerignore::Problem& problem : view.snapshot.dockerignore.problems())
    all.push_back(to_diagnostic(range_of(view, problem.span), problem.message));
  for (const analysis::Finding& finding : view.snapshot.findings)
    all.push_back(to_diagnostic(view.client, finding, range_of(view, finding.span)));
  return all;
}

lsp::HoverRequest::Result ignore_hover(const IgnoreView& view, const lsp::HoverParams& params) {
  const std::optional<analysis::Explanation> told =
      analysis::explain_ignore_line(view.snapshot, offset_of(view, params.position));
  if (!told) return std::nullopt;
  return to_hover(view.client, *told, range_of(view, told->span));
}

lsp::CompletionList ignore_completion(const IgnoreView& view, const lsp::CompletionParams& params) {
  analysis::Completions found = analysis::complete_ignore_line(view.snapshot, offset_of(view, params.position));
  const lsp::Range replace = range_of(view, found.replace);
  return to_completion_list(std::move(found), replace);
}

lsp::ReferencesRequest::Result ignore_references(const IgnoreView& view, const lsp::ReferenceParams& params) {
  std::vector<lsp::Location> locations;
  const std::optional<std::size_t> pattern = analysis::pattern_at(view.snapshot, offset_of(view, params.position));
  if (!pattern) return locations;
  const std::vector<std::string> files = analysis::files_under(view.snapshot, *pattern, most_files);
  add_steps(view, files, locations);
  const std::string folder = folder_of(view);
  if (folder.empty()) return locations;
  for (const std::string& file : files) locations.push_back({protocol::path_to_uri(folder + file), {}});
  return locations;
}

lsp::DocumentSymbolRequest::Result ignore_symbols(const IgnoreView& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::DocumentSymbol> symbols;
  std::vector<lsp::SymbolInformation> flat;
  for (const IgnorePattern& pattern : view.snapshot.dockerignore.patterns()) {
    const std::string name(slice(view.snapshot.text(), pattern.span));
    const auto kind = pattern.exception ? lsp::SymbolKind::property : lsp::SymbolKind::file;
    const lsp::Range range = range_of(view, pattern.span);
    if (!view.client.hierarchical_symbols) {
      flat.push_back({name, kind, {view.uri, range}, std::nullopt});
      continue;
    }
    lsp::DocumentSymbol& symbol = symbols.emplace_back();
    symbol.name = name;
    symbol.kind = kind;
    symbol.range = symbol.selectionRange = range;
  }
  if (view.client.hierarchical_symbols) return symbols;
  return flat;
}

lsp::FoldingRangeRequest::Result ignore_folding(const IgnoreView& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::FoldingRange> ranges;
  const std::uint32_t lines = view.snapshot.lines.line_count();
  const auto is_comment = [&](std::uint32_t line) {
    return slice(view.snapshot.text(), view.snapshot.lines.line(view.snapshot.text(), line)).starts_with('#');
  };
  for (std::uint32_t line = 0; line < lines; ++line) {
    const std::uint32_t first = line;
    while (line + 1 < lines && is_comment(first) && is_comment(line + 1)) ++line;
    if (line == first) continue;
    if (view.client.most_folds && ranges.size() >= *view.client.most_folds) break;
    lsp::FoldingRange& range = ranges.emplace_back();
    range.startLine = first;
    range.endLine = line;
    range.kind = "comment";
  }
  return ranges;
}

}  // namespace keyline::server::features
