#include <algorithm>

#include "analysis/navigate/names.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::Name;
using analysis::NameKind;

namespace {

// More files than anyone reads, few enough that what depends on them is known at once.
constexpr std::size_t most_files = 256;

// On the keyword of a COPY, ADD or RUN: what the step reads of the context.
std::vector<lsp::Location> files_read_at(const View& view, analysis::Offset offset) {
  const analysis::StepId step = analysis::step_at(view.snapshot, offset);
  if (step == analysis::none) return {};
  const analysis::Item& item = view.snapshot.tree.items[view.snapshot.model.steps[step].item];
  if (!item.absolute(item.instruction->name.span).touches(offset)) return {};
  return to_locations(view, analysis::files_of(view.snapshot, step, most_files));
}

}  // namespace

lsp::ReferencesRequest::Result references(const View& view, const lsp::ReferenceParams& params) {
  const analysis::Offset offset = to_offset(view, params.position);
  const std::optional<Name> name = analysis::name_at(view.snapshot, offset);
  if (!name) return files_read_at(view, offset);
  std::vector<lsp::Location> locations;
  if (name->kind == NameKind::source) {
    for (const analysis::StepId step : readers_of(view.snapshot, files_of(view.snapshot, *name, most_files)))
      locations.push_back({view.uri, to_range(view, view.snapshot.model.steps[step].span)});
    if (!locations.empty()) return locations;
  }
  for (const Name& other : same_names(view.snapshot, *name)) {
    if (!other.declares || params.context.includeDeclaration)
      locations.push_back({view.uri, to_range(view, other.span)});
  }
  return locations;
}

lsp::DocumentHighlightRequest::Result document_highlights(const View& view,
                                                          const lsp::TextDocumentPositionParams& params) {
  std::vector<lsp::DocumentHighlight> highlights;
  const std::optional<Name> name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name) return highlights;
  for (const Name& other : same_names(view.snapshot, *name)) {
    const auto kind = other.declares ? lsp::DocumentHighlightKind::write : lsp::DocumentHighlightKind::read;
    highlights.push_back({to_range(view, other.span), kind});
  }
  return highlights;
}

}  // namespace keyline::server::features
