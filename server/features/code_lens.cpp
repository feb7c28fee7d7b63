#include <nlohmann/json.hpp>

#include "analysis/explain/hints.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::CodeLensRequest::Result code_lenses(const View& view, const lsp::CodeLensParams&) {
  std::vector<lsp::CodeLens> shown;
  if (!view.settings.code_lens) return shown;
  for (analysis::Lens& lens : analysis::lenses(view.snapshot)) {
    lsp::Command command{std::move(lens.title), std::string(show_invalidation_command), std::nullopt};
    command.arguments.emplace().emplace_back(nlohmann::json{{"uri", view.uri}, {"stage", lens.stage}});
    shown.push_back({to_range(view, lens.span), std::move(command), std::nullopt});
  }
  return shown;
}

}  // namespace keyline::server::features
