// An ARG whose value differs in every build, declared above steps that have no use for it.

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/rules/declaration_move.h"

namespace keyline::analysis {

namespace {

// Whether a label that tells one build from another takes the argument below its line.
bool feeds_build_label(const StepFacts& facts, StepId arg, const std::string& name) {
  const std::vector<StepId>& steps = facts.model().stages[facts.model().steps[arg].stage].steps;
  return std::any_of(steps.begin(), steps.end(), [&](StepId id) {
    if (id <= arg || facts.model().steps[id].keyword != Keyword::label) return false;
    const std::vector<Word>& words = facts.instruction(id).arguments;
    for (std::size_t i = 0; i + 1 < words.size(); i += 3) {
      if (tells_one_build(words[i].text) && names_variable(words[i + 1].text, name)) return true;
    }
    return false;
  });
}

bool has_pinned_global(const Model& model, const std::string& name) {
  return std::any_of(model.global_arguments.begin(), model.global_arguments.end(), [&](const Definition& each) {
    return each.name == name && each.value.known && is_pinned_value(each.value.text);
  });
}

// The names that the ARG declares; nothing unless all of them differ in every build.
std::optional<std::vector<std::string>> volatile_names(const StepFacts& facts, StepId arg) {
  std::vector<std::string> names;
  for (const Word& word : facts.instruction(arg).arguments) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals);
    std::string value = equals == std::string::npos ? std::string() : word.text.substr(equals + 1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    // What the project's builds pass goes before what a name makes likely.
    const BuildEvidence& builds = facts.context().context.builds();
    const bool proved = builds.proof_that_it_differs(name) != nullptr;
    if (!proved && builds.is_constant(name)) return std::nullopt;
    if (!proved && !changes_with_every_build(name) && !feeds_build_label(facts, arg, name)) return std::nullopt;
    if (!proved && (is_pinned_value(value) || has_pinned_global(facts.model(), name))) return std::nullopt;
    names.push_back(name);
  }
  return names.empty() ? std::nullopt : std::optional(std::move(names));
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  std::vector<Declaration> all;
  for (StepId id = 0; id < context.model.steps.size(); ++id) {
    const Step& step = context.model.steps[id];
    if (step.keyword != Keyword::arg || step.onbuild) continue;
    if (auto names = volatile_names(facts, id)) all.push_back(study_declaration(facts, id, std::move(*names)));
  }
  for (const Declaration& candidate : all) {
    if (candidate.rerun.empty() || re_runs_anyway(context.model, candidate, all)) continue;
    const std::string& name = candidate.names.front();
    Finding finding{.span = first_line(context.tree, context.model.steps[candidate.step].span)};
    finding.message =
        fmt::format("every new `{}` re-runs {} {} no use for it: `ARG {}` stands above {}", name,
                    candidate.rerun.size(), candidate.rerun.size() == 1 ? "step that has" : "steps that have", name,
                    candidate.rerun.size() == 1 ? "it" : "them");
    for (const StepId id : candidate.rerun) {
      finding.related.push_back(
          {first_line(context.tree, context.model.steps[id].span), fmt::format("re-runs whenever `{}` differs", name)});
    }
    for (const std::string& each : candidate.names) {
      if (const PassedArgument* passed = context.context.builds().proof_that_it_differs(each)) {
        finding.related.push_back({{}, fmt::format("passes `{}` as `{}`", passed->per_build, each), passed->origin});
      }
    }
    finding.fixes.push_back(move_declarations(facts, candidate, all));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule volatile_arg_early;
const Rule volatile_arg_early{
    .id = "volatile-arg-early",
    .summary = "A build argument that differs in every build stands above steps that do not use it",
    .severity = Severity::warning,
    .why =
        R"(An ARG that has a value is an environment variable of every RUN below it, and the environment is part of a RUN's cache
key whether the command looks at it or not. A commit or a date differs in every build, so every RUN below such an ARG
re-runs in every build, and so does everything that stands on them. COPY and WORKDIR do not have it in their keys, and
LABEL creates no step at all: an argument that only feeds labels can stand at the end for free.)",
    .silent = R"(- The project's build files pass it, and each of them a value that stays the same.
- The default is a real value (`ARG GIT_SHA=4f2c1e9`), so the name is used as a pin, and no build file
  passes another one in each build.
- The first step below uses it anyway (also by printing the whole environment), or no RUN stands below.
- Another argument of this kind is used above those steps: they re-run anyway.
- `SOURCE_DATE_EPOCH`, which many programs read by themselves.
- The argument exists to bust the cache (`CACHEBUST` and the like): it stands where it is on purpose.)",
    .unproven =
        R"(That no command in between reads the variable from its environment without naming it, when such a command runs code of
the project (`make`, `npm run build`); and that the ENV which hands the value on is not read in between. Those fixes
are offered for review only.)",
    .example = {.before = R"(-- Dockerfile --
FROM python:3.12-slim
ARG GIT_SHA=unknown
LABEL org.opencontainers.image.revision=$GIT_SHA
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
)",
                .after = R"(FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
ARG GIT_SHA=unknown
LABEL org.opencontainers.image.revision=$GIT_SHA
CMD ["python", "app.py"]
)"},
    .check = check,
};

}  // namespace keyline::analysis
