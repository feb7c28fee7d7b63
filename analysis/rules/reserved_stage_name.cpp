// BuildKit's ReservedStageName: a stage called `scratch` or `context`.

#include <fmt/format.h>

#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (const Stage& stage : context.model.stages) {
    if (stage.name != "scratch" && stage.name != "context") continue;
    Finding finding{.span = first_line(context.tree, stage.name_span)};
    finding.message =
        stage.name == "scratch"
            ? "every later `FROM scratch` starts from this stage, not from nothing: the stage took that name"
            : "no `--build-context` can take the place of this stage: BuildKit keeps the name `context` for itself";
    finding.fixes.push_back({.title = "Give the stage another name", .safety = Safety::sketch});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule reserved_stage_name;
const Rule reserved_stage_name{
    .id = "reserved-stage-name",
    .summary = "A stage has a name that means something else to BuildKit",
    .severity = Severity::information,
    .why =
        R"(`scratch` is the empty image and `context` the build context. A stage may be called so, but then `FROM scratch` below it
and `COPY --from=scratch` mean the stage with all its files, while `RUN --mount=from=scratch` still means the empty
image. And `--build-context NAME=...` replaces a stage of any other name, but none of these two.)",
    .silent = "The stage has any other name or none.",
    .unproven = "What the stage should be called: the new name is for a human to choose.",
    .example = {.before = R"(-- Dockerfile --
FROM golang:1.24 AS scratch
COPY main.go .
RUN go build -o /app main.go
FROM scratch
COPY --from=0 /app /app
)",
                .after = ""},
    .check = check,
    .buildkit_check = "ReservedStageName",
};

}  // namespace keyline::analysis
