#include "analysis/rules/dead_patterns.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "analysis/rules/ignore_lines.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

bool hides_something_below(const BuildContext& context, const std::string& directory) {
  const std::string start = directory + "/";
  const auto at =
      std::lower_bound(context.hidden().begin(), context.hidden().end(), start,
                       [](const HiddenEntry& hidden, const std::string& path) { return hidden.path < path; });
  return at != context.hidden().end() && at->path.starts_with(start);
}

// Comments of other languages, and those behind a pattern.
bool looks_like_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with("//") || line.starts_with("--") || line.starts_with(';') ||
         line.find(" #") != std::string_view::npos || line.find(" //") != std::string_view::npos;
}

// The path that the line names but for upper and lower case.
std::string in_other_case(const BuildContext& context, const std::string& path) {
  const std::string lower = to_lower(path);
  const auto found = std::find_if(context.entries().begin(), context.entries().end(), [&](const ContextEntry& entry) {
    return entry.path.size() == path.size() && to_lower(entry.path) == lower;
  });
  return found == context.entries().end() ? std::string() : found->path;
}

// What is wrong with the line; nothing when it has an effect, or may have one at other times.
std::optional<DeadPattern> fault_of(const BuildContext& context, std::size_t index) {
  using Kind = DeadPattern::Kind;
  const Dockerignore& dockerignore = context.dockerignore();
  const IgnorePattern& pattern = dockerignore.patterns()[index];
  const std::string& path = pattern.text;
  if (path.find_first_of("*?[]\\") != std::string::npos) return {};
  if (const ContextEntry* entry = find_entry(context, path)) {
    if (pattern.exception || (entry->kind == EntryKind::directory && hides_something_below(context, path))) return {};
    const Dockerignore::Verdict verdict = dockerignore.match(path);
    if (verdict.ignored || !verdict.pattern) return {};
    const std::uint32_t line = dockerignore.patterns()[*verdict.pattern].line + 1;
    return DeadPattern{index, Kind::taken_back, fmt::format("is taken back by line {}", line)};
  }
  if (find_hidden(context, path) != nullptr) return {};
  if (looks_like_comment(slice(dockerignore.text(), pattern.span)))
    return DeadPattern{index, Kind::comment, "is a pattern: comments have lines of their own, which start with `#`"};
  std::string other = in_other_case(context, path);
  if (other.empty()) return std::nullopt;
  std::string fault = fmt::format("is not `{}`: upper and lower case differ", other);
  return DeadPattern{index, Kind::other_case, std::move(fault), std::move(other)};
}

// The comment in its words, and what of the line stands before it.
std::string with_own_comment(std::string_view written, std::string_view line_end) {
  const std::size_t mark = std::min(written.find(" #"), written.find(" //"));
  const bool behind = mark != std::string_view::npos && !std::string_view("#/-;").starts_with(written.front());
  std::string_view pattern = behind ? written.substr(0, mark) : std::string_view();
  std::string_view words = written.substr(pattern.size());
  words.remove_prefix(std::min(words.find_first_not_of(" \t#/-;"), words.size()));
  while (pattern.ends_with(' ') || pattern.ends_with('\t')) pattern.remove_suffix(1);
  std::string comment = fmt::format("# {}", words);
  return pattern.empty() ? comment : comment.append(line_end).append(pattern);
}

}  // namespace

std::vector<DeadPattern> dead_patterns(const BuildContext& context) {
  std::vector<DeadPattern> dead;
  if (!context.complete()) return dead;
  const std::vector<IgnorePattern>& patterns = context.dockerignore().patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (std::optional<DeadPattern> fault = fault_of(context, i)) dead.push_back(*std::move(fault));
  }
  return dead;
}

Fix mend_pattern(const BuildContext& context, const DeadPattern& dead) {
  const std::string& text = context.dockerignore().text();
  const IgnorePattern& pattern = context.dockerignore().patterns()[dead.pattern];
  const std::string_view written = slice(text, pattern.span);
  Fix fix;
  bool done = false;
  switch (dead.kind) {
    case DeadPattern::Kind::taken_back:
      fix.title = fmt::format("Remove `{}`, which has no effect", written);
      fix.safety = Safety::safe;
      done = remove_ignore_line(fix.edits, context, dead.pattern);
      break;
    case DeadPattern::Kind::comment: {
      fix.title = "Give the comment a line of its own";
      Span line = pattern.span;  // with its indentation, behind which a "#" starts no comment
      while (line.begin > 0 && (text[line.begin - 1] == ' ' || text[line.begin - 1] == '\t')) --line.begin;
      const std::string_view line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
      done = fix.edits.add({line, with_own_comment(written, line_end)});
      break;
    }
    case DeadPattern::Kind::other_case: {
      const std::string right = (pattern.exception ? "!" : "") + literal_pattern(dead.meant);
      fix.title = fmt::format("Write `{}`", right);
      done = fix.edits.add({pattern.span, right});
      break;
    }
  }
  if (!done) fix.edits = {};
  return fix;
}

}  // namespace keyline::analysis
