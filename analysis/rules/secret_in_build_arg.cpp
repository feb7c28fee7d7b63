// An ARG or ENV that carries a secret. Stricter than BuildKit's SecretsUsedInArgOrEnv, which goes by names alone; who
// skips that one has no use for this either.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/secret_names.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"
#include "analysis/rules/suppression.h"

namespace keyline::analysis {

namespace {

struct Carrier {
  StepId step = none;
  std::string name;
  Span span;  // within the instruction
  bool argument = false;
  bool given = false;  // a value stands in the file
};

std::string unquoted(std::string name) {
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
  return name;
}

void add_carriers(const StepFacts& facts, StepId id, std::vector<Carrier>& all) {
  const std::vector<Word>& words = facts.instruction(id).arguments;
  const bool argument = facts.model().steps[id].keyword == Keyword::arg;
  const std::size_t step = argument ? 1 : 3;  // name, value, separator
  for (std::size_t i = 0; i + step <= words.size(); i += step) {
    const std::size_t equals = argument ? words[i].text.find('=') : std::string::npos;
    Carrier carrier{
        .step = id, .name = unquoted(words[i].text.substr(0, equals)), .span = words[i].span, .argument = argument};
    std::string value = argument ? std::string() : words[i + 1].text;
    if (equals != std::string::npos) value = words[i].text.substr(equals + 1);
    carrier.given = !value.empty();
    if (!names_secret(carrier.name) || unquoted(value) == carrier.name) continue;
    // An ARG without a value, or with an empty one, waits for a secret; an ENV like that is to be set at run time.
    const bool waits = argument && (equals == std::string::npos || value.empty() || value == "\"\"" || value == "''");
    if (waits || !is_harmless_value(unquoted(value))) all.push_back(std::move(carrier));
  }
}

// The RUNs of the stage that take the argument from the shell's environment; nothing when something else uses it too.
std::optional<std::vector<StepId>> runs_that_use(const StepFacts& facts, const Carrier& carrier) {
  const Model& model = facts.model();
  std::vector<StepId> runs;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    for (const VariableReference& use : step.references) {
      if (use.name != carrier.name) continue;
      if (step.stage != model.steps[carrier.step].stage || !use.by_shell || step.onbuild || id < carrier.step)
        return std::nullopt;
      if (runs.empty() || runs.back() != id) runs.push_back(id);
    }
  }
  return runs.empty() ? std::nullopt : std::optional(runs);
}

bool is_declared_once(const Model& model, const Carrier& carrier) {
  const auto declares = [&](const Step& step) {
    return std::find(step.bare_arguments.begin(), step.bare_arguments.end(), carrier.name) != step.bare_arguments.end();
  };
  const auto steps = std::count_if(model.steps.begin(), model.steps.end(), declares);
  const bool sets = std::any_of(model.definitions.begin(), model.definitions.end(),
                                [&](const Definition& each) { return each.name == carrier.name && each.step != none; });
  return steps == 1 && !sets;
}

Fix make_fix(const StepFacts& facts, const Carrier& carrier) {
  const SyntaxTree& tree = facts.context().tree;
  Fix fix{.title = fmt::format("Take `{}` from a secret mount, and pass it with --secret", carrier.name),
          .safety = Safety::sketch};
  const auto version = frontend_version(tree);
  const bool supported = tree.directive("syntax") == nullptr || (version && *version >= std::pair(1, 10));
  const auto runs = runs_that_use(facts, carrier);
  if (!supported || !carrier.argument || carrier.given || !runs ||
      facts.instruction(carrier.step).arguments.size() != 1 || !is_declared_once(facts.model(), carrier))
    return fix;
  bool written = remove_block(fix.edits, tree, facts.model().steps[carrier.step].item);
  for (const StepId run : *runs) {
    RunEditor editor(tree, facts.model().steps[run].item, facts.commands(run));
    editor.add_flag(fmt::format("--mount=type=secret,id={0},env={0}", carrier.name));
    written = written && !facts.commands(run).empty() && editor.finish(fix.edits);
  }
  if (!written) {
    fix.edits = {};
    return fix;
  }
  fix.safety = Safety::review;
  fix.unproven = fmt::format(
      "that no other step reads `{0}` from its environment, that every build passes `--secret id={0}` instead of "
      "`--build-arg {0}`, and that its builder is BuildKit 0.16 "
      "or "
      "newer",
      carrier.name);
  return fix;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  if (skips_check(context.tree, "SecretsUsedInArgOrEnv")) return;
  std::vector<Carrier> carriers;
  for (StepId id = 0; id < context.model.steps.size(); ++id) {
    const Step& step = context.model.steps[id];
    if (step.onbuild || !facts.is_built(step.stage)) continue;
    if (step.keyword == Keyword::arg || step.keyword == Keyword::env) add_carriers(facts, id, carriers);
  }
  std::vector<std::string> reported;
  for (const Carrier& carrier : carriers) {
    if (std::find(reported.begin(), reported.end(), carrier.name) != reported.end()) continue;
    reported.push_back(carrier.name);
    Finding finding{.span = first_line(context.tree, context.absolute(carrier.step, carrier.span))};
    finding.message =
        carrier.argument
            ? fmt::format(
                  "`{}` can be read in the history of the image, and each new one re-runs every RUN below: an ARG "
                  "is part of their cache keys",
                  carrier.name)
            : fmt::format("`{}` can be read by whoever has the image: ENV writes it into the image's configuration",
                          carrier.name);
    for (const Carrier& other : carriers) {
      if (other.name == carrier.name && other.step != carrier.step)
        finding.related.push_back({first_line(context.tree, context.absolute(other.step, other.span)), "here too"});
    }
    finding.fixes.push_back(make_fix(facts, carrier));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule secret_in_build_arg;
const Rule secret_in_build_arg{
    .id = "secret-in-build-arg",
    .summary = "An ARG or ENV carries a secret",
    .severity = Severity::warning,
    .why =
        R"(The value of an ARG is in the environment of each RUN below it: it is part of their cache keys, so that a token that is
renewed re-runs them, and it can be read in the history of the image and in its provenance. The value of an ENV is in the
image's configuration. A secret mount gives the value to one command; it is in no key, no layer and no history.)",
    .silent =
        R"(- The name says something about a secret (`TOKEN_FILE`, `PASSWORD_LENGTH`), or is one of a public key (`GPG_KEY`).
- The value in the file is empty (for ENV), a placeholder or another variable's.
- The stage is not built.
- The file skips BuildKit's own check: `# check=skip=SecretsUsedInArgOrEnv`.)",
    .unproven =
        R"(That every build passes the value with `--secret` instead of `--build-arg`, with a frontend that knows `env=` (1.10). An
argument that is used elsewhere than in RUNs of its own stage gets no edit.)",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
ARG DEPLOY_TOKEN
RUN wget -qO /data --header "Authorization: $DEPLOY_TOKEN" example.com/data
)",
                .after = R"(FROM alpine:3.22
RUN --mount=type=secret,id=DEPLOY_TOKEN,env=DEPLOY_TOKEN \
    wget -qO /data --header "Authorization: $DEPLOY_TOKEN" example.com/data
)"},
    .check = check,
};

}  // namespace keyline::analysis
