#pragma once
// Text -> SyntaxTree. Never fails: what BuildKit would refuse becomes a problem on its instruction, and the rest is
// read as if that instruction were alone. Semantics: BuildKit's frontend/dockerfile/parser (Parse, splitCommand,
// extractBuilderFlags, line_parsers), cache-model 1.1.

#include <memory>
#include <string>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct ParseCount {
  std::size_t parsed = 0;  // instructions read from text
  std::size_t reused = 0;  // instructions taken over from `previous`
};

// `previous` only saves work: the tree equals the one parsed without it, and untouched instructions are the same
// objects. The difference between the two texts is found here, so any earlier tree will do.
SyntaxTree parse(std::shared_ptr<const std::string> text, const SyntaxTree* previous = nullptr,
                 ParseCount* count = nullptr);

}  // namespace keyline::analysis
