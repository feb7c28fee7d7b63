#pragma once
// BuildKit's own variable expansion (frontend/dockerfile/shell/lex.go), as it applies to COPY paths, ENV values, FROM
// names and the like; never to RUN text. Quotes are removed, escapes resolved, ${v:-w} and friends computed.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

// What a name stands for at a place.
struct VariableValue {
  enum class State : std::uint8_t { unset, set, unknown };
  State state = State::unset;
  std::string_view value;

  // Of a name that is set to this text, if the text is known. Refers to the text.
  static VariableValue of(std::string_view text, bool known) { return {known ? State::set : State::unknown, text}; }
};

using VariableLookup = std::function<VariableValue(std::string_view name)>;

struct VariableUse {
  std::string name;
  Span span;  // of the name itself, within the expanded text
};

struct Expansion {
  std::string text;
  bool known = true;  // false: an unknown value took part, `text` has "" in its place
  std::vector<VariableUse> uses;
  std::optional<std::string> error;  // as BuildKit words it; `text` is then the input
};

struct ExpandOptions {
  char escape = '\\';
  bool keep_quotes = false;      // Lex.RawQuotes
  bool keep_escapes = false;     // Lex.RawEscapes
  bool keep_unset = false;       // Lex.SkipUnsetEnv
  bool quotes_are_text = false;  // Lex.SkipProcessQuotes
};

// Lex.ProcessWord: the text as one word.
Expansion expand(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options = {});
// Lex.ProcessWords: expanded, then split at blanks outside quotes. Empty on a syntax error.
std::optional<std::vector<std::string>> split_words(std::string_view text, const VariableLookup& lookup,
                                                    const ExpandOptions& options = {});

}  // namespace keyline::analysis
