#pragma once
// What the comparisons of steps share: which of ours count, where BuildKit places them, and how sets are told apart.

#include <set>
#include <string>
#include <utility>

#include "analysis/model/model.h"
#include "tests/conformance/compare.h"

namespace keyline::conformance {

using Range = std::pair<int, int>;

// Steps that the target needs and that make an operation.
bool counts(const analysis::Model& model, const analysis::Step& step);

// BuildKit places a trigger at the FROM that sets it off.
Range lines_of(const analysis::SyntaxTree& tree, const analysis::Model& model, const analysis::Step& step);

// What only one side has; "" when they are equal.
std::string difference(const std::set<std::string>& ours, const std::set<std::string>& theirs);

}  // namespace keyline::conformance
