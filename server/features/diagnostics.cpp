#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

std::vector<protocol::lsp::Diagnostic> diagnostics(const View& view) {
  std::vector<protocol::lsp::Diagnostic> all;
  all.reserve(view.snapshot.problems.size() + view.snapshot.findings.size());
  for (const analysis::Problem& problem : view.snapshot.problems) all.push_back(to_diagnostic(view, problem));
  for (const analysis::Finding& finding : view.snapshot.findings) all.push_back(to_diagnostic(view, finding));
  return all;
}

}  // namespace keyline::server::features
