#include "analysis/explain/explanation.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::HoverRequest::Result hover(const View& view, const lsp::HoverParams& params) {
  const std::optional<analysis::Explanation> explanation =
      analysis::explain(view.snapshot, to_offset(view, params.position));
  if (!explanation) return std::nullopt;
  lsp::Hover hover;
  hover.contents = view.client.markdown ? lsp::MarkupContent{"markdown", analysis::to_markdown(*explanation)}
                                        : lsp::MarkupContent{"plaintext", analysis::to_text(*explanation)};
  hover.range = to_range(view, explanation->span);
  return hover;
}

}  // namespace keyline::server::features
