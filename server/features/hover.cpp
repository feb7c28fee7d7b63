#include "analysis/explain/explanation.h"
#include "server/features/features.h"
#include "server/features/pieces.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::HoverRequest::Result hover(const View& view, const lsp::HoverParams& params) {
  const std::optional<analysis::Explanation> explanation =
      analysis::explain(view.snapshot, to_offset(view, params.position));
  if (!explanation) return std::nullopt;
  return to_hover(view.client, *explanation, to_range(view, explanation->span));
}

}  // namespace keyline::server::features
