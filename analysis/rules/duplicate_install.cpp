// Two stages install from the same manifests, in steps that BuildKit cannot share.

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "analysis/cache/operations.h"
#include "analysis/knowledge/install_options.h"
#include "analysis/rules/install_inputs.h"

namespace keyline::analysis {

namespace {

struct Installation {
  StepId step = none;
  const Install* install = nullptr;
  std::vector<std::string> files;  // the manifests it reads
  std::set<std::string> groups;    // what it is told to leave out or to take in
  std::set<std::string> settings;  // what else it is told
  bool cached = false;             // its downloads are kept in a cache mount
};

std::string setting(std::string_view name, std::string_view value) { return fmt::format("{} {}", name, value); }

// What the command and its environment say, apart from what changes nothing of the result.
void read_settings(const StepFacts& facts, Installation& each) {
  const InstallOptions options = install_options(each.install->tool);
  for (const auto& [name, value] : each.install->options) {
    if (lists(options.groups, name))
      each.groups.insert(setting(name, value.value_or("")));
    else if (!lists(options.harmless, name) && !lists(each.install->manager().directory_options, name))
      each.settings.insert(setting(name, value.value_or("")));
  }
  for (const ShellWord& word : each.install->operands) each.settings.insert(word.text);
  const RunEnvironment& environment = facts.environment(each.step);
  each_word(options.group_variables, [&](std::string_view name) {
    if (const auto value = find_variable(name, *each.install, environment); value && value->text != "development")
      each.groups.insert(setting(name, value->known ? value->text : "$"));
  });
  const std::vector<Mount>& mounts = facts.model().steps[each.step].mounts;
  each.cached =
      std::any_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.type == Mount::Type::cache; });
}

// Members of a workspace that stay outside are no part of what is installed.
bool is_brought(const CopyList& copies, std::string_view file) {
  return std::any_of(copies.begin(), copies.end(),
                     [&](const ContextCopy* copy) { return landing_directory(*copy, file).has_value(); });
}

std::vector<Installation> find_installations(const StepFacts& facts) {
  const ContextCopies& copies = facts.context_copies();
  std::vector<Installation> found;
  for (StepId step = 0; step < facts.model().steps.size(); ++step) {
    if (!facts.is_built(facts.model().steps[step].stage)) continue;
    for (const Install& install : facts.installs(step)) {
      if (install.verb != Verb::install || install.names_packages || install.offline || install.conditional ||
          install.sources != SourceUse::nothing || install.directory.empty())
        continue;
      const CopyList above = copies.above(step);
      if (above.empty()) continue;
      InstallInputs inputs = inputs_of(facts, step, install, above);
      if (inputs.known) std::erase_if(inputs.files, [&](const std::string& file) { return !is_brought(above, file); });
      if (inputs.files.empty() || !inputs.obstacle.empty()) continue;
      Installation each;
      each.step = step;
      each.install = &install;
      each.files = std::move(inputs.files);
      read_settings(facts, each);
      found.push_back(std::move(each));
    }
  }
  return found;
}

// Whether both stages begin with the same image, for the same platform.
bool have_same_base(const Model& model, StepId a, StepId b) {
  const auto root = [&](StepId step) -> const Stage& {
    StageId stage = model.steps[step].stage;
    while (model.stages[stage].base_stage != none) stage = model.stages[stage].base_stage;
    return model.stages[stage];
  };
  const Stage& first = root(a);
  const Stage& second = root(b);
  return first.base.known && first.base == second.base && first.platform == second.platform &&
         first.named_context == second.named_context && !first.replaced && !second.replaced;
}

// Whether a COPY above the install brings what another stage has installed with the same tool: it only completes that.
bool completes_another(const StepFacts& facts, const Installation& each) {
  const Model& model = facts.model();
  const std::vector<StepId> above = chain_above(model, each.step);
  return std::any_of(above.begin(), above.end(), [&](StepId step) {
    const std::vector<Origin>& origins = model.steps[step].origins;
    return std::any_of(origins.begin(), origins.end(), [&](const Origin& origin) {
      const StepId last = origin.stage == none ? none : model.stages[origin.stage].last_op;
      return last != none &&
             (facts.uses(last, each.install->tool) || facts.is_installed_above(last, each.install->tool));
    });
  });
}

bool are_duplicates(const StepFacts& facts, const Installation& first, const Installation& second) {
  const Model& model = facts.model();
  return first.install->tool == second.install->tool && first.files == second.files &&
         first.settings == second.settings && model.steps[first.step].stage != model.steps[second.step].stage &&
         !facts.stands_on(second.step, first.step) && !completes_another(facts, second) &&
         have_same_base(model, first.step, second.step) &&
         (first.groups == second.groups || !first.cached || !second.cached);
}

// The first operations in which the two chains differ.
std::pair<StepId, StepId> parting(const Model& model, const std::vector<std::string>& digests, StepId a, StepId b) {
  std::vector<StepId> left = chain_above(model, a);
  std::vector<StepId> right = chain_above(model, b);
  std::reverse(left.begin(), left.end());
  std::reverse(right.begin(), right.end());
  left.push_back(a);
  right.push_back(b);
  std::size_t i = 0;
  while (i + 1 < left.size() && i + 1 < right.size() && digests[left[i]] == digests[right[i]]) ++i;
  return {left[i], right[i]};
}

std::string stage_of(const Model& model, StepId step) {
  const Stage& stage = model.stages[model.steps[step].stage];
  return stage.name.empty() ? fmt::format("stage {}", model.steps[step].stage) : fmt::format("`{}`", stage.name);
}

Finding finding_of(const StepFacts& facts, const std::vector<std::string>& digests, const Installation& first,
                   const Installation& second) {
  const RuleContext& context = facts.context();
  const auto [left, right] = parting(context.model, digests, first.step, second.step);
  const auto line = [&](StepId step) { return first_line(context.tree, context.model.steps[step].span); };
  const Span install = first_line(context.tree, context.absolute(second.step, second.install->span));
  Finding finding{.span = install};
  finding.related.push_back({first_line(context.tree, context.absolute(first.step, first.install->span)),
                             "installs from the same manifests"});
  Fix fix;
  fix.safety = Safety::sketch;
  if (first.groups == second.groups) {
    finding.message =
        fmt::format("`{}` does again what {} has done: the stages part at `{}`, so no step is shared",
                    second.install->title, stage_of(context.model, first.step), slice(*context.tree.text, line(right)));
    fix.title = "Install once, in a stage of its own, and build both stages from it";
    fix.unproven = "that both stages can work in the same directory, with the same environment";
  } else {
    finding.message = fmt::format("`{}` fetches again what {} has fetched: other groups of the same manifests",
                                  second.install->title, stage_of(context.model, first.step));
    fix.title = "Give both steps one cache mount, so that each package is fetched once";
    fix.unproven = "that builds run where cache mounts are kept";
  }
  if (left != first.step || right != second.step) {
    finding.related.push_back({line(left), "from here on the stages differ"});
    finding.related.push_back({line(right), "from here on the stages differ"});
  }
  finding.fixes.push_back(std::move(fix));
  return finding;
}

// Seldom: and what tells equal steps apart costs more than this does.
bool has_duplicates(const StepFacts& facts, const std::vector<Installation>& all) {
  for (std::size_t second = 1; second < all.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      if (are_duplicates(facts, all[first], all[second])) return true;
    }
  }
  return false;
}

void check(const StepFacts& facts, Findings& findings) {
  if (facts.model().stages.size() < 2) return;
  std::vector<Installation> all = find_installations(facts);
  if (!has_duplicates(facts, all)) return;
  const std::vector<std::string> digests = definition_digests(facts.model(), facts.context().tree);
  // Equal steps are one step, whichever stages they stand in.
  std::set<std::pair<std::string_view, std::size_t>> seen;
  std::erase_if(
      all, [&](const Installation& each) { return !seen.emplace(digests[each.step], each.install->command).second; });
  for (std::size_t second = 1; second < all.size(); ++second) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(second);
    const auto first = std::find_if(all.begin(), end,
                                    [&](const Installation& each) { return are_duplicates(facts, each, all[second]); });
    if (first != end) findings.push_back(finding_of(facts, digests, *first, all[second]));
  }
}

}  // namespace

extern const Rule duplicate_install;
const Rule duplicate_install{
    .id = "duplicate-install",
    .summary = "Two stages install from the same manifests, and share no step",
    .severity = Severity::information,
    .why =
        R"(BuildKit runs equal steps once, whichever stages they stand in: the same base image, the same lines above, the same
command. One other line above the install is enough, a WORKDIR or an ENV, and both stages install for themselves, in
every build in which a manifest changes. A stage of its own that both are built from installs once.)",
    .silent = R"(- The steps are equal all the way up: then BuildKit shares them.
- The stages begin with other base images or platforms: what is installed may be compiled for one of them.
- The stages are given other manifests, as of other members of a workspace.
- The commands differ in what they install, other than by groups like those for development (`--omit=dev`, `--no-dev`),
  or one stage is built from the other or takes files from it.
- They take other groups, and both have a cache mount: each package is fetched once then.)",
    .unproven = {},
    .example = {.before = R"(-- requirements.txt --
flask==3.0.0
-- app.py --
-- Dockerfile --
FROM python:3.12 AS test
WORKDIR /test
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY . .
RUN python -m unittest && touch /passed

FROM python:3.12
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY . .
COPY --from=test /passed /
)",
                .after = {}},
    .check = check,
};

}  // namespace keyline::analysis
