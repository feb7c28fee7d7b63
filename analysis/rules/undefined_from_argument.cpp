// BuildKit's UndefinedArgInFrom: a FROM that expands a name which no ARG above the first FROM declares.

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"
#include "analysis/rules/variable_uses.h"

namespace keyline::analysis {

namespace {

// Behind the last ARG that is there already, else directly above the first FROM: comments at the top of the file keep
// their meaning.
void propose_declaration(Finding& finding, const RuleContext& context, const std::string& name) {
  const SyntaxTree& tree = context.tree;
  const std::uint32_t first_from = context.model.stages.front().item;
  Offset place = tree.items[first_from].begin;
  for (std::uint32_t i = 0; i < first_from; ++i) {
    if (tree.items[i].instruction->keyword == Keyword::arg) place = tree.items[i].span().end;
  }
  Fix fix{.title = fmt::format("Declare `ARG {}` in front of the first FROM", name),
          .safety = Safety::review,
          .unproven = fmt::format("that builds are meant to set `{}`", name)};
  if (add_line(fix.edits, tree, place, first_from, fmt::format("ARG {}", name)))
    finding.fixes.push_back(std::move(fix));
}

// The ARG of that name in a stage above, which its author may have taken for one of the file's.
const Definition* in_a_stage_above(const Model& model, StepId from, const std::string& name) {
  const auto found = std::find_if(model.definitions.begin(), model.definitions.end(), [&](const Definition& each) {
    return each.step != none && each.step < from && each.name == name && model.steps[each.step].keyword == Keyword::arg;
  });
  return found == model.definitions.end() ? nullptr : &*found;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  std::set<std::string_view> declared;
  for (const Definition& argument : model.global_arguments) declared.insert(argument.name);
  const std::vector<std::string_view> names(declared.begin(), declared.end());
  for (const Stage& stage : model.stages) {
    const StepId from = stage.steps.front();
    std::set<std::string_view> seen;
    for (const VariableReference& reference : model.steps[from].references) {
      const std::string& name = reference.name;
      if (declared.contains(name) || !seen.insert(name).second) continue;
      Finding finding{.span = first_line(context.tree, reference.span)};
      finding.message = fmt::format("{}, whatever --build-arg says: no ARG in front of the first FROM declares `{}`",
                                    consequence_of_unset(context.tree, reference), name);
      const std::string_view meant = probable_name(name, names);
      if (!meant.empty()) finding.message += fmt::format(", the nearest is `{}`", meant);
      if (auto fix = rename_fix(context.tree, reference, meant)) finding.fixes.push_back(std::move(*fix));
      if (const Definition* argument = in_a_stage_above(model, from, name)) {
        finding.related.push_back({first_line(context.tree, argument->span), "this ARG ends with its stage"});
      }
      propose_declaration(finding, context, name);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

extern const Rule undefined_from_argument;
const Rule undefined_from_argument{
    .id = "undefined-from-argument",
    .summary = "A FROM expands an argument that nothing declares",
    .severity = Severity::warning,
    .why =
        R"(A FROM sees only the ARGs in front of the first FROM and the platform arguments of BuildKit; an ARG further down belongs
to its stage. Any other name becomes the empty string, so the stage starts from another image than the line says, or from
none. `--build-arg` does not help: BuildKit ignores values for arguments that are not declared.)",
    .silent = R"(- An ARG in front of the first FROM declares the name, with or without a value.
- It is one of the platform arguments, such as `BUILDPLATFORM` and `TARGETARCH`, or `TARGETSTAGE`.)",
    .unproven =
        R"(That the argument meant is the one whose name is nearest, or that builds are meant to set it. Both are offered for
review.)",
    .example = {.before = R"(-- Dockerfile --
ARG NODE_VERSION=22
FROM node:${NODE_VERSON}-slim
CMD ["node"]
)",
                .after = R"(ARG NODE_VERSION=22
FROM node:${NODE_VERSION}-slim
CMD ["node"]
)"},
    .check = check,
    .buildkit_check = "UndefinedArgInFrom",
};

}  // namespace keyline::analysis
