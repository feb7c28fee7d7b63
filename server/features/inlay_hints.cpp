#include "analysis/explain/hints.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::InlayHintRequest::Result inlay_hints(const View& view, const lsp::InlayHintParams& params) {
  std::vector<lsp::InlayHint> shown;
  if (!view.settings.inlay_hints) return shown;
  const analysis::Span wanted = to_span(view, params.range);
  for (analysis::Hint& hint : analysis::hints(view.snapshot)) {
    if (!wanted.touches(hint.at)) continue;
    lsp::InlayHint& converted = shown.emplace_back();
    converted.position = to_position(view, hint.at);
    converted.label = std::move(hint.text);
    if (!hint.tooltip.empty()) converted.tooltip = lsp::MarkupContent{"markdown", std::move(hint.tooltip)};
    converted.paddingLeft = true;
  }
  return shown;
}

}  // namespace keyline::server::features
