#pragma once
// How BuildKit cuts the text behind a keyword: flags first (parser/split_command.go), then words in one of several
// ways (parser/line_parsers.go). Spans are offsets into the given text; results keep quotes unless said otherwise.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/tree.h"

namespace keyline::analysis {

struct FlagSplit {
  std::vector<Flag> flags;  // quotes and escapes removed
  Offset rest = 0;          // where the arguments begin
};
// extractBuilderFlags: `--word`s up to the first other word, or up to a lone "--".
FlagSplit split_flags(std::string_view text, char escape);

// regexp.Split at runs of [\t\v\f\r ]; `text` is trimmed.
std::vector<Word> split_blanks(std::string_view text);
// The two halves around the first run of blanks; the second is absent when there is none.
std::vector<Word> split_first_blank(std::string_view text);
// parseWords: blanks split outside quotes; escapes and quotes stay in the words.
std::vector<Word> split_quoted(std::string_view text, char escape);

struct JsonArray {
  enum class State : std::uint8_t { not_json, not_strings, strings };
  State state = State::not_json;
  std::vector<Word> strings;
};
// A JSON array of strings as Go's encoding/json takes it. not_strings: valid JSON, but other values are in it.
JsonArray parse_json_array(std::string_view text);

// One `<<word` of an instruction's line; the body is found later.
std::optional<Heredoc> parse_heredoc_marker(std::string_view word);
// All of a line, in order (parser.go heredocsFromLine).
std::vector<Heredoc> heredocs_of_line(std::string_view line);

}  // namespace keyline::analysis
