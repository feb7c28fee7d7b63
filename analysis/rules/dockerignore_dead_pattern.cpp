// A line of .dockerignore that hides nothing: misspelt, no comment though it looks like one, or taken back.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/context_sources.h"
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

// What is wrong with the line, in words; "" when it has an effect, or may have one at other times.
std::string fault_of(const BuildContext& context, const IgnorePattern& pattern) {
  const Dockerignore& dockerignore = context.dockerignore();
  const std::string& path = pattern.text;
  if (path.find_first_of("*?[]\\") != std::string::npos) return {};
  const std::string_view written = slice(dockerignore.text(), pattern.span);
  const std::string line = fmt::format("line {} (`{}`)", pattern.line + 1, written);
  if (const ContextEntry* entry = find_entry(context, path)) {
    if (pattern.exception || (entry->kind == EntryKind::directory && hides_something_below(context, path))) return {};
    const Dockerignore::Verdict verdict = dockerignore.match(path);
    if (verdict.ignored || !verdict.pattern) return {};
    return fmt::format("{} is taken back by line {}", line, dockerignore.patterns()[*verdict.pattern].line + 1);
  }
  if (find_hidden(context, path) != nullptr) return {};
  if (looks_like_comment(written))
    return fmt::format("{} is a pattern: comments have lines of their own, which start with `#`", line);
  const std::string other = in_other_case(context, path);
  return other.empty() ? std::string() : fmt::format("{} is not `{}`: upper and lower case differ", line, other);
}

// The file has no place in the Dockerfile: the instruction that takes most of the context stands for it.
const ContextSource* broadest(const std::vector<ContextSource>& sources) {
  if (sources.empty()) return nullptr;
  const auto whole = std::find_if(sources.begin(), sources.end(), [](const ContextSource& source) {
    return std::find(source.roots.begin(), source.roots.end(), "") != source.roots.end();
  });
  return whole == sources.end() ? &sources.front() : &*whole;
}

void check(const StepFacts& facts, Findings& findings) {
  const BuildContext& context = facts.context().context;
  if (!context.complete() || context.dockerignore().patterns().empty()) return;
  const std::vector<ContextSource> sources = context_sources(facts);
  const ContextSource* source = broadest(sources);
  if (source == nullptr) return;
  std::vector<std::string> faults;
  for (const IgnorePattern& pattern : context.dockerignore().patterns()) {
    if (std::string fault = fault_of(context, pattern); !fault.empty()) faults.push_back(std::move(fault));
  }
  if (faults.empty()) return;
  Finding finding{.span = source->span};
  finding.message =
      fmt::format("{} does not keep out what it seems to: {}", ignore_file_name(context), list_paths(faults));
  findings.push_back(std::move(finding));
}

}  // namespace

extern const Rule dockerignore_dead_pattern;
const Rule dockerignore_dead_pattern{
    .id = "dockerignore-dead-pattern",
    .summary = "A line of .dockerignore has no effect",
    .severity = Severity::information,
    .why =
        R"(Patterns are anchored at the top of the context, know upper and lower case, and the last line that matches a path decides.
A line that is spelled with another letter case, that has a comment behind the pattern, or that a later `!` line brings
back as a whole hides nothing: what it was meant to keep out is copied, counts in cache keys and lands in the image. A `#`
starts a comment only at the beginning of a line.

The finding stands on the instruction that takes most of the context, since the file itself is not what is checked.)",
    .silent = R"(- The context is not known, or no step takes anything from it.
- The pattern has a wildcard: `*.pyc` is for files that come and go.
- There is no such path: builds, tests and other machines make what is not there now.
- The path lies below a directory that is hidden anyway.
- Something below the directory is still hidden.)",
    .unproven = "",
    .example = {.before = R"(-- .dockerignore --
recordings
Notes.txt
!recordings
-- recordings/1.wav --
0
-- notes.txt --
later
-- app.py --
print("hello")
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
