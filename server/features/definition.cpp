#include "analysis/navigate/names.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

namespace {

// What a source selects may be a whole tree; nobody picks from a longer list.
constexpr std::size_t most_files = 100;

std::vector<lsp::Location> to_locations(const View& view, const std::vector<analysis::Span>& spans) {
  std::vector<lsp::Location> locations;
  for (const analysis::Span span : spans) locations.push_back({view.uri, to_range(view, span)});
  return locations;
}

}  // namespace

lsp::DefinitionRequest::Result definition(const View& view, const lsp::TextDocumentPositionParams& params) {
  const auto name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name) return {};
  if (name->kind != analysis::NameKind::source) return to_locations(view, definitions_of(view.snapshot, *name));
  return to_locations(view, analysis::files_of(view.snapshot, *name, most_files));
}

lsp::DeclarationRequest::Result declaration(const View& view, const lsp::TextDocumentPositionParams& params) {
  const auto name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name || name->kind == analysis::NameKind::source) return definition(view, params);
  return to_locations(view, declarations_of(view.snapshot, *name));
}

}  // namespace keyline::server::features
