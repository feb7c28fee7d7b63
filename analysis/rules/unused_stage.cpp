// A stage that neither the target nor any stage meant as a target needs.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/package_managers.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// Names for a stage on the way to another one. Any other name may be given to --target.
bool is_name_of_intermediate(std::string_view name) {
  return lists("builder build-stage build-env buildenv deps dependencies prod-deps dev-deps build-deps downloader",
               name);
}

// A FROM whose variables, or the template that it is, may name any of the stages.
bool may_name_a_stage(const RuleContext& context, const Stage& stage) {
  const std::vector<Word>& words = context.tree.items[stage.item].instruction->arguments;
  if (words.empty()) return true;
  const std::string& base = words.front().text;
  return base.substr(0, base.find_first_of(":@")).find('$') != std::string::npos ||
         base.find("{{") != std::string::npos;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const std::vector<Stage>& stages = context.model.stages;
  if (stages.size() < 2 || context.model.target != stages.size() - 1 || context.context.builds().any_target) return;
  if (std::any_of(stages.begin(), stages.end(), [&](const Stage& stage) { return may_name_a_stage(context, stage); }))
    return;

  std::vector<bool> needed(stages.size());
  for (StageId id = 0; id < stages.size(); ++id) {
    const bool meant = !stages[id].name.empty() && !is_name_of_intermediate(stages[id].name);
    if (facts.is_built(id) || meant) mark_needed(context.model, id, needed);
  }
  for (StageId id = 0; id < stages.size(); ++id) {
    if (needed[id]) continue;
    const Span place = context.tree.items[stages[id].item].header();
    const std::string name =
        stages[id].name.empty() ? fmt::format("stage {}", id) : fmt::format("`{}`", stages[id].name);
    Finding finding{.span = first_line(context.tree, place)};
    finding.message = fmt::format("{} is never built: nothing that the last stage is made of needs it", name);
    finding.fixes.push_back({.title = fmt::format("Remove {}, or copy from it", name), .safety = Safety::sketch});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule unused_stage;
const Rule unused_stage{
    .id = "unused-stage",
    .summary = "No stage that is built needs this one",
    .severity = Severity::information,
    .why =
        R"(BuildKit builds the target and what it needs, nothing else. A stage that no FROM, `COPY --from` or mount leads to is
skipped without a word: its steps never run, what they test is never tested, and faults in it stay unseen. Often a
`COPY --from` names another stage than was meant. Docker's legacy builder does build it, for nothing.)",
    .silent = R"(- A target is given that is not the last stage.
- The stage has a name that can be meant for `--target` (`test`, `dev`, `lint`, `worker`), or such a stage needs it. Names
  like `builder` and `deps` are not.
- The image of some FROM is named by a variable or a template, which may stand for any stage.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22 AS downloader
RUN wget -qO /tool example.com/tool-1.4 && chmod +x /tool

FROM alpine:3.22
RUN apk add --no-cache tool
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
