#include "analysis/context/git_ignores.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view file_name = ".gitignore";

// gitignore(5): a pattern with a "/" in front or in the middle counts from its file's directory, any other one matches
// at every depth below. Both languages let the last match win.
void translate(std::string_view line, std::string_view directory, std::string& patterns) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  if (line.empty() || line.starts_with('#')) return;
  if (line.starts_with('!')) {
    patterns += '!';
    line.remove_prefix(1);
  }
  while (line.ends_with('/')) line.remove_suffix(1);
  const bool anchored = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  patterns += directory;
  if (!anchored) patterns += "**/";
  patterns.append(line).append("\n");
}

}  // namespace

GitIgnores::GitIgnores(const BuildContext& context) {
  std::vector<std::string_view> files;
  for (const ContextEntry& entry : context.entries()) {
    if (entry.kind == EntryKind::file && is_gitignore(entry.path)) files.emplace_back(entry.path);
  }
  // What is nearer to a path comes later, and wins.
  std::stable_sort(files.begin(), files.end(), [](std::string_view a, std::string_view b) {
    return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/');
  });
  std::string patterns;
  for (const std::string_view file : files) {
    std::string_view text = context.text(file).value_or(std::string_view());
    const std::string_view directory = file.substr(0, file.size() - file_name.size());
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      translate(text.substr(0, end), directory, patterns);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  patterns_ = Dockerignore(patterns);
}

bool is_gitignore(std::string_view path) { return base_name(path) == file_name; }

}  // namespace keyline::analysis
