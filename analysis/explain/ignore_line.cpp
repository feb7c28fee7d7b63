#include "analysis/explain/ignore_line.h"

#include <fmt/format.h>

#include <utility>

#include "analysis/explain/words.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t most_paths = 5;

std::string line_of(const IgnoreSnapshot& snapshot, std::size_t pattern) {
  return fmt::format("line {}", snapshot.dockerignore.patterns()[pattern].line + 1);
}

std::string written(const IgnoreSnapshot& snapshot, std::size_t pattern) {
  return std::string(slice(snapshot.text(), snapshot.dockerignore.patterns()[pattern].span));
}

std::string amount(const IgnoreEffect& effect) {
  return fmt::format("{}, {}", count_of(effect.files, "file", "files"), size_of(effect.bytes));
}

ExplanationSection paths_section(std::string title, const IgnoreEffect& effect) {
  ExplanationSection section{std::move(title), {}};
  for (const std::string& path : effect.paths) section.rows.push_back({"", path, "", {}});
  if (effect.more_paths > 0) section.rows.push_back({fmt::format("and {} more", effect.more_paths), "", "", {}});
  return section;
}

// What an idle line matches when it stands alone, and who was there before it.
struct Idle {
  std::uint64_t files = 0;
  std::optional<std::size_t> by;  // the first other pattern that decides
};

Idle idle_matches(const IgnoreSnapshot& snapshot, const IgnorePattern& pattern) {
  Idle idle;
  const Dockerignore alone(pattern.text);
  const std::vector<ContextEntry>& entries = snapshot.everything().entries();
  for (std::size_t i = 0; i < snapshot.fates.size(); ++i) {
    const Fate& fate = snapshot.fates[i];
    if (entries[i].kind == EntryKind::directory || !alone.match(entries[i].path).ignored) continue;
    ++idle.files;
    if (!idle.by && fate.pattern != Fate::nobody) idle.by = fate.pattern;
  }
  return idle;
}

std::string why_idle(const IgnoreSnapshot& snapshot, const IgnorePattern& pattern) {
  const Idle idle = idle_matches(snapshot, pattern);
  if (idle.files == 0) return "matches nothing that is there now";
  const std::string files = count_of(idle.files, "file", "files");
  if (!idle.by) return fmt::format("brings nothing back: the {} that it matches are not hidden", files);
  const std::string other = line_of(snapshot, *idle.by);
  if (!pattern.exception) {
    const bool taken_back = snapshot.dockerignore.patterns()[*idle.by].exception;
    return taken_back ? fmt::format("hides nothing: {} brings back the {} that it matches", other, files)
                      : fmt::format("hides nothing more: {} hides the {} that it matches already", other, files);
  }
  return fmt::format("brings nothing back: {} decides about the {} that it matches", other, files);
}

void explain_effect(const IgnoreSnapshot& snapshot, std::size_t index, Explanation& told) {
  const IgnorePattern& pattern = snapshot.dockerignore.patterns()[index];
  const IgnoreEffect effect = effect_of(snapshot, index, most_paths);
  if (effect.paths.empty() && effect.brought_back.empty()) {
    told.forecast = why_idle(snapshot, pattern);
    return;
  }
  told.forecast = fmt::format("{} {}", pattern.exception ? "brings back" : "hides", amount(effect));
  if (!effect.paths.empty())
    told.sections.push_back(paths_section(pattern.exception ? "Brought back" : "Hidden", effect));
  if (effect.brought_back.empty()) return;
  ExplanationSection back{"Brought back by later lines", {}};
  for (const auto& [other, files] : effect.brought_back) {
    back.rows.push_back({line_of(snapshot, other), written(snapshot, other), count_of(files, "file", "files"),
                         snapshot.dockerignore.patterns()[other].span});
  }
  told.sections.push_back(std::move(back));
}

}  // namespace

std::optional<Explanation> explain_ignore_line(const IgnoreSnapshot& snapshot, Offset offset) {
  const std::optional<std::size_t> index = pattern_at(snapshot, offset);
  if (!index) return std::nullopt;
  const Span span = snapshot.dockerignore.patterns()[*index].span;
  Explanation told{written(snapshot, *index), "", span, {}, {}};
  for (const Dockerignore::Problem& problem : snapshot.dockerignore.problems()) {
    if (problem.span.begin == span.begin) told.notes.push_back("BuildKit refuses this line: " + problem.message);
  }
  if (!snapshot.everything().complete()) {
    const std::string reason = snapshot.everything().unknown_reason();
    told.forecast = "what it matches is not known" + (reason.empty() ? "" : ": " + reason);
    return told;
  }
  if (told.notes.empty())
    explain_effect(snapshot, *index, told);
  else
    told.forecast = "matches nothing";
  for (const Finding& finding : snapshot.findings) {
    if (finding.span.begin == span.begin) told.notes.push_back(finding.message);
  }
  return told;
}

}  // namespace keyline::analysis
