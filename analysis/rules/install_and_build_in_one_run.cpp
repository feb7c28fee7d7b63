// One RUN installs dependencies and goes on to build the sources, so that an edit of a source does both again.

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "analysis/rules/copy_repair.h"

namespace keyline::analysis {

namespace {

// Whether some RUN holds an install and more behind it: without one there is nothing to cut.
bool has_candidate(const StepFacts& facts) {
  for (StepId run = 0; run < facts.model().steps.size(); ++run) {
    const std::vector<Install>& installs = facts.installs(run);
    if (std::any_of(installs.begin(), installs.end(), [&](const Install& install) {
          return install.verb == Verb::install && install.command + 1 < facts.commands(run).size();
        }))
      return true;
  }
  return false;
}

std::string quoted(const SyntaxTree& tree, Span span) {
  constexpr std::size_t longest = 40;
  std::string text(slice(*tree.text, first_line(tree, span)));
  if (text.size() > longest) text.replace(longest - 3, std::string::npos, "...");
  return fmt::format("`{}`", text);
}

Finding finding_of(const RuleContext& context, const Cause& cause, Repair repair) {
  const SyntaxTree& tree = context.tree;
  const Span copy = context.model.steps[cause.copy].span;
  std::vector<std::string> titles;
  for (const FedInstall& each : cause.installs) {
    if (each.step == repair.cut) add_unique(titles, fmt::format("`{}`", each.install->title));
  }
  Finding finding{.span = first_line(tree, context.model.steps[repair.cut].span)};
  finding.message =
      fmt::format("{} {} on every source edit: {} a RUN with {}, below {}", list_words(titles),
                  titles.size() == 1 ? "re-runs" : "re-run", titles.size() == 1 ? "it shares" : "they share",
                  quoted(tree, repair.build), quoted(tree, copy));
  finding.related.push_back({first_line(tree, copy), "brings the sources"});
  finding.related.push_back({first_line(tree, repair.build), "may need them"});
  finding.fixes.push_back(std::move(repair.fix));
  return finding;
}

void check(const StepFacts& facts, Findings& findings) {
  if (!has_candidate(facts)) return;
  const ContextCopies& copies = facts.context_copies();
  std::set<StepId> told;
  for (const Cause& cause : find_install_causes(facts, copies)) {
    Repair made = repair(facts, copies, cause);
    if (made.cut == none || !told.insert(made.cut).second) continue;
    findings.push_back(finding_of(facts.context(), cause, std::move(made)));
  }
}

}  // namespace

extern const Rule install_and_build_in_one_run;
const Rule install_and_build_in_one_run{
    .id = "install-and-build-in-one-run",
    .summary = "One RUN installs dependencies and builds the sources",
    .severity = Severity::warning,
    .why =
        R"(A RUN is reused as a whole or run as a whole. When it installs the dependencies and then builds, it has to stand below the
COPY of the sources, and every edited file installs everything again. As two RUNs, the install needs only the manifests and
stands above that COPY; the build alone re-runs with the sources.)",
    .silent =
        R"(- What follows the install builds nothing (`chown`, `rm`) or needs no sources: that is `copy-before-install`'s affair.
- The install needs the sources itself, or no COPY above brings more than manifests.
- The halves share variables, a changed directory, a trap or the like, or the RUN is a here-document or has branches. A
  `set -e`, `cd` or `export` in front of everything is written in front of both halves. Where no cut can be made,
  `copy-before-install` says what is wrong and leaves the cut to you.)",
    .unproven =
        R"(That the two halves share nothing but files, and what `copy-before-install` does not prove: that the install reads nothing
but the manifests, where the context is not known or a manifest cannot be followed.)",
    .example = {.before = R"(-- .dockerignore --
node_modules
-- package.json --
{ "scripts": { "build": "tsc" } }
-- package-lock.json --
{}
-- src/index.ts --
console.log("hello")
-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci && npm run build
)",
                .after = R"(FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN --mount=type=cache,target=/root/.npm npm run build
)"},
    .check = check,
};

}  // namespace keyline::analysis
