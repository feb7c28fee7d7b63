// BuildKit's MultipleInstructionsDisallowed: a CMD, ENTRYPOINT or HEALTHCHECK that a later one of its stage replaces.

#include <fmt/format.h>
#include <map>

#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

bool is_single(Keyword keyword) {
  return keyword == Keyword::cmd || keyword == Keyword::entrypoint || keyword == Keyword::healthcheck;
}

// A trigger of ONBUILD counts where it runs: in the FROM.
Span place_of(const RuleContext& context, const Step& step) {
  return first_line(context.tree, step.onbuild ? context.model.stages[step.stage].base_span : step.span);
}

Finding finding_of(const RuleContext& context, const Step& overridden, const Step& by) {
  const std::string_view keyword = keyword_name(by.keyword);
  Finding finding{.span = place_of(context, overridden)};
  finding.message = fmt::format("this {} has no effect: a later {} of the stage replaces it", keyword, keyword);
  if (overridden.onbuild) {
    finding.message = fmt::format(
        "`ONBUILD {}` of the base stage has no effect here: a later {} of the stage replaces it", keyword, keyword);
    finding.related.push_back({first_line(context.tree, overridden.span), "the trigger"});
  }
  finding.related.push_back({first_line(context.tree, by.span), fmt::format("the {} that counts", keyword)});
  if (overridden.onbuild) return finding;
  Fix fix{.title = fmt::format("Remove the {} that has no effect", keyword),
          .safety = Safety::review,
          .unproven = "that the last one is the one meant"};
  if (remove_block(fix.edits, context.tree, overridden.item)) finding.fixes.push_back(std::move(fix));
  return finding;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (const Stage& stage : context.model.stages) {
    std::map<Keyword, const Step*> latest;
    for (const StepId id : stage.steps) {
      const Step& step = context.model.steps[id];
      if (!is_single(step.keyword) || (step.onbuild && !stage.reachable)) continue;
      const auto [before, first] = latest.try_emplace(step.keyword, &step);
      if (!first) findings.push_back(finding_of(context, *before->second, step));
      before->second = &step;
    }
  }
}

}  // namespace

extern const Rule overridden_instruction;
const Rule overridden_instruction{
    .id = "overridden-instruction",
    .summary = "A CMD, ENTRYPOINT or HEALTHCHECK is replaced by a later one",
    .severity = Severity::information,
    .why =
        R"(An image has one command, one entry point and one health check. Each such instruction replaces what was set before, so
of several in one stage only the last has an effect: they are not run one after the other.)",
    .silent = "The two stand in different stages: a stage that replaces what its base stage set is the usual case.",
    .unproven = "That the last one is the one meant. What is removed has no effect on the image.",
    .example = {.before = R"(-- Dockerfile --
FROM python:3.12-slim
COPY app.py .
CMD ["python", "-m", "http.server"]
CMD ["python", "app.py"]
)",
                .after = R"(FROM python:3.12-slim
COPY app.py .
CMD ["python", "app.py"]
)"},
    .check = check,
    .buildkit_check = "MultipleInstructionsDisallowed",
};

}  // namespace keyline::analysis
