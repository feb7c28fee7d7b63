#include "analysis/assist/ignore_completion.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/rules/ignore_lines.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t most = 500;  // more than anyone reads; the next letter makes it shorter

// What lies in a directory; "" is the root.
std::vector<std::size_t> entries_in(const BuildContext& context, std::string_view directory) {
  std::vector<std::size_t> found;
  const auto [begin, end] = range_below(context, directory);
  const std::size_t skip = directory.empty() ? 0 : directory.size() + 1;
  for (std::size_t i = begin; i < end && found.size() < most; ++i) {
    if (context.entries()[i].path.find('/', skip) == std::string::npos) found.push_back(i);
  }
  return found;
}

// The patterns of all other lines.
Dockerignore without_line(const IgnoreSnapshot& snapshot, Span line) {
  std::string text(snapshot.text());
  return Dockerignore(text.erase(line.begin, line.size()));
}

}  // namespace

Completions complete_ignore_line(const IgnoreSnapshot& snapshot, Offset offset) {
  Completions list{{offset, offset}};
  const Span line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(offset));
  std::string_view typed = slice(snapshot.text(), {line.begin, std::max(line.begin, offset)});
  if (typed.starts_with('#') || snapshot.fates.empty()) return list;
  typed.remove_prefix(std::min(typed.find_first_not_of(" \t"), typed.size()));
  const bool exception = typed.starts_with('!');
  if (exception) typed.remove_prefix(1);
  const std::size_t slash = typed.rfind('/');
  const std::size_t last = slash == std::string_view::npos ? 0 : slash + 1;
  list.replace.begin = offset - static_cast<Offset>(typed.size() - last);

  const std::optional<std::size_t> own = pattern_at(snapshot, offset);
  const Dockerignore others = own ? without_line(snapshot, line) : Dockerignore();
  const std::string clean = clean_source(last == 0 ? "." : typed.substr(0, last));
  const std::string directory = clean == "." ? "" : clean;
  for (const std::size_t index : entries_in(snapshot.everything(), directory)) {
    const ContextEntry& entry = snapshot.everything().entries()[index];
    const Fate& fate = snapshot.fates[index];
    const bool is_directory = entry.kind == EntryKind::directory;
    // A pattern for what is hidden already, or an exception for what is not, would do nothing; but what this line does
    // while it is half typed does not count.
    const bool hidden = own && fate.pattern == *own ? others.match(entry.path).ignored : fate.hidden;
    if (!is_directory && hidden != exception) continue;
    const std::string name = entry.path.substr(directory.empty() ? 0 : directory.size() + 1);
    const std::string end = is_directory ? "/" : "";
    // A "#" or "!" needs its "/" only where the line would begin with it.
    const bool begins_line = last == 0 && !exception;
    const std::string pattern = begins_line ? literal_pattern(name) : literal_pattern("/" + name).substr(1);
    Completion& item = list.items.emplace_back();
    item.label = name + end;
    item.kind = is_directory ? Completion::Kind::directory : Completion::Kind::file;
    item.insert = pattern + end;
    if (hidden && fate.hidden)
      item.detail = fmt::format("hidden by line {}", snapshot.dockerignore.patterns()[fate.pattern].line + 1);
  }
  return list;
}

}  // namespace keyline::analysis
