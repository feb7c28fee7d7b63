#include <algorithm>

#include "analysis/navigate/rename.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::Name;

// The editor writes the same letters to all of the ranges, so they must say the same now: a stage's name where it is
// spelled as it is here. Variables are left out, because somebody who types `$A` means to write another one.
lsp::LinkedEditingRangeRequest::Result linked_editing_ranges(const View& view,
                                                             const lsp::TextDocumentPositionParams& params) {
  const std::optional<Name> name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name || name->kind != analysis::NameKind::stage || !name->literal) return std::nullopt;
  const std::string_view text = view.snapshot.text();
  lsp::LinkedEditingRanges linked;
  for (const Name& other : same_names(view.snapshot, *name)) {
    if (slice(text, other.span) == slice(text, name->span)) linked.ranges.push_back(to_range(view, other.span));
  }
  linked.wordPattern = "[A-Za-z][A-Za-z0-9_.-]*";
  return linked;
}

}  // namespace keyline::server::features
