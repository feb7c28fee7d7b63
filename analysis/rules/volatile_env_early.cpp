// An ENV whose value differs in every build, set above steps that have no use for it.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/rules/declaration_move.h"

namespace keyline::analysis {

namespace {

// What an ENV takes from an ARG is that argument's affair, and `volatile-arg-early` moves both.
bool comes_from_argument(const std::string& value) { return value.find('$') != std::string::npos; }

// The names that the ENV sets; none unless all of them differ in every build, each with a value of its own.
std::vector<std::string> volatile_names(const StepFacts& facts, StepId env) {
  const std::vector<Word>& words = facts.instruction(env).arguments;
  std::vector<std::string> names;
  for (std::size_t i = 0; i + 1 < words.size(); i += 3) {
    const bool is_volatile = changes_with_every_build(words[i].text) || changes_with_every_release(words[i].text);
    if (!is_volatile || words[i + 1].text.empty() || comes_from_argument(words[i + 1].text)) return {};
    names.push_back(words[i].text);
  }
  return names;
}

// A project's own version is told from that of something it downloads by nothing in the image reading it.
bool is_read(const StepFacts& facts, const Declaration& candidate) {
  const std::string& name = candidate.names.front();
  for (StepId id = 0; id < facts.model().steps.size(); ++id) {
    const bool own = std::find(candidate.group.begin(), candidate.group.end(), id) != candidate.group.end();
    const Keyword keyword = facts.model().steps[id].keyword;
    if (!own && keyword != Keyword::label && names_variable(facts.source(id), name)) return true;
  }
  return false;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  std::vector<Declaration> all;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    if (model.steps[id].keyword != Keyword::env || model.steps[id].onbuild) continue;
    std::vector<std::string> names = volatile_names(facts, id);
    if (!names.empty()) all.push_back(study_declaration(facts, id, std::move(names)));
  }
  for (const Declaration& candidate : all) {
    if (candidate.rerun.empty() || re_runs_anyway(model, candidate, all) || is_read(facts, candidate)) continue;
    const std::string& name = candidate.names.front();
    const std::size_t steps = candidate.rerun.size();
    Finding finding{.span = first_line(context.tree, model.steps[candidate.step].span)};
    finding.message = fmt::format("every new `{}` re-runs {} {} no use for it: `ENV {}` stands above {}", name, steps,
                                  steps == 1 ? "step that has" : "steps that have", name, steps == 1 ? "it" : "them");
    for (const StepId id : candidate.rerun) {
      finding.related.push_back(
          {first_line(context.tree, model.steps[id].span), fmt::format("re-runs whenever `{}` differs", name)});
    }
    Fix fix = move_declarations(facts, candidate, all);
    if (fix.safety == Safety::safe) fix.safety = Safety::review;
    if (fix.unproven.empty())
      fix.unproven = fmt::format("that no step in between reads `{}` from its environment", name);
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule volatile_env_early;
const Rule volatile_env_early{
    .id = "volatile-env-early",
    .summary = "A variable that differs in every build or release is set above steps that do not use it",
    .severity = Severity::information,
    .why =
        R"(An ENV is in the environment of every RUN below it, and so in their cache keys, whether the commands look at it or not. A
commit, a date or the project's own version that is edited in the Dockerfile re-runs all of them. The running container
sees the variable wherever the ENV stands: at the end of the stage it re-runs nothing.)",
    .silent = R"(- The value comes from an ARG: `volatile-arg-early` looks after both.
- The line sets other variables as well, or no RUN stands below.
- Some line uses the variable: then it may be the version of what is downloaded.
- `REFRESHED_AT` and others that exist to bust the cache: they stand where they are on purpose.)",
    .unproven = R"(That no step in between reads the variable from its environment without naming it.)",
    .example = {.before = R"(-- Dockerfile --
FROM python:3.12-slim
ENV APP_VERSION=2.14.0
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
)",
                .after = R"(FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
COPY . .
ENV APP_VERSION=2.14.0
CMD ["python", "app.py"]
)"},
    .check = check,
};

}  // namespace keyline::analysis
