// An ARG of the target platform above steps that would be the same for every platform.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/package_managers.h"
#include "analysis/rules/declaration_move.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view target_arguments = "TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT";

// A stage on the builder's own platform is built for others: that is what the flag is for.
bool crosses_platforms(const StepFacts& facts, const Stage& stage) {
  const Flag* flag = facts.context().tree.items[stage.item].instruction->flag("platform");
  return flag != nullptr && flag->text.find("BUILDPLATFORM") != std::string::npos;
}

std::vector<std::string> platform_names(const StepFacts& facts, StepId arg) {
  std::vector<std::string> names;
  for (const Word& word : facts.instruction(arg).arguments) {
    if (!lists(target_arguments, word.text)) return {};
    names.push_back(word.text);
  }
  return names;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  std::vector<Declaration> all;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (step.keyword != Keyword::arg || step.onbuild || !crosses_platforms(facts, model.stages[step.stage])) continue;
    std::vector<std::string> names = platform_names(facts, id);
    if (!names.empty()) all.push_back(study_declaration(facts, id, std::move(names)));
  }
  for (const Declaration& candidate : all) {
    // Where nothing takes it, nothing is built for another platform, and a stage built from this one may need it.
    if (candidate.first_use == none || candidate.rerun.empty() || re_runs_anyway(model, candidate, all)) continue;
    const std::string& name = candidate.names.front();
    const std::size_t steps = candidate.rerun.size();
    Finding finding{.span = first_line(context.tree, model.steps[candidate.step].span)};
    finding.message = fmt::format("{} once for each platform: `ARG {}` stands above {}, which {} no use for it",
                                  steps == 1 ? "1 step runs" : fmt::format("{} steps run", steps), name,
                                  steps == 1 ? "it" : "them", steps == 1 ? "has" : "have");
    for (const StepId id : candidate.rerun)
      finding.related.push_back({first_line(context.tree, model.steps[id].span), "runs once for each platform"});
    finding.fixes.push_back(move_declarations(facts, candidate, all));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule platform_arg_early;
const Rule platform_arg_early{
    .id = "platform-arg-early",
    .summary = "An argument of the target platform stands above steps that are the same for all",
    .severity = Severity::warning,
    .why =
        R"(A stage with `--platform=$BUILDPLATFORM` runs on the builder's own platform, and a build for several platforms runs its
steps once for all of them, as long as their cache keys are the same. TARGETARCH and its kin are variables of every RUN
below their ARG: from there on each platform has keys of its own, and downloads, installs and code generation run once
for each platform, and again for each that is added.)",
    .silent = R"(- The FROM has no `--platform=$BUILDPLATFORM`: there each platform has its own steps anyway.
- The first step below uses it, or no RUN stands between the ARG and its first use, or nothing uses it.
- Another argument of the target platform is used above those steps.)",
    .unproven =
        R"(That no command in between reads the variable from its environment without naming it, when such a command runs code of
the project (`make`, `npm run build`). Those fixes are offered for review only.)",
    .example = {.before = R"(-- Dockerfile --
FROM --platform=$BUILDPLATFORM golang:1.24 AS build
ARG TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build GOARCH=$TARGETARCH go build -o /app .
)",
                .after = R"(FROM --platform=$BUILDPLATFORM golang:1.24 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build GOARCH=$TARGETARCH go build -o /app .
)"},
    .check = check,
};

}  // namespace keyline::analysis
