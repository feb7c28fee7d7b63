#include "analysis/rules/ignore_lines.h"

#include <algorithm>

#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

std::string line_ending(const std::string& text) {
  const std::size_t end = text.find('\n');
  return end != std::string::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

}  // namespace

bool add_ignore_lines(EditList& edits, const BuildContext& context, const std::vector<std::string>& lines) {
  if (context.ignore_file().path.empty()) return false;
  const std::string& text = context.dockerignore().text();
  const std::string ending = line_ending(text);
  std::string added = text.empty() || text.ends_with('\n') ? "" : ending;
  for (const std::string& line : lines) added += line + ending;
  const auto end = static_cast<Offset>(text.size());
  return edits.add({{end, end}, std::move(added)});
}

bool remove_ignore_line(EditList& edits, const BuildContext& context, std::size_t pattern) {
  if (context.ignore_file().path.empty()) return false;
  const std::string& text = context.dockerignore().text();
  const Span span = context.dockerignore().patterns()[pattern].span;
  const std::size_t before = span.begin == 0 ? std::string::npos : text.rfind('\n', span.begin - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', span.end), text.size() - 1) + 1;
  return edits.add({{static_cast<Offset>(begin), static_cast<Offset>(end)}, ""});
}

std::string ignore_file_name(const BuildContext& context) {
  const std::string path = context.ignore_file().path;
  return path.empty() ? ".dockerignore" : std::string(base_name(path));
}

std::string literal_pattern(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    if (std::string_view("*?[]\\^").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  if (pattern.starts_with('#') || pattern.starts_with('!')) pattern.insert(0, "/");
  return pattern;
}

}  // namespace keyline::analysis
