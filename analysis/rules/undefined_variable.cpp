// BuildKit's UndefinedVar: a variable that BuildKit expands although nothing sets it.

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"
#include "analysis/rules/variable_uses.h"

namespace keyline::analysis {

namespace {

class UndefinedVariables {
 public:
  UndefinedVariables(const RuleContext& context, Findings& findings)
      : context_(context), model_(context.model), findings_(findings) {}

  void run() {
    declared_.resize(model_.stages.size());
    for (const Stage& stage : model_.stages) {
      // What the base image sets cannot be told from what nothing sets.
      if (!stage.environment_known) continue;
      const StageId id = static_cast<StageId>(&stage - model_.stages.data());
      if (stage.base_stage != none) declared_[id] = declared_[stage.base_stage];
      for (const StepId step : stage.steps) visit(step);
    }
  }

 private:
  void visit(StepId id) {
    const Step& step = model_.steps[id];
    // Triggers run only where their stage is built. FROM has its own variables, and EXPOSE is not checked by BuildKit.
    if (step.keyword == Keyword::from || step.keyword == Keyword::expose) return;
    if (step.onbuild && !model_.stages[step.stage].reachable) return;
    std::set<std::string_view>& declared = declared_[step.stage];
    if (step.keyword != Keyword::arg) {
      report(id, {0, static_cast<Offset>(context_.tree.text->size())});
      return;
    }
    // Each word of an ARG sees those before it.
    for (const Word& word : instruction_of(context_.tree, step).arguments) {
      report(id, context_.absolute(id, word.span));
      declared.insert(std::string_view(word.text).substr(0, word.text.find('=')));
    }
  }

  // The first use of each name within `part` of the step.
  void report(StepId id, Span part) {
    const Step& step = model_.steps[id];
    std::set<std::string_view> seen;
    for (const VariableReference& reference : step.references) {
      if (reference.by_shell || reference.definition != none || !part.contains(reference.span.begin)) continue;
      if (declared_[step.stage].contains(reference.name) || is_for_the_builder(reference.name)) continue;
      if (seen.insert(reference.name).second) findings_.push_back(finding_of(id, reference));
    }
  }

  // nonEnvArgs of dockerfile2llb: they tell the builder something and never reach the environment.
  static bool is_for_the_builder(std::string_view name) {
    return name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE";
  }

  Finding finding_of(StepId id, const VariableReference& reference) {
    const Step& step = model_.steps[id];
    const std::string& name = reference.name;
    Finding finding{.span = first_line(context_.tree, reference.span)};
    if (step.onbuild) {
      finding.span = first_line(context_.tree, model_.stages[step.stage].base_span);
      finding.related.push_back({first_line(context_.tree, reference.span), "the trigger that runs here"});
    }
    const std::string consequence =
        (step.onbuild ? "in a trigger that runs here, " : "") + consequence_of_unset(context_.tree, reference);
    const Definition* later = set_later(step.stage, id, name);
    if (later != nullptr && later->step != id) {
      finding.message = fmt::format("{}: `{}` is set only further down", consequence, name);
      finding.related.push_back({first_line(context_.tree, later->span), fmt::format("`{}` is set here", name)});
    } else if (is_global(name)) {
      finding.message = fmt::format("{}: the stage does not declare `ARG {}`", consequence, name);
      if (!step.onbuild) propose_declaration(finding, step, name);
    } else if (later != nullptr && is_set_beside(id, reference)) {
      finding.message = fmt::format("{}: an ENV sets all its variables at once, `{}` counts from the next line on",
                                    consequence, name);
    } else {
      finding.message = fmt::format("{}: no ARG, ENV or base image above sets `{}`", consequence, name);
      const std::string_view meant = probable_name(name, visible_names(step));
      if (!meant.empty()) finding.message += fmt::format(", the nearest is `{}`", meant);
      if (auto fix = rename_fix(context_.tree, reference, meant); fix && !step.onbuild)
        finding.fixes.push_back(std::move(*fix));
    }
    return finding;
  }

  void propose_declaration(Finding& finding, const Step& step, const std::string& name) const {
    Fix fix{.title = fmt::format("Declare `ARG {}` in this stage", name),
            .safety = Safety::review,
            .unproven = fmt::format("that the stage is meant to use the value of `{}`", name)};
    const Offset place = block_of(context_.tree, step.item).begin;
    if (add_line(fix.edits, context_.tree, place, step.item, fmt::format("ARG {}", name)))
      finding.fixes.push_back(std::move(fix));
  }

  // Whether the reference stands in an ENV, in the value of another variable than its own: PATH=/bin:$PATH is no slip.
  bool is_set_beside(StepId id, const VariableReference& reference) const {
    const Step& step = model_.steps[id];
    if (step.keyword != Keyword::env) return false;
    const std::vector<Word>& words = instruction_of(context_.tree, step).arguments;
    for (std::size_t i = 0; i + 1 < words.size(); i += 3) {
      if (context_.absolute(id, words[i + 1].span).contains(reference.span.begin))
        return words[i].text != reference.name;
    }
    return false;
  }

  bool is_global(const std::string& name) {
    if (globals_.empty()) {
      for (const Definition& definition : model_.global_arguments) globals_.insert(definition.name);
    }
    return globals_.contains(name);
  }

  // The next setting of the name in the stage, the step's own included.
  const Definition* set_later(StageId stage, StepId id, const std::string& name) {
    if (settings_.empty()) {
      for (const Definition& definition : model_.definitions) {
        if (definition.step != none) settings_[definition.name].push_back(&definition);
      }
      // Stages enter copies of what their base stage has set.
      for (auto& [each, settings] : settings_) {
        std::stable_sort(settings.begin(), settings.end(),
                         [](const Definition* a, const Definition* b) { return a->step < b->step; });
      }
    }
    const auto found = settings_.find(name);
    if (found == settings_.end()) return nullptr;
    const std::vector<const Definition*>& all = found->second;
    const auto next = std::lower_bound(all.begin(), all.end(), id,
                                       [](const Definition* each, StepId step) { return each->step < step; });
    return next != all.end() && model_.steps[(*next)->step].stage == stage ? *next : nullptr;
  }

  // Enough to guess from; a stage with more names than this was not written by hand.
  std::vector<std::string_view> visible_names(const Step& step) const {
    constexpr std::size_t most = 100;
    std::vector<std::string_view> names;
    for (DefinitionId id = step.environment; id != none && names.size() < most; id = model_.definitions[id].previous)
      names.emplace_back(model_.definitions[id].name);
    for (const std::string_view name : declared_[step.stage]) {
      if (names.size() < most) names.push_back(name);
    }
    return names;
  }

  const RuleContext& context_;
  const Model& model_;
  Findings& findings_;
  std::vector<std::set<std::string_view>> declared_;  // by stage: the ARGs down to the step that is visited
  std::set<std::string_view> globals_;
  std::unordered_map<std::string_view, std::vector<const Definition*>> settings_;  // by name, in file order
};

void check(const StepFacts& facts, Findings& findings) { UndefinedVariables(facts.context(), findings).run(); }

}  // namespace

extern const Rule undefined_variable;
const Rule undefined_variable{
    .id = "undefined-variable",
    .summary = "A variable is expanded that nothing sets",
    .severity = Severity::information,
    .why =
        R"(BuildKit expands variables in ADD, ARG, COPY, ENV, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR, in the mounts of a RUN
and in the here-documents of a COPY. One that nothing sets becomes the empty string without any error: the path, the
version or the owner is another one than the line says, and the step's cache key is made of that. Most often an ARG in
front of the first FROM was meant, which a stage sees only after an `ARG` of its own.)",
    .silent =
        R"(- The base image's variables are not known, as it may set the variable: the rule speaks about stages that start from
  `scratch`, also through other stages, and about images whose configuration is known.
- The variable was declared by an ARG without a value, for `--build-arg` to set.
- The shell expands it: in the command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.)",
    .unproven =
        R"(That the variable meant is the one whose name is nearest, or that the stage is meant to see the argument from the top of
the file. Both are offered for review.)",
    .example = {.before = R"(-- Dockerfile --
ARG VERSION=1.4
FROM scratch
COPY app-$VERSION /app
CMD ["/app"]
)",
                .after = R"(ARG VERSION=1.4
FROM scratch
ARG VERSION
COPY app-$VERSION /app
CMD ["/app"]
)"},
    .check = check,
    .buildkit_check = "UndefinedVar",
};

}  // namespace keyline::analysis
