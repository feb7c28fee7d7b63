#pragma once
// A SyntaxTree as text, with every field and span in it. Two trees are equal when their prints are.

#include <string>

#include "analysis/syntax/tree.h"

namespace keyline::tests {

std::string print_tree(const analysis::SyntaxTree& tree);

// The items are sorted, within the text, do not overlap, and the tree prints back to its text.
bool tiles(const analysis::SyntaxTree& tree);

// The first line in which two prints differ, both sides, for a failure message.
std::string first_difference(const std::string& one, const std::string& other);

}  // namespace keyline::tests
