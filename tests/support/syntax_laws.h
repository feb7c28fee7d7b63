#pragma once
// What holds for every text and every edit, whatever they are. Property tests and fuzz targets ask the same questions.

#include <string>

#include "analysis/syntax/tree.h"

namespace keyline::tests {

// "" when the tree of `text` tiles it and equals the one that is made with `previous`, else what is wrong.
std::string syntax_fault(const std::string& text, const analysis::SyntaxTree* previous);

}  // namespace keyline::tests
