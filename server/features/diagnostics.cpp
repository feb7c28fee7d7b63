#include <functional>

#include <fmt/format.h>

#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

std::vector<protocol::lsp::Diagnostic> diagnostics(const View& view) {
  std::vector<protocol::lsp::Diagnostic> all;
  all.reserve(view.snapshot.problems.size() + view.snapshot.findings.size());
  for (const analysis::Problem& problem : view.snapshot.problems) all.push_back(to_diagnostic(view, problem));
  for_each_finding(view, [&](const analysis::Finding& finding, const analysis::Price* price) {
    all.push_back(to_diagnostic(view, finding, price));
  });
  return all;
}

DiagnosticReport report_on(const std::vector<protocol::lsp::Diagnostic>& diagnostics,
                           const std::optional<std::string>& previous) {
  const std::string items = protocol::encode(diagnostics).text();
  const std::string id = fmt::format("{:x}", std::hash<std::string>{}(items));
  if (previous == id) return {fmt::format(R"({{"kind":"unchanged","resultId":"{}"}})", id), id, false};
  return {fmt::format(R"({{"items":{},"kind":"full","resultId":"{}"}})", items, id), id, true};
}

}  // namespace keyline::server::features
