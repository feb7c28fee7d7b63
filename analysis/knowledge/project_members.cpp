#include "analysis/knowledge/project_members.h"

#include <algorithm>

namespace keyline::analysis {

namespace {

// Visual Studio writes backslashes everywhere.
void add_path(std::string_view written, std::vector<std::string>& paths) {
  std::string path(written);
  std::replace(path.begin(), path.end(), '\\', '/');
  if (path.empty() || path.find_first_of("$*?;") != std::string::npos) return;
  paths.push_back(std::move(path));
}

std::string without(std::string_view text, std::string_view open, std::string_view close) {
  std::string rest;
  for (std::size_t at = text.find(open); at != std::string_view::npos; at = text.find(open)) {
    rest += text.substr(0, at);
    const std::size_t end = text.find(close, at);
    if (end == std::string_view::npos) return rest;
    text.remove_prefix(end + close.size());
  }
  return rest.append(text);
}

std::string_view line_of(std::string_view text, std::size_t at) {
  const std::size_t before = text.rfind('\n', at);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, std::min(text.find('\n', at), text.size()) - begin);
}

}  // namespace

std::vector<std::string> read_project_references(std::string_view text) {
  std::vector<std::string> paths;
  const std::string plain = without(text, "<!--", "-->");
  const std::string_view rest = plain;
  constexpr std::string_view element = "<ProjectReference";
  constexpr std::string_view attribute = "Include=\"";
  for (std::size_t at = rest.find(element); at != std::string_view::npos; at = rest.find(element, at + 1)) {
    const std::string_view tag = rest.substr(at, std::min(rest.find('>', at), rest.size()) - at);
    const std::size_t value = tag.find(attribute);
    if (value == std::string_view::npos || tag.find("Condition=") != std::string_view::npos) continue;
    const std::string_view path = tag.substr(value + attribute.size());
    add_path(path.substr(0, path.find('"')), paths);
  }
  return paths;
}

std::vector<std::string> read_solution(std::string_view text) {
  std::vector<std::string> paths;
  for (std::size_t at = text.find("Project(\""); at != std::string_view::npos; at = text.find("Project(\"", at + 1)) {
    std::string_view line = line_of(text, at);
    // Project("{type}") = "Name", "path", "{id}"
    for (int quote = 0; quote < 5; ++quote) line.remove_prefix(std::min(line.find('"'), line.size() - 1) + 1);
    const std::string_view path = line.substr(0, line.find('"'));
    if (path.ends_with("proj")) add_path(path, paths);
  }
  return paths;
}

std::vector<std::string> read_maven_modules(std::string_view text) {
  std::vector<std::string> paths;
  const std::string plain = without(without(text, "<!--", "-->"), "<profiles>", "</profiles>");
  const std::string_view rest = plain;
  constexpr std::string_view element = "<module>";
  for (std::size_t at = rest.find(element); at != std::string_view::npos; at = rest.find(element, at + 1)) {
    const std::string_view name = rest.substr(at + element.size());
    const std::string_view inner = name.substr(0, name.find('<'));
    const std::size_t begin = inner.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) continue;
    add_path(inner.substr(begin, inner.find_last_not_of(" \t\r\n") - begin + 1), paths);
  }
  return paths;
}

std::vector<std::string> read_gradle_includes(std::string_view text) {
  std::vector<std::string> paths;
  if (text.find("projectDir") != std::string_view::npos) return paths;
  for (std::size_t at = text.find("include"); at != std::string_view::npos; at = text.find("include", at + 1)) {
    std::string_view line = line_of(text, at);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("include(") && !line.starts_with("include ")) continue;
    for (std::size_t open = line.find_first_of("\"'"); open != std::string_view::npos;
         open = line.find_first_of("\"'")) {
      const std::size_t close = line.find(line[open], open + 1);
      if (close == std::string_view::npos) break;
      std::string path(line.substr(open + 1, close - open - 1));
      if (path.starts_with(':')) path.erase(0, 1);
      std::replace(path.begin(), path.end(), ':', '/');
      add_path(path, paths);
      line.remove_prefix(close + 1);
    }
  }
  return paths;
}

}  // namespace keyline::analysis
