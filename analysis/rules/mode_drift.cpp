// Files whose permission bits here are not those of a checkout: the key of what copies them is never shared.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/context_sources.h"

namespace keyline::analysis {

namespace {

bool drifts(const ContextEntry& entry) { return entry.checkout_mode != 0 && entry.mode != entry.checkout_mode; }

bool differs_in_execution(const ContextEntry& entry) { return ((entry.mode ^ entry.checkout_mode) & 0111U) != 0; }

Fix fix_for(const std::vector<const ContextEntry*>& entries) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [](const auto* each) { return differs_in_execution(*each); });
  Fix fix;
  fix.safety = Safety::sketch;
  if (found == entries.end()) {
    fix.title = "Take the other permissions away with `chmod`, and work with umask 022 as CI does";
    fix.unproven = "that nobody needs them here";
  } else {
    const ContextEntry& entry = **found;
    const bool here = (entry.mode & 0100U) != 0;
    fix.title = fmt::format("Record the mode with `git update-index --chmod={}x {}`, or take it back with `chmod {}x`",
                            here ? '+' : '-', entry.path, here ? '-' : '+');
    fix.unproven = "which of the two modes is meant";
  }
  return fix;
}

std::vector<const ContextEntry*> drifted_entries(const BuildContext& context) {
  std::vector<const ContextEntry*> drifted;
  for (const ContextEntry& entry : context.entries()) {
    if (drifts(entry)) drifted.push_back(&entry);
  }
  return drifted;
}

void check(const StepFacts& facts, Findings& findings) {
  std::vector<const ContextEntry*> drifted = facts.study(drifted_entries);
  if (drifted.empty()) return;
  for (const ContextSource& source : context_sources(facts)) {
    std::vector<const ContextEntry*> taken;
    std::vector<std::string> shown;
    // Each file is told of once, where the first step takes it.
    std::erase_if(drifted, [&](const ContextEntry* entry) {
      if (!source.names(entry->path) && !source.brings(entry->path)) return false;
      taken.push_back(entry);
      shown.push_back(fmt::format("`{}` ({:04o}, git gives {:04o})", entry->path, entry->mode, entry->checkout_mode));
      return true;
    });
    if (taken.empty()) continue;
    Finding finding{.span = first_line(facts.context().tree, source.span)};
    finding.message = fmt::format("no clean checkout, as in CI, reuses what is built here: the {} of {}",
                                  taken.size() == 1 ? "mode" : "modes", list_paths(shown));
    finding.fixes.push_back(fix_for(taken));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule mode_drift;
const Rule mode_drift{
    .id = "mode-drift",
    .summary = "Copied files have other permissions here than a checkout gives them",
    .severity = Severity::information,
    .why =
        R"(The permission bits of a file count in the cache key of every step that takes it, whatever `--chmod` makes of them. git
records one of them only: whether the file may be executed. A file made executable and not recorded so, or files that the
group may write because of the umask they were made under, give this machine keys that a checkout elsewhere never has.)",
    .silent = R"(- The build directory is in no git work tree, or the file is not recorded.
- The file is not copied, or .dockerignore hides it.)",
    .unproven = {},
    .example = {.before = R"(-- start.sh | mode 0755 | git 0644 --
#!/bin/sh
-- Dockerfile --
FROM alpine:3.20
COPY start.sh /usr/local/bin/
CMD ["start.sh"]
)",
                .after = {}},
    .check = check,
};

}  // namespace keyline::analysis
