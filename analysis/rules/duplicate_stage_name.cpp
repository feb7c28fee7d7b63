// BuildKit's DuplicateStageName: two stages of one name.

#include <fmt/format.h>
#include <map>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  std::map<std::string_view, const Stage*> latest;
  for (const Stage& stage : context.model.stages) {
    if (stage.name.empty()) continue;
    const auto [same, first] = latest.try_emplace(stage.name, &stage);
    if (first) continue;
    Finding finding{.span = first_line(context.tree, stage.name_span)};
    finding.message = fmt::format(
        "no `--from={0}` or `--target {0}` reaches the stage above of that name: `{0}` means the last one", stage.name);
    finding.related.push_back(
        {first_line(context.tree, same->second->name_span), fmt::format("this stage is called `{}` too", stage.name)});
    finding.fixes.push_back({.title = "Give one of the two stages another name", .safety = Safety::sketch});
    findings.push_back(std::move(finding));
    same->second = &stage;
  }
}

}  // namespace

extern const Rule duplicate_stage_name;
const Rule duplicate_stage_name{
    .id = "duplicate-stage-name",
    .summary = "Two stages have the same name",
    .severity = Severity::warning,
    .why =
        R"(`COPY --from`, `RUN --mount=from=` and `--target` look a name up among all stages and find the last of that name, also
from lines that stand between the two; only a FROM in between still means the first one. So one name stands for two
stages, and which of them is built and enters the keys of other steps depends on the place. Names are compared without
regard to case.)",
    .silent = "Every stage has a name of its own or none.",
    .unproven = "Which of the stages was meant: the new name is for a human to choose.",
    .example = {.before = R"(-- Dockerfile --
FROM golang:1.24 AS build
RUN go install golang.org/x/tools/cmd/stringer@v0.30.0
FROM golang:1.24 AS build
COPY --from=build /go/bin/stringer /usr/local/bin/
)",
                .after = ""},
    .check = check,
    .buildkit_check = "DuplicateStageName",
};

}  // namespace keyline::analysis
