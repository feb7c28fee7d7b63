#pragma once
// Variables in the shell text of an instruction: where the shell sets one, where it uses one, and what only looks like
// a use. Private to `navigate/`. Spans count from the instruction's first byte, as those of its ShellScript.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

// Names that the script gives a value for its own later commands: `A=1`, `export A`, `read A`, `for A in`. What stands
// in front of a program (`A=1 make`) is for that program.
std::vector<ShellVariable> shell_settings(const ShellScript& script, std::string_view source);

// False where `$name` is text: behind a backslash, or between single quotes that no shell reads once more.
bool is_expanded(const ShellScript& script, std::string_view source, Span name);

// `$name` and `${name` in text that a shell reads but keyline has no script of. Spans count from the text's beginning.
std::vector<ShellVariable> dollar_names(std::string_view text);

}  // namespace keyline::analysis
