#include "tests/support/syntax_laws.h"

#include "analysis/syntax/parser.h"
#include "tests/support/print_tree.h"

namespace keyline::tests {

std::string syntax_fault(const std::string& text, const analysis::SyntaxTree* previous) {
  const auto shared = std::make_shared<const std::string>(text);
  const analysis::SyntaxTree scratch = analysis::parse(shared);
  if (!tiles(scratch)) return "the tree does not tile its text";
  if (previous == nullptr) return {};
  const analysis::SyntaxTree reused = analysis::parse(shared, previous);
  const std::string one = print_tree(scratch), other = print_tree(reused);
  return one == other ? std::string() : "from scratch and after the edit:\n" + first_difference(one, other);
}

}  // namespace keyline::tests
