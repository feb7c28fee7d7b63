#pragma once
// The colours of shell text as it stands in the file, continuations and all. Private to `navigate/`. It reads words and
// operators and knows where a command begins; it judges nothing, and any text gets some answer.

#include <functional>
#include <string_view>

#include "analysis/navigate/tokens.h"

namespace keyline::analysis {

using PaintToken = std::function<void(Span span, TokenType type)>;

struct ShellText {
  std::string_view text;
  Offset begin = 0;       // where the text stands in the file
  bool continued = true;  // one logical line: a line end is a blank, and lines that begin with # are comments
  char escape = '\\';     // that ends continued lines
};

// Later calls of `paint` lie within earlier ones, or behind them.
void paint_shell(const ShellText& shell, const PaintToken& paint);

// `$name`, `${name…}` in text that is otherwise one piece.
void paint_variables(std::string_view text, Offset begin, const PaintToken& paint);

}  // namespace keyline::analysis
