// BuildKit's WorkdirRelativePath: the first WORKDIR of a stage is relative, so the base image decides where it leads.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/rules/run_facts.h"
#include "analysis/syntax/expand.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// Paths of Windows are absolute with a drive letter, and then BuildKit has nothing to say.
bool may_be_windows(const Model& model, const Stage& stage) {
  const auto is_windows = [](const Value& platform) { return !platform.known || platform.text.starts_with("windows"); };
  if (!stage.platform.text.empty() || !stage.platform.known) return is_windows(stage.platform);
  const auto target = std::find_if(model.global_arguments.begin(), model.global_arguments.end(),
                                   [](const Definition& argument) { return argument.name == "TARGETPLATFORM"; });
  return target == model.global_arguments.end() || is_windows(target->value);
}

bool is_relative(const RuleContext& context, const Stage& stage, const Step& step, const Word& word) {
  const Expansion path = expand(word.text,
                                [&](std::string_view name) -> VariableValue {
                                  const Definition* definition = find_variable(context.model, step.environment, name);
                                  using State = VariableValue::State;
                                  if (definition == nullptr)
                                    return {stage.environment_known ? State::unset : State::unknown, {}};
                                  return VariableValue::of(definition->value.text, definition->value.known);
                                },
                                {.escape = context.tree.escape});
  if (path.error || is_absolute(path.text)) return false;
  // An unknown value counts as nothing here: what stands in front of it has to be relative by itself.
  const bool decided = path.known || word.text.find('$') > word.text.find_first_not_of("\"'");
  if (!decided) return false;
  const bool drive = path.text.starts_with('\\') || path.text.find(':') == 1;
  return !drive || !may_be_windows(context.model, stage);
}

// Only a path that stands there as it is read can be written anew.
void propose_absolute(Finding& finding, const RuleContext& context, const Stage& stage, const Step& step,
                      const Word& word) {
  if (step.onbuild || slice(*context.tree.text, finding.span) != word.text) return;
  if (word.text.find_first_of("$\\'\"`") != std::string::npos) return;
  const std::string path = stage.environment_known ? step.workdir.text : clean_path("/" + word.text);
  Fix fix{.title = fmt::format("Write `WORKDIR {}`", path),
          .safety = stage.environment_known ? Safety::safe : Safety::review};
  if (!stage.environment_known) fix.unproven = "that the base image's own working directory is `/`";
  if (fix.edits.add({finding.span, path})) finding.fixes.push_back(std::move(fix));
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  std::vector<bool> decided(model.stages.size());  // by stage: a WORKDIR of this file stands above
  for (StageId id = 0; id < model.stages.size(); ++id) {
    const Stage& stage = model.stages[id];
    decided[id] = stage.base_stage != none && decided[stage.base_stage];
    for (const StepId each : stage.steps) {
      const Step& step = model.steps[each];
      if (step.keyword != Keyword::workdir || (step.onbuild && !stage.reachable)) continue;
      const std::vector<Word>& words = instruction_of(context.tree, step).arguments;
      if (!decided[id] && words.size() == 1 && is_relative(context, stage, step, words[0])) {
        const Span place = step.onbuild ? stage.base_span : context.absolute(each, words[0].span);
        Finding finding{.span = first_line(context.tree, place)};
        const std::string consequence =
            stage.environment_known ? fmt::format("`{}` is meant only with this base image", step.workdir.text)
                                    : fmt::format("where `WORKDIR {}` leads depends on the base image", words[0].text);
        finding.message = consequence + ": the path is relative and no WORKDIR stands above";
        propose_absolute(finding, context, stage, step, words[0]);
        findings.push_back(std::move(finding));
      }
      decided[id] = true;
    }
  }
}

}  // namespace

extern const Rule relative_workdir;
const Rule relative_workdir{
    .id = "relative-workdir",
    .summary = "The first WORKDIR of a stage is relative to that of the base image",
    .severity = Severity::information,
    .why =
        R"(A relative WORKDIR continues from the one before, and where the file has none above it, from the one that the base image was
built with. Another tag of the base image can move it: then files are copied and commands run elsewhere, with new cache
keys from this line on, though nothing in the Dockerfile changed.)",
    .silent =
        R"(- A WORKDIR stands above, in the stage or in a stage that it is built from, whether that one is absolute or not.
- Whether the path is relative depends on a variable whose value is not known.
- The path has a drive letter, unless the platform is known not to be Windows.)",
    .unproven =
        R"(That the base image's own working directory is `/`, where its configuration is not known. On `scratch` and on images whose
configuration is known the fix writes the path that is in force.)",
    .example = {.before = R"(-- Dockerfile --
FROM node:22-slim
WORKDIR app
COPY server.js .
CMD ["node", "server.js"]
)",
                .after = R"(FROM node:22-slim
WORKDIR /app
COPY server.js .
CMD ["node", "server.js"]
)"},
    .check = check,
    .buildkit_check = "WorkdirRelativePath",
};

}  // namespace keyline::analysis
