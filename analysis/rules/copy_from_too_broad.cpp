// A COPY out of a build stage that takes the sources along with what was built from them.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/programs.h"
#include "analysis/rules/context_copies.h"

namespace keyline::analysis {

namespace {

// What is built needs no sources to run. Scripts of npm build many things, some of them run from the sources.
bool compiles(const Install& install) {
  switch (install.tool) {
    case Tool::go:
      return install.title == "go build";
    case Tool::cargo:
      return install.title == "cargo build";
    case Tool::maven:
    case Tool::gradle:
    case Tool::dotnet:
      return install.verb == Verb::build;
    default:
      return false;
  }
}

// The sources that a build stage holds when it is done, and the build that was made of them.
struct Built {
  const ContextCopy* sources = nullptr;
  StepId run = none;
  const Install* build = nullptr;
};

class StageStudy {
 public:
  StageStudy(const StepFacts& facts, const ContextCopies& copies, StageId stage, std::string directory)
      : facts_(facts), copies_(copies), directory_(std::move(directory)), last_(facts.model().stages[stage].last_op) {}

  // Nothing unless the directory holds the sources, and a build below their COPY compiles them.
  std::optional<Built> study() {
    Built built;
    for (StepId at = last_; at != none; at = facts_.model().steps[at].parent) {
      if (facts_.model().steps[at].onbuild || takes_away(at)) return std::nullopt;
      for (const Install& install : facts_.installs(at)) {
        if (compiles(install) && is_within(install.directory, directory_)) built.run = at, built.build = &install;
      }
      for (const ContextCopy& copy : copies_.of(at)) {
        if (!copy.directory || !is_within(copy.destination, directory_) || built.build == nullptr) continue;
        built.sources = &copy;
        return built;
      }
    }
    return std::nullopt;
  }

 private:
  // Whether the RUN removes or moves something in the directory.
  bool takes_away(StepId run) const {
    const std::vector<ShellCommand>& commands = facts_.commands(run);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::size_t program = facts_.program(run, i);
      if (program >= commands[i].words.size()) continue;
      if (!lists("rm mv find git", program_name(commands[i].words[program].text))) continue;
      const std::vector<std::string> paths = touched_paths(commands[i], facts_.directories(run)[i], {});
      if (std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
            return path.empty() || is_within(path, directory_) || is_within(directory_, path);
          }))
        return true;
    }
    return false;
  }

  const StepFacts& facts_;
  const ContextCopies& copies_;
  std::string directory_;
  StepId last_;
};

// Whether the stage is part of the image, and nothing in it goes on to work with what the COPY brings.
bool is_delivered(const StepFacts& facts, StepId copy) {
  const Model& model = facts.model();
  if (model.target == none) return false;
  const StepId end = model.stages[model.target].last_op;
  if (end == none || (end != copy && !facts.stands_on(end, copy))) return false;
  for (const StepId step : facts.standing_on(copy)) {
    const bool run = model.steps[step].keyword == Keyword::run;
    if (run && (!facts.is_plain(step) || model.steps[step].onbuild)) return false;
  }
  return true;
}

// An image whose command builds, or runs the tool that built, is one to develop with.
bool runs_tool(const StepFacts& facts, StageId stage) {
  const Model& model = facts.model();
  for (; stage != none; stage = model.stages[stage].base_stage) {
    for (const StepId step : model.stages[stage].steps) {
      const Keyword keyword = model.steps[step].keyword;
      if (keyword != Keyword::cmd && keyword != Keyword::entrypoint) continue;
      const std::string& line = facts.line(step);
      for (const std::string_view word : {"go run", "cargo", "mvn", "gradle", "dotnet run", "dotnet watch", "\"run\"",
                                          "\"watch\"", "npm", "yarn", "air", "make"}) {
        if (line.find(word) != std::string::npos) return true;
      }
    }
  }
  return false;
}

// Where the build was told to put its result; "" when it was not.
std::string output_of(const Install& build) {
  const auto output = build.option(build.tool == Tool::dotnet ? "-o --output" : "-o");
  if (!output || output->empty() || build.tool == Tool::maven || build.tool == Tool::gradle) return {};
  return resolve_path(build.directory, *output);
}

Finding finding_of(const StepFacts& facts, StepId copy, const std::string& directory, const Built& built) {
  const RuleContext& context = facts.context();
  const SyntaxTree& tree = context.tree;
  const Span sources = first_line(tree, context.model.steps[built.sources->step].span);
  const Span build = first_line(tree, context.absolute(built.run, built.build->span));
  Finding finding{.span = first_line(tree, context.model.steps[copy].span)};
  finding.message =
      fmt::format("every source edit changes this copy: {} holds the files of `{}` beside what `{}` makes of them",
                  directory, slice(*tree.text, sources), built.build->title);
  finding.related.push_back({sources, "brings the sources"});
  finding.related.push_back({build, "builds them"});
  const std::string output = output_of(*built.build);
  Fix fix{.title = fmt::format("Copy only what `{}` makes", built.build->title), .safety = Safety::sketch};
  if (!output.empty() && is_within(output, directory) && output != directory)
    fix.title = fmt::format("Copy only {}", output);
  fix.unproven = "which other files of the directory the image needs";
  finding.fixes.push_back(std::move(fix));
  return finding;
}

void check(const StepFacts& facts, Findings& findings) {
  const Model& model = facts.model();
  const ContextCopies& copies = facts.context_copies();
  for (const StepId copy : facts.file_steps()) {
    const Step& step = model.steps[copy];
    if (step.onbuild || !step.known || !is_delivered(facts, copy) || runs_tool(facts, model.target)) continue;
    for (const Origin& origin : step.origins) {
      if (origin.kind != Origin::Kind::stage || origin.stage == none || origin.paths.size() != 1 ||
          !origin.paths.front().known)
        continue;
      const std::string directory = resolve_path("/", origin.paths.front().text);
      if (directory.size() < 2 || directory.find_first_of("*?[") != std::string::npos) continue;
      if (const auto built = StageStudy(facts, copies, origin.stage, directory).study())
        findings.push_back(finding_of(facts, copy, directory, *built));
    }
  }
}

}  // namespace

extern const Rule copy_from_too_broad;
const Rule copy_from_too_broad{
    .id = "copy-from-too-broad",
    .summary = "A COPY out of a build stage takes the sources along",
    .severity = Severity::information,
    .why =
        R"(The key of a `COPY --from` is made of the content of what it names. A build stage's working directory holds the sources
beside the program that was made of them: then an edited comment or test, from which the same program is built, still
re-runs the COPY and each step below it, and the image carries sources that nobody runs. A COPY that names the program
alone is reused as long as the program is the same.)",
    .silent =
        R"(- The directory is not shown to hold what a COPY of a directory brought, or something was removed from it or moved.
- No build of Go, Rust, Java or .NET stands below that COPY: programs in other languages run from their sources.
- The image goes on to work with the files: a RUN below that builds or tests, a CMD like `go run`.
- The stage is on the way to another one, or the whole file system is copied.)",
    .unproven = {},
    .example = {.before = R"(-- .dockerignore --
.git
-- go.mod --
module example.com/app
-- main.go --
package main
-- Dockerfile --
FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod go build -o app .

FROM gcr.io/distroless/static
COPY --from=build /src /src
ENTRYPOINT ["/src/app"]
)",
                .after = {}},
    .check = check,
};

}  // namespace keyline::analysis
