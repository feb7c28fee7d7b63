#include "tests/conformance/steps.h"

#include <fmt/format.h>

namespace keyline::conformance {

Range lines_of(const analysis::SyntaxTree& tree, const analysis::Model& model, const analysis::Step& step) {
  return conformance::lines_of(tree.items[step.onbuild ? model.stages[step.stage].item : step.item]);
}

bool counts(const analysis::Model& model, const analysis::Step& step) {
  return step.op != analysis::Op::nothing && model.stages[step.stage].reachable;
}

std::string difference(const std::set<std::string>& ours, const std::set<std::string>& theirs) {
  std::string text;
  for (const std::string& one : ours)
    if (!theirs.contains(one)) text += fmt::format("only keyline: {}; ", one);
  for (const std::string& one : theirs)
    if (!ours.contains(one)) text += fmt::format("only BuildKit: {}; ", one);
  return text;
}

}  // namespace keyline::conformance
