#include "analysis/ignore_file.h"

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "analysis/context/dockerignore_name.h"
#include "analysis/context/listed_context.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/dead_patterns.h"

namespace keyline::analysis {

namespace {

// A look at the clock of a stop for so many entries.
constexpr std::size_t between_stops = 4096;

// What a walk of BuildKit would know in each directory.
class Judge {
 public:
  explicit Judge(const Dockerignore& dockerignore) : dockerignore_(dockerignore) {}

  // A directory before what lies in it.
  Fate judge(const ContextEntry& entry) {
    const Directory& above = directories_[directory_of(entry.path)];
    Directory own;
    Fate fate = above.fate;
    if (!above.closed) {
      const Dockerignore::Verdict verdict = dockerignore_.match(entry.path, above.matched, own.matched);
      fate = {.hidden = verdict.ignored};
      if (verdict.pattern) fate.pattern = static_cast<std::uint32_t>(*verdict.pattern);
      if (verdict.pattern && !verdict.ignored) fate.before = hidden_before(own.matched, *verdict.pattern);
    }
    if (entry.kind == EntryKind::directory) {
      own.closed = above.closed || (fate.hidden && !dockerignore_.may_reinclude_below(entry.path));
      own.fate = fate;
      directories_[entry.path] = std::move(own);
    }
    return fate;
  }

 private:
  struct Directory {
    Dockerignore::Parents matched = {};
    bool closed = false;  // hidden, and nothing below it is looked at
    Fate fate = {};
  };

  std::uint32_t hidden_before(const Dockerignore::Parents& own, std::size_t exception) const {
    for (std::size_t i = exception; i-- > 0;) {
      const bool matched = ((own.matched[i / 64] >> (i % 64)) & 1U) != 0;
      if (matched && !dockerignore_.patterns()[i].exception) return static_cast<std::uint32_t>(i);
    }
    return Fate::nobody;
  }

  const Dockerignore& dockerignore_;
  std::unordered_map<std::string_view, Directory> directories_;
};

// False when it was stopped.
bool judge_all(IgnoreSnapshot& snapshot, const std::stop_token& stop) {
  const std::vector<ContextEntry>& entries = snapshot.everything().entries();
  Judge judge(snapshot.dockerignore);
  snapshot.fates.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i % between_stops == 0 && stop.stop_requested()) return false;
    snapshot.fates.push_back(judge.judge(entries[i]));
  }
  return true;
}

void find_dead_patterns(IgnoreSnapshot& snapshot) {
  const Rule* rule = find_rule(dead_pattern_rule);
  const auto set = snapshot.inputs.rules.severities.find(dead_pattern_rule);
  const Severity severity = set == snapshot.inputs.rules.severities.end() ? rule->severity : set->second;
  if (severity == Severity::off || snapshot.dockerignore.patterns().empty()) return;
  ListedContext::Source source{.entries = snapshot.everything().entries(),
                               .dockerignore = snapshot.dockerignore,
                               .ignore_file = {std::string(dockerignore_name), true}};
  const ListedContext context(std::move(source));
  for (const DeadPattern& dead : dead_patterns(context)) {
    const IgnorePattern& pattern = snapshot.dockerignore.patterns()[dead.pattern];
    Finding finding{.rule = rule, .severity = severity, .span = pattern.span};
    finding.message =
        fmt::format("`{}` does not keep out what it seems to: it {}", slice(snapshot.text(), pattern.span), dead.fault);
    finding.fixes.push_back(mend_pattern(context, dead));
    snapshot.findings.push_back(std::move(finding));
  }
}

bool is_under(const IgnoreSnapshot& snapshot, std::size_t entry, std::size_t pattern) {
  return snapshot.fates[entry].pattern == pattern;
}

}  // namespace

std::shared_ptr<const IgnoreSnapshot> analyze_ignore_file(IgnoreInputs inputs, const std::stop_token& stop) {
  auto snapshot = std::make_shared<IgnoreSnapshot>();
  snapshot->inputs = std::move(inputs);
  snapshot->lines = LineIndex(snapshot->text());
  snapshot->dockerignore = Dockerignore(snapshot->text());
  if (snapshot->everything().complete()) {
    if (!judge_all(*snapshot, stop)) return nullptr;
    find_dead_patterns(*snapshot);
  }
  if (stop.stop_requested()) return nullptr;
  return snapshot;
}

std::optional<std::size_t> pattern_at(const IgnoreSnapshot& snapshot, Offset offset) {
  const std::uint32_t line = snapshot.lines.line_at(offset);
  const std::vector<IgnorePattern>& patterns = snapshot.dockerignore.patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (snapshot.lines.line_at(patterns[i].span.begin) == line) return i;
  }
  return std::nullopt;
}

IgnoreEffect effect_of(const IgnoreSnapshot& snapshot, std::size_t pattern, std::size_t most_paths) {
  IgnoreEffect effect;
  if (snapshot.fates.empty()) return effect;
  const std::vector<ContextEntry>& entries = snapshot.everything().entries();
  std::unordered_set<std::string_view> tops;  // directories that stand for what lies in them
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ContextEntry& entry = entries[i];
    const Fate& fate = snapshot.fates[i];
    const bool directory = entry.kind == EntryKind::directory;
    if (fate.before == pattern && !directory) ++effect.brought_back[fate.pattern];
    if (!is_under(snapshot, i, pattern)) continue;
    if (!directory) {
      ++effect.files;
      effect.bytes += entry.size;
    }
    if (directory) tops.insert(entry.path);
    if (tops.contains(directory_of(entry.path))) continue;
    if (effect.paths.size() < most_paths)
      effect.paths.push_back(directory ? entry.path + '/' : entry.path);
    else
      ++effect.more_paths;
  }
  return effect;
}

std::vector<std::string> files_under(const IgnoreSnapshot& snapshot, std::size_t pattern, std::size_t most) {
  std::vector<std::string> files;
  for (std::size_t i = 0; i < snapshot.fates.size() && files.size() < most; ++i) {
    const ContextEntry& entry = snapshot.everything().entries()[i];
    if (is_under(snapshot, i, pattern) && entry.kind != EntryKind::directory) files.push_back(entry.path);
  }
  return files;
}

}  // namespace keyline::analysis
