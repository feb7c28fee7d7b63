#include "analysis/assist/build_file_place.h"

#include <algorithm>

#include "analysis/builds/hcl_lexer.h"

namespace keyline::analysis {

namespace {

struct YamlLine {
  std::size_t indent = 0;   // of what stands behind dashes
  std::size_t content = 0;  // its offset in the line
  bool dash = false;
  std::size_t dash_indent = 0;
  std::string_view key;
  std::size_t value = std::string_view::npos;  // behind the colon; npos: there is none
};

YamlLine read_line(std::string_view line) {
  YamlLine read;
  std::size_t at = std::min(line.find_first_not_of(' '), line.size());
  read.dash_indent = at;
  while (at < line.size() && line[at] == '-' && (at + 1 == line.size() || line[at + 1] == ' ')) {
    read.dash = true;
    at = std::min(line.find_first_not_of(' ', at + 1), line.size());
  }
  read.indent = read.content = at;
  for (std::size_t colon = line.find(':', at); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    if (colon + 1 != line.size() && line[colon + 1] != ' ') continue;
    read.key = line.substr(at, colon - at);
    if (read.key.size() >= 2 && (read.key.front() == '"' || read.key.front() == '\''))
      read.key = read.key.substr(1, read.key.size() - 2);
    read.value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    break;
  }
  return read;
}

bool is_blank(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

bool ends_word(char c) {
  return c == '\n' || c == '\r' || c == ' ' || c == '"' || c == '\'' || c == ',' || c == ']' || c == '}' || c == '=';
}

// From `begin` to the end of the word around `offset`.
Span word_from(std::string_view text, std::size_t begin, std::size_t offset) {
  if (begin < offset && (text[begin] == '"' || text[begin] == '\'')) ++begin;
  std::size_t end = offset;
  while (end < text.size() && !ends_word(text[end]) && text[end] != ':') ++end;
  return {static_cast<Offset>(begin), static_cast<Offset>(std::max(begin, end))};
}

BuildFilePlace place_in_yaml(std::string_view text, std::size_t offset) {
  const auto line_begin = [&](std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    return before == std::string_view::npos ? 0 : before + 1;
  };
  BuildFilePlace place;
  const std::size_t begin = line_begin(offset);
  const std::string_view typed = text.substr(begin, offset - begin);
  const YamlLine line = read_line(typed);
  std::size_t word = begin + line.content;
  std::size_t indent = line.dash ? line.dash_indent + 1 : line.indent;
  if (line.value != std::string_view::npos) {
    place.key = line.key;
    word = begin + line.value;
    if (word < offset && text[word] == '[') {
      // The last item of a list on one line.
      const std::size_t comma = typed.find_last_of("[,");
      word = begin + std::min(typed.find_first_not_of(" ", comma + 1), typed.size());
      place.item = true;
    }
    indent = line.indent;
  } else {
    place.item = line.dash;
  }
  place.word = word_from(text, std::min(word, offset), offset);

  // Lines above that stand further left hold what is around.
  for (std::size_t at = begin; at > 0 && indent > 0;) {
    at = line_begin(at - 1);
    std::string_view above = text.substr(at, text.find('\n', at) - at);
    if (is_blank(above)) continue;
    const YamlLine read = read_line(above);
    if (read.value == std::string_view::npos || read.indent >= indent) continue;
    place.path.emplace_back(read.key);
    indent = read.dash ? read.dash_indent + 1 : read.indent;
  }
  std::reverse(place.path.begin(), place.path.end());
  if (place.item && !place.key.empty()) {
    place.path.push_back(place.key);
    place.key.clear();
  }
  return place;
}

BuildFilePlace place_in_hcl(std::string_view text, std::size_t offset) {
  BuildFilePlace place;
  std::vector<std::size_t> opened;  // how many names each bracket has brought
  std::vector<bool> lists;
  std::vector<std::string> names;  // in front of a bracket, or of an equals sign
  bool behind_equals = false;
  std::size_t word = 0;
  const std::string_view before = text.substr(0, offset);
  for (std::size_t i = 0; i < before.size();) {
    const char c = before[i];
    if (c == '#' || before.substr(i).starts_with("//") || before.substr(i).starts_with("/*")) {
      i = std::max(hcl::skip_space(before, i, false), i + 1);
      word = i;
    } else if (c == '"') {
      const std::size_t end = hcl::end_of_string(before, i);
      const bool closed = end > i + 1 && before[end - 1] == '"';
      word = i;
      if (!closed) break;
      if (!behind_equals) names.emplace_back(before.substr(i + 1, end - i - 2));
      i = end;
      word = end;
    } else if (hcl::is_identifier_start(c)) {
      const std::size_t end = hcl::end_of_identifier(before, i);
      word = i;
      if (end == before.size()) break;
      if (!behind_equals) names.emplace_back(before.substr(i, end - i));
      i = end;
      word = end;
    } else if (c == '=') {
      behind_equals = true;
      word = ++i;
    } else if (c == '{' || c == '[') {
      opened.push_back(names.size());
      for (std::string& name : names) place.path.push_back(std::move(name));
      lists.push_back(c == '[');
      names.clear();
      behind_equals = c == '[';
      word = ++i;
    } else if (c == '}' || c == ']') {
      if (!opened.empty()) {
        place.path.resize(place.path.size() - std::min(place.path.size(), opened.back()));
        opened.pop_back();
        lists.pop_back();
      }
      names.clear();
      behind_equals = !lists.empty() && lists.back();
      word = ++i;
    } else {
      if (c == '\n' && (lists.empty() || !lists.back())) {
        behind_equals = false;
        names.clear();
      }
      word = ++i;
    }
  }
  place.item = !lists.empty() && lists.back();
  if (behind_equals && !place.item && !names.empty()) place.key = names.back();
  place.word = word_from(text, std::min(word, offset), offset);
  return place;
}

}  // namespace

BuildFilePlace place_in_build_file(BuildFileKind kind, std::string_view text, Offset offset) {
  const std::size_t at = std::min<std::size_t>(offset, text.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  if (kind == BuildFileKind::bake && !json) return place_in_hcl(text, at);
  return place_in_yaml(text, at);
}

}  // namespace keyline::analysis
