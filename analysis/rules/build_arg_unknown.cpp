// A build file passes an argument that no ARG takes.

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "analysis/rules/build_facts.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

// Arguments that BuildKit itself takes, declared or not.
constexpr std::array<std::string_view, 7> predefined{"HTTP_PROXY", "HTTPS_PROXY",       "FTP_PROXY",      "NO_PROXY",
                                                     "ALL_PROXY",  "SOURCE_DATE_EPOCH", "DOCKER_BUILDKIT"};

bool is_predefined(std::string_view name) {
  const std::string upper = to_upper(name);
  return name.starts_with("BUILDKIT_") || name.starts_with("BUILDX_") ||
         std::find(predefined.begin(), predefined.end(), upper) != predefined.end();
}

enum class Taken { by_a_stage, by_from, by_nothing };

// An ARG of a stage or a trigger of ONBUILD takes it; one in front of the first FROM only where a FROM expands it.
Taken taken_by(const BuildFacts& facts, const std::string& name) {
  Taken taken = Taken::by_nothing;
  for (const Item& item : facts.tree->items) {
    const Instruction& instruction = *item.instruction;
    const bool declares =
        instruction.keyword == Keyword::arg &&
        std::any_of(instruction.arguments.begin(), instruction.arguments.end(),
                    [&](const Word& word) { return word.text.substr(0, word.text.find('=')) == name; });
    const bool trigger = instruction.keyword == Keyword::onbuild &&
                         slice(*facts.tree->text, item.span()).find(name) != std::string_view::npos;
    if (!declares && !trigger) continue;
    const bool global = std::any_of(facts.model->global_arguments.begin(), facts.model->global_arguments.end(),
                                    [&](const Definition& each) { return item.span().contains(each.span.begin); });
    if (!global) return Taken::by_a_stage;
    taken = Taken::by_from;
  }
  return taken;
}

bool used_by_from(const BuildFacts& facts, const std::string& name) {
  const auto& uses = facts.model->global_uses;
  const bool by_another = std::any_of(uses.begin(), uses.end(), [&](const auto& use) { return use.second == name; });
  return by_another || std::any_of(facts.tree->items.begin(), facts.tree->items.end(), [&](const Item& item) {
           return item.instruction->keyword == Keyword::from &&
                  slice(*facts.tree->text, item.span()).find(name) != std::string_view::npos;
         });
}

void check_build(const BuildFacts& facts, Findings& findings) {
  if (facts.model == nullptr || facts.model->stages.empty()) return;
  for (const BuildArgument& argument : facts.build.arguments) {
    if (argument.name.empty() || argument.name.find('$') != std::string::npos || is_predefined(argument.name)) continue;
    const Taken taken = taken_by(facts, argument.name);
    if (taken == Taken::by_a_stage || (taken == Taken::by_from && used_by_from(facts, argument.name))) continue;
    Finding finding{.span = first_line_of(facts.file, argument.name_span)};
    finding.message =
        taken == Taken::by_nothing
            ? fmt::format("`{}` has no effect: no ARG of `{}` takes it", argument.name, facts.build.dockerfile.text)
            : fmt::format(
                  "`{}` has no effect: its only ARG in `{}` stands in front of the first FROM, where no "
                  "step sees it",
                  argument.name, facts.build.dockerfile.text);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule build_arg_unknown;
const Rule build_arg_unknown{
    .id = "build-arg-unknown",
    .summary = "A build file passes an argument that no ARG takes",
    .severity = Severity::warning,
    .why =
        R"(A build argument reaches a build only through an ARG of that name: one in a stage hands it to the steps below, one in
front of the first FROM to the FROM lines alone. Without it the value is dropped, BuildKit prints a warning at the end of
a long log, and what the argument was meant to change stays as it was, often from the cache.)",
    .silent = R"(- The Dockerfile is not known, or could not be read.
- The argument is one that BuildKit takes by itself: proxies, `SOURCE_DATE_EPOCH`, `BUILDKIT_...`.
- The name is not known here, since a variable is part of it.
- A trigger of ONBUILD names it.)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
ARG VERSION=1
FROM alpine:3.22
COPY app /app
-- compose.yaml --
services:
  app:
    build:
      context: .
      args:
        VERSION: 2
-- app --
)",
                .after = ""},
    .check_build = check_build,
};

}  // namespace keyline::analysis
