#include <algorithm>
#include <utility>

#include "analysis/navigate/layout.h"
#include "server/features/features.h"
#include "server/features/pieces.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

namespace {

analysis::LayoutOptions layout(const lsp::FormattingOptions& options) {
  return {options.tabSize, options.insertSpaces};
}

}  // namespace

lsp::DocumentFormattingRequest::Result formatting(const View& view, const lsp::DocumentFormattingParams& params) {
  return to_text_edits(view, analysis::format(view.snapshot, whole(view), layout(params.options)));
}

lsp::DocumentRangeFormattingRequest::Result range_formatting(const View& view,
                                                             const lsp::DocumentRangeFormattingParams& params) {
  return to_text_edits(view, analysis::format(view.snapshot, to_span(view, params.range), layout(params.options)));
}

lsp::DocumentRangesFormattingRequest::Result ranges_formatting(const View& view,
                                                               const lsp::DocumentRangesFormattingParams& params) {
  lsp::DocumentRangesFormattingRequest::Result all;
  // Ranges may touch one instruction twice; its edits are the same each time.
  for (const lsp::Range& range : params.ranges) {
    for (lsp::TextEdit& edit : range_formatting(view, {params.textDocument, range, params.options})) {
      if (std::ranges::find(all, edit) == all.end()) all.push_back(std::move(edit));
    }
  }
  return all;
}

lsp::DocumentOnTypeFormattingRequest::Result on_type_formatting(const View& view,
                                                                const lsp::DocumentOnTypeFormattingParams& params) {
  return to_text_edits(view, analysis::indent_new_line(view.snapshot, params.position.line, layout(params.options)));
}

}  // namespace keyline::server::features
