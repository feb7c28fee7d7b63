// A COPY that brings in more than the next install reads, so that any edit re-runs the install.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/copy_repair.h"

namespace keyline::analysis {

namespace {

std::string quoted(const SyntaxTree& tree, Span span) {
  constexpr std::size_t longest = 60;
  std::string text(slice(*tree.text, first_line(tree, span)));
  if (text.size() > longest) text.replace(longest - 3, std::string::npos, "...");
  return fmt::format("`{}`", text);
}

std::string message_of(const RuleContext& context, const Cause& cause) {
  std::vector<std::string> titles;
  for (const FedInstall& each : cause.installs) add_unique(titles, fmt::format("`{}`", each.install->title));
  std::string fed = "every file of the context";
  if (cause.files != 0)
    fed = fmt::format("{} file{}", cause.files, cause.files == 1 ? "" : "s");
  else if (cause.source != ".")
    fed = fmt::format("everything below `{}`", cause.source);
  return fmt::format("{} {} on every source edit: {} feeds {} {}", fmt::join(titles, " and "),
                     titles.size() == 1 ? "re-runs" : "re-run",
                     quoted(context.tree, context.model.steps[cause.copy].span), titles.size() == 1 ? "it" : "them",
                     fed);
}

// A bind mount of more than the manifests does the same without leaving a layer.
void check_bind_mounts(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId run = 0; run < context.model.steps.size(); ++run) {
    if (facts.installs(run).empty()) continue;
    for (const Origin& origin : context.model.steps[run].origins) {
      if (origin.kind != Origin::Kind::context || origin.mount == none ||
          origin.mount >= context.model.steps[run].mounts.size())
        continue;
      const bool whole =
          origin.paths.empty() || (origin.paths.front().known && clean_source(origin.paths.front().text) == ".");
      const auto& installs = facts.installs(run);
      const auto install = std::find_if(installs.begin(), installs.end(), [](const Install& each) {
        return each.verb == Verb::install && !each.names_packages && each.sources == SourceUse::nothing;
      });
      const auto& commands = facts.commands(run);
      if (!whole || install == installs.end()) continue;
      const bool only_installs = std::all_of(commands.begin(), commands.end(), [&](const ShellCommand& command) {
        return is_plain_command(command) || std::any_of(installs.begin(), installs.end(), [&](const Install& each) {
                 return &commands[each.command] == &command && each.verb != Verb::build &&
                        each.sources == SourceUse::nothing;
               });
      });
      if (!only_installs) continue;
      const std::uint64_t files = context.context.complete() ? match_source(context.context, ".").files : 0;
      Finding finding{.span = first_line(context.tree, context.model.steps[run].mounts[origin.mount].span)};
      finding.message = fmt::format("`{}` re-runs on every source edit: the bind mount feeds it {}", install->title,
                                    files == 0 ? "every file of the context" : fmt::format("{} files", files));
      Fix fix{.title = "Mount only the manifests, one bind mount for each",
              .safety = Safety::sketch,
              .unproven = "which files the install reads"};
      finding.fixes.push_back(std::move(fix));
      findings.push_back(std::move(finding));
    }
  }
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const ContextCopies& copies = facts.context_copies();
  for (const Cause& cause : find_install_causes(facts, copies)) {
    Repair repaired = repair(facts, copies, cause);
    if (repaired.cut != none) continue;
    Fix& fix = repaired.fix;
    Finding finding{.span = first_line(context.tree, context.model.steps[cause.copy].span)};
    finding.message = message_of(context, cause);
    for (const FedInstall& each : cause.installs) {
      finding.related.push_back({first_line(context.tree, context.absolute(each.step, each.install->span)),
                                 fmt::format("`{}` re-runs with it", each.install->title)});
    }
    // A directory beside the manifests may be wanted by a step in between: it is blamed only when it could stand below.
    if (!cause.feeds_manifests && fix.safety == Safety::sketch) continue;
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
  check_bind_mounts(facts, findings);
}

}  // namespace

extern const Rule copy_before_install;
const Rule copy_before_install{
    .id = "copy-before-install",
    .summary = "Sources are copied before dependencies are installed",
    .severity = Severity::warning,
    .why =
        R"(Every file a COPY matches is part of its cache key, and each later step of the stage stands on it. When the sources come
in above the install, one edited file re-runs the install, although the manifests it reads are the same as before.
Copied in the other order, first the manifests, then the install, then the rest, the install re-runs only when a manifest
changes.)",
    .silent = R"(- The COPY brings nothing but manifests, or stands below the install, or in another stage.
- The install needs the sources: `pip install .`, `-e .`, `poetry install` of the project itself, lifecycle scripts in
  package.json that run at install, commands in front of the install that read the project.
- The RUN goes on to build the sources and can be cut behind the install: that is `install-and-build-in-one-run`'s affair.
- The same tool has installed above the COPY already; the second install is quick and meant.
- A directory beside the manifests is copied and the context is not known.)",
    .unproven =
        R"(Without the context, or with manifests that include others in ways that cannot be followed: that the install reads nothing
else. That no file of the context lies where the install writes (`node_modules` without a `.dockerignore`), and that the
install leaves its lock file alone. Whatever is open is named with the fix, which is then offered for review only.)",
    .example = {.before = R"(-- .dockerignore --
node_modules
-- package.json --
{ "dependencies": { "left-pad": "1.3.0" } }
-- package-lock.json --
{}
-- src/index.js --
console.log("hello")
-- Dockerfile --
FROM node:22
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
)",
                .after = R"(FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
)"},
    .check = check,
};

}  // namespace keyline::analysis
