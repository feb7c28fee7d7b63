#include "analysis/builds/hcl_lexer.h"

#include <algorithm>

namespace keyline::analysis::hcl {

std::size_t skip_space(std::string_view text, std::size_t at, bool newlines) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\r' || (newlines && c == '\n')) {
      ++at;
    } else if (c == '#' || text.substr(at).starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      const std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

std::size_t end_of_identifier(std::string_view text, std::size_t at) {
  while (at < text.size() && is_identifier(text[at])) ++at;
  return at;
}

std::size_t end_of_template(std::string_view text, std::size_t at) {
  int depth = 0;
  // Strings inside nest templates again; a loop over both keeps a hostile text from nesting calls.
  std::size_t i = at;
  bool in_string = false;
  while (i < text.size()) {
    const char c = text[i];
    if (in_string && c == '\\') {
      i += 2;
      continue;
    }
    if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && c == '{') {
      ++depth;
    } else if (!in_string && c == '}' && --depth == 0) {
      return i + 1;
    }
    ++i;
  }
  return text.size();
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size();) {
    if (text[i] == '\\') {
      i += 2;
    } else if (text.substr(i).starts_with("$${")) {
      i += 3;
    } else if (text.substr(i).starts_with("${")) {
      i = end_of_template(text, i);
    } else if (text[i] == '"' || text[i] == '\n') {
      return i + 1;
    } else {
      ++i;
    }
  }
  return text.size();
}

Heredoc heredoc_at(std::string_view text, std::size_t at) {
  std::size_t begin = at + 2;
  if (begin < text.size() && text[begin] == '-') ++begin;
  const std::size_t mark_end = end_of_identifier(text, begin);
  const std::string_view mark = text.substr(begin, mark_end - begin);
  const std::size_t first = std::min(text.find('\n', mark_end), text.size() - 1) + 1;
  for (std::size_t line = first; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    std::string_view content = text.substr(line, end - line);
    content.remove_prefix(std::min(content.find_first_not_of(" \t"), content.size()));
    while (!content.empty() && (content.back() == '\r' || content.back() == ' ')) content.remove_suffix(1);
    if (!mark.empty() && content == mark) return {first, line, end};
    line = end + 1;
  }
  return {first, text.size(), text.size()};
}

}  // namespace keyline::analysis::hcl
