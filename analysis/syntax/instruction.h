#pragma once
// Reads one instruction with its continuations and heredoc bodies. The parser calls it for every stretch of text that
// is not shared with an earlier tree; nothing but the escape character comes from outside the stretch.

#include <string_view>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

// `begin` is the start of a line that is neither blank nor a comment. Spans are relative to `begin`.
Instruction read_instruction(std::string_view text, Offset begin, char escape);

}  // namespace keyline::analysis
