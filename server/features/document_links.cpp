#include "analysis/navigate/links.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::DocumentLinkRequest::Result document_links(const View& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::DocumentLink> links;
  for (const analysis::Link& link : analysis::links(view.snapshot)) {
    if (!link.page.empty()) {
      links.push_back({to_range(view, link.span), link.page});
      continue;
    }
    const std::vector<lsp::Location> file = to_locations(view, std::vector<std::string>{link.file});
    if (!file.empty()) links.push_back({to_range(view, link.span), file.front().uri});
  }
  return links;
}

}  // namespace keyline::server::features
