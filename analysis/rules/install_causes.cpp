#include "analysis/rules/install_causes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

// Whether something in the RUN in front of the install may need the sources.
bool needs_sources_first(const StepFacts& facts, StepId step, const Install& install) {
  for (std::size_t i = 0; i < install.command; ++i) {
    if (!facts.is_known(step, i)) return true;
  }
  return false;
}

// Whether the copy brings files that are no manifests. The context must be known.
bool brings_others(const StepFacts& facts, const ContextCopy& copy, const InstallInputs& inputs) {
  const std::vector<ContextEntry>& entries = facts.context().context.entries();
  return std::any_of(entries.begin(), entries.end(), [&](const ContextEntry& entry) {
    if (entry.kind == EntryKind::directory || !is_within(entry.path, copy.source)) return false;
    const bool input = std::binary_search(inputs.files.begin(), inputs.files.end(), entry.path);
    return !input && (copy.whole || !is_manifest(entry.path));
  });
}

bool provides(const ContextCopy& copy, const InstallInputs& inputs) {
  return std::any_of(inputs.files.begin(), inputs.files.end(),
                     [&](const std::string& file) { return is_within(file, copy.source); });
}

// Whether the copy is to blame for re-runs of the install.
bool feeds_too_much(const StepFacts& facts, const ContextCopy& copy, StepId run, const Install& install,
                    const InstallInputs& inputs) {
  if (!copy.directory) return false;
  const bool related = is_within(install.directory, copy.destination) || is_within(copy.destination, install.directory);
  if (!related && !copy.whole) return false;
  // A second install of the same tool is quick, and meant.
  if (facts.is_installed_above(copy.step, install.tool)) return false;
  if (inputs.known && !brings_others(facts, copy, inputs)) return false;
  if (copy.whole || provides(copy, inputs)) return true;
  // Sources beside the manifests: blamed only when nothing in the install or behind it in the RUN can want them.
  if (!inputs.known || !inputs.doubts.empty()) return false;
  for (std::size_t i = install.command + 1; i < facts.commands(run).size(); ++i) {
    if (!facts.is_plain_command(run, i)) return false;
  }
  return true;
}

}  // namespace

std::vector<Cause> find_install_causes(const StepFacts& facts, const ContextCopies& all_copies) {
  std::map<StepId, Cause> causes;
  for (StepId run = 0; run < facts.model().steps.size(); ++run) {
    for (const Install& install : facts.installs(run)) {
      if (install.verb != Verb::install || install.names_packages || install.sources == SourceUse::sources) continue;
      if (needs_sources_first(facts, run, install)) continue;
      const CopyList copies = all_copies.above(run);
      if (copies.empty()) continue;
      const InstallInputs inputs = inputs_of(facts, run, install, copies);
      if (inputs.reads_sources) continue;
      for (const ContextCopy* each : copies) {
        const ContextCopy& copy = *each;
        if (!feeds_too_much(facts, copy, run, install, inputs)) continue;
        Cause& cause = causes[copy.step];
        cause.copy = copy.step;
        cause.source = copy.source;
        cause.feeds_manifests = cause.feeds_manifests || copy.whole || provides(copy, inputs);
        if (inputs.known) cause.files = std::max(cause.files, match_source(facts.context().context, copy.source).files);
        if (cause.installs.empty() || cause.installs.back().install != &install)
          cause.installs.push_back({run, &install, inputs});
      }
    }
  }
  std::vector<Cause> result;
  result.reserve(causes.size());
  for (auto& [step, cause] : causes) result.push_back(std::move(cause));
  return result;
}

}  // namespace keyline::analysis
