#include "analysis/navigate/outline.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::Fold;

// Whole lines for every client: those that fold letters show the same.
lsp::FoldingRangeRequest::Result folding_ranges(const View& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::FoldingRange> ranges;
  for (const Fold& fold : analysis::folds(view.snapshot)) {
    if (view.client.most_folds && ranges.size() >= *view.client.most_folds) break;
    lsp::FoldingRange& range = ranges.emplace_back();
    range.startLine = fold.first_line;
    range.endLine = fold.last_line;
    if (fold.kind == Fold::Kind::comment) range.kind = "comment";
  }
  return ranges;
}

lsp::SelectionRangeRequest::Result selection_ranges(const View& view, const lsp::SelectionRangeParams& params) {
  std::vector<lsp::SelectionRange> ranges;
  for (const lsp::Position& position : params.positions) {
    const std::vector<analysis::Span> spans = analysis::selection_spans(view.snapshot, to_offset(view, position));
    lsp::SelectionRange range;
    for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
      std::optional<protocol::JsonText> parent;
      if (span != spans.rbegin()) parent = protocol::encode(range);
      range = {to_range(view, *span), std::move(parent)};
    }
    ranges.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace keyline::server::features
