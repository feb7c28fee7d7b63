#pragma once
// Where the parts of an HCL text end. Shared by the reader of its structure and the evaluator; total: what has no end
// ends with the text.

#include <cstddef>
#include <string_view>

namespace keyline::analysis::hcl {

inline bool is_identifier_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_identifier(char c) { return is_identifier_start(c) || (c >= '0' && c <= '9') || c == '-'; }

std::size_t skip_space(std::string_view text, std::size_t at, bool newlines);  // and comments
std::size_t end_of_identifier(std::string_view text, std::size_t at);
std::size_t end_of_string(std::string_view text, std::size_t at);    // `at` is on the quote
std::size_t end_of_template(std::string_view text, std::size_t at);  // `at` is on the "${"
// `at` is on "<<"; behind the line with the end mark. The body is reported without that line.
struct Heredoc {
  std::size_t begin = 0;
  std::size_t body_end = 0;
  std::size_t end = 0;
};
Heredoc heredoc_at(std::string_view text, std::size_t at);

}  // namespace keyline::analysis::hcl
