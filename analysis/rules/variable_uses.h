#pragma once
// What rules say and propose about a variable that nothing sets, in the words that BuildKit expands. For rules/ only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/rule.h"

namespace keyline::analysis {

// "`$VERSION` becomes nothing", or what a `${VERSION:-...}` around the name makes of it.
std::string consequence_of_unset(const SyntaxTree& tree, const VariableReference& reference);

// The name among `names` that was probably meant; "" when none is near. Short names are too alike to guess.
std::string_view probable_name(std::string_view name, const std::vector<std::string_view>& names);

// Writes the other name instead; none where the place of the name is not exactly known.
std::optional<Fix> rename_fix(const SyntaxTree& tree, const VariableReference& reference, std::string_view meant);

}  // namespace keyline::analysis
