// An install that is given some manifests of a project with many, and not one that those name.

#include <fmt/format.h>
#include <algorithm>
#include <map>

#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/project_members.h"
#include "analysis/rules/context_sources.h"
#include "analysis/rules/edits.h"
#include "analysis/rules/install_inputs.h"

namespace keyline::analysis {

namespace {

// A manifest of the context, and the directory of the image where it stands or should stand.
struct Manifest {
  std::string path;
  std::string directory;
  const ContextCopy* copy = nullptr;  // that names it; null: brought with a directory, or not at all
  std::string named_by = {};          // of one that is missing: the manifest that needs it
};

bool is_project_file(std::string_view name) {
  return name.ends_with(".csproj") || name.ends_with(".fsproj") || name.ends_with(".vbproj");
}

bool is_gradle_settings(std::string_view name) { return name == "settings.gradle" || name == "settings.gradle.kts"; }

bool is_read_by(Tool tool, std::string_view name) {
  switch (tool) {
    case Tool::npm:
    case Tool::yarn:
    case Tool::yarn_berry:
    case Tool::pnpm:
    case Tool::bun:
      return name == "package.json";
    case Tool::dotnet:
      return is_project_file(name) || name.ends_with(".sln");
    case Tool::maven:
      return name == "pom.xml";
    case Tool::gradle:
      return is_gradle_settings(name) || name == "build.gradle" || name == "build.gradle.kts";
    case Tool::go:
      return name == "go.mod" || name == "go.work";
    default:
      return false;
  }
}

bool is_javascript(Tool tool) {
  return tool == Tool::npm || tool == Tool::yarn || tool == Tool::yarn_berry || tool == Tool::pnpm || tool == Tool::bun;
}

// Only part of the project is asked for.
bool is_filtered(const Install& install) {
  return install.names_packages || install.option("--filter -F -w --workspace -pl --projects -p --package").has_value();
}

class Workspace {
 public:
  Workspace(const StepFacts& facts, StepId step, const Install& install, const CopyList& copies)
      : context_(facts.context().context), install_(install), copies_(copies) {
    for (const ContextCopy* copy : copies) {
      if (copy->directory || !is_read_by(install.tool, base_name(copy->source))) continue;
      if (find_entry(context_, copy->source) == nullptr) continue;
      present_.push_back({copy->source, landing_of(*copy), copy});
    }
    if (is_javascript(install.tool)) read_packages(facts, step);
  }

  const std::vector<Manifest>& present() const { return present_; }

  // What the present ones name and nothing brings, with what those name in turn.
  std::vector<Manifest> missing() const {
    std::vector<Manifest> found;
    std::vector<Manifest> queue = present_;
    constexpr std::size_t most = 2000;
    for (std::size_t i = 0; i < queue.size() && queue.size() < most; ++i) {
      const Manifest manifest = queue[i];
      for (Manifest& named : named_by(manifest)) {
        const auto same = [&](const Manifest& other) { return other.path == named.path; };
        if (find_entry(context_, named.path) == nullptr || std::any_of(queue.begin(), queue.end(), same)) continue;
        named.named_by = manifest.path;
        if (!is_brought(named)) found.push_back(named);
        queue.push_back(std::move(named));
      }
    }
    return found;
  }

 private:
  static std::string landing_of(const ContextCopy& copy) {
    const bool names_file = base_name(copy.destination) == base_name(copy.source);
    return names_file ? std::string(directory_of(copy.destination)) : copy.destination;
  }

  bool is_brought(const Manifest& manifest) const {
    return std::any_of(copies_.begin(), copies_.end(), [&](const ContextCopy* copy) {
      if (copy->directory) return landing_directory(*copy, manifest.path) == manifest.directory;
      return copy->source == manifest.path && landing_of(*copy) == manifest.directory;
    });
  }

  void read_packages(const StepFacts& facts, StepId step) {
    const InstallInputs inputs = inputs_of(facts, step, install_, copies_);
    if (!inputs.known) return;
    for (const std::string& path : inputs.files) {
      if (base_name(path) != "package.json") continue;
      PackageNames names = read_package_names(context_.text(path).value_or(std::string_view()));
      const std::string below(path_below(directory_of(path), inputs.project));
      members_.push_back({path, resolve_path(install_.directory, below.empty() ? "." : below)});
      if (!names.name.empty()) by_name_.emplace(std::move(names.name), members_.size() - 1);
      dependencies_.emplace(path, std::move(names.dependencies));
    }
  }

  std::vector<Manifest> named_by(const Manifest& manifest) const {
    std::vector<Manifest> named;
    if (is_javascript(install_.tool)) {
      const auto found = dependencies_.find(manifest.path);
      if (found == dependencies_.end()) return named;
      for (const std::string& name : found->second) {
        if (const auto member = by_name_.find(name); member != by_name_.end())
          named.push_back(members_[member->second]);
      }
      return named;
    }
    const auto text = context_.text(manifest.path);
    if (!text) return named;
    for (const std::string& path : paths_in(manifest, *text)) {
      Manifest next{resolve_path(parent_of(manifest.path), path), {}};
      next.directory = resolve_path(manifest.directory, std::string(parent_of(path)));
      named.push_back(std::move(next));
    }
    return named;
  }

  static std::string parent_of(std::string_view path) {
    const std::string_view directory = directory_of(path);
    return directory.empty() ? "." : std::string(directory);
  }

  // From the manifest's directory.
  std::vector<std::string> paths_in(const Manifest& manifest, std::string_view text) const {
    const std::string_view name = base_name(manifest.path);
    if (is_project_file(name)) return read_project_references(text);
    if (name.ends_with(".sln")) return takes_solution(name) ? read_solution(text) : std::vector<std::string>();
    std::vector<std::string> paths;
    const auto add = [&](const std::vector<std::string>& directories, std::string_view file) {
      for (const std::string& directory : directories) paths.push_back(fmt::format("{}/{}", directory, file));
    };
    if (name == "pom.xml") {
      for (const std::string& module : read_maven_modules(text))
        paths.push_back(module.ends_with(".xml") ? module : module + "/pom.xml");
    }
    if (name == "go.work") add(read_go_work(text), "go.mod");
    if (name == "go.mod") add(read_go_mod(text).local_replacements, "go.mod");
    if (is_gradle_settings(name)) {
      add(read_gradle_includes(text), "build.gradle");
      add(read_gradle_includes(text), "build.gradle.kts");
    }
    return paths;
  }

  // `dotnet restore` of a project does not look at the solution.
  bool takes_solution(std::string_view name) const {
    return install_.operands.empty() ||
           std::any_of(install_.operands.begin(), install_.operands.end(),
                       [&](const ShellWord& word) { return base_name(word.text) == name; });
  }

  const BuildContext& context_;
  const Install& install_;
  const CopyList& copies_;
  std::vector<Manifest> present_;
  std::vector<Manifest> members_;  // of JavaScript: all of the workspace
  std::map<std::string, std::size_t> by_name_;
  std::map<std::string, std::vector<std::string>> dependencies_;
};

// One more COPY behind the last that brings a manifest, with its options.
Fix complete_list(const StepFacts& facts, const Manifest& last, const std::vector<Manifest>& missing) {
  const RuleContext& context = facts.context();
  std::vector<std::string> names;
  for (const Manifest& manifest : missing) names.push_back(fmt::format("`{}`", manifest.path));
  Fix fix{.title = fmt::format("Copy {} too", list_paths(names))};
  fix.unproven = "that the install is meant to take in what these manifests ask for";
  const StepId step = last.copy->step;
  const std::uint32_t item = context.model.steps[step].item;
  std::string flags;
  for (const Flag& flag : facts.instruction(step).flags) {
    if (flag.name() == "parents" || flag.name() == "exclude") continue;
    flags += fmt::format("{} ", slice(*context.tree.text, context.absolute(step, flag.span)));
  }
  const std::string workdir = workdir_of(context.model.steps[step]);
  const Offset behind = context.tree.items[item].span().end;
  for (const Manifest& manifest : missing) {
    const bool below = !workdir.empty() && is_within(manifest.directory, workdir);
    std::string place = below ? std::string(path_below(manifest.directory, workdir)) : manifest.directory;
    if (place.empty()) place = ".";
    if (manifest.path.find_first_of(" \t\"\\$*?[") != std::string::npos) fix.safety = Safety::sketch;
    if (!add_line(fix.edits, context.tree, behind, item, fmt::format("COPY {}{} {}/", flags, manifest.path, place)))
      fix.safety = Safety::sketch;
  }
  if (fix.safety == Safety::sketch) fix.edits = {};
  return fix;
}

bool binds_context(const Step& step) {
  return std::any_of(step.origins.begin(), step.origins.end(),
                     [](const Origin& origin) { return origin.kind == Origin::Kind::context && origin.mount != none; });
}

void check_install(const StepFacts& facts, StepId step, const Install& install, const ContextCopies& copies,
                   Findings& findings) {
  const CopyList above = copies.above(step);
  const Workspace workspace(facts, step, install, above);
  const std::vector<Manifest>& present = workspace.present();
  const auto last = std::max_element(present.begin(), present.end(),
                                     [](const Manifest& a, const Manifest& b) { return a.copy->step < b.copy->step; });
  const bool some_member = std::any_of(present.begin(), present.end(), [&](const Manifest& manifest) {
    return manifest.directory != install.directory;
  });
  if (!some_member) return;
  const std::vector<Manifest> missing = workspace.missing();
  if (missing.empty()) return;
  const RuleContext& context = facts.context();
  std::vector<std::string> shown;
  for (const Manifest& manifest : missing) shown.push_back(fmt::format("`{}`", manifest.path));
  Finding finding{.span = first_line(context.tree, context.absolute(step, install.span))};
  finding.message =
      fmt::format("`{}` leaves out what {} ask{} for, or fails: `{}` names {}, and no COPY brings {}", install.title,
                  list_paths(shown), shown.size() == 1 ? "s" : "", missing.front().named_by,
                  shown.size() == 1 ? "it" : "the first", shown.size() == 1 ? "it" : "them");
  finding.related.push_back(
      {first_line(context.tree, context.model.steps[last->copy->step].span), "brings the other manifests"});
  finding.fixes.push_back(complete_list(facts, *last, missing));
  findings.push_back(std::move(finding));
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  if (!context.context.complete()) return;
  const ContextCopies& copies = facts.context_copies();
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    if (facts.installs(step).empty() || binds_context(context.model.steps[step])) continue;
    for (const Install& install : facts.installs(step)) {
      const bool whole = (install.verb == Verb::install || install.verb == Verb::build) && !is_filtered(install);
      if (whole && !install.directory.empty()) check_install(facts, step, install, copies, findings);
    }
  }
}

}  // namespace

extern const Rule missing_workspace_manifest;
const Rule missing_workspace_manifest{
    .id = "missing-workspace-manifest",
    .summary = "An install is given some manifests of a workspace, and not one that those name",
    .severity = Severity::information,
    .why =
        R"(Where manifests are copied one by one, so that sources do not re-run the install, the list has to grow with the project.
One that is forgotten breaks some installs; others go on without it: `dotnet restore` skips a project that is not there,
Gradle configures an empty one. What it asks for is then fetched by a later step, again after each edit, or is missing.)",
    .silent = R"(- The context is not known, or its manifests cannot be read.
- The COPY brings the directory of the member, or no manifest of any member is copied by itself.
- No manifest that is copied names the missing one: other applications of the repository are left out on purpose.
- The install asks for part of the project (`--filter`, `--workspace`, `-pl`), or reads it through a bind mount.
- The tool is not npm, Yarn, pnpm, Go, Maven, Gradle or .NET.)",
    .unproven =
        R"(That the install is meant to take in what the missing manifests ask for: the image gets more packages by it.)",
    .example = {.before = R"(-- package.json --
{"name": "shop", "private": true, "workspaces": ["packages/*"]}
-- package-lock.json --
{}
-- packages/web/package.json --
{"name": "web", "dependencies": {"ui": "*"}}
-- packages/ui/package.json --
{"name": "ui"}
-- Dockerfile --
FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/web/package.json packages/web/
RUN --mount=type=cache,target=/root/.npm npm ci
COPY packages packages
)",
                .after = R"(FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/web/package.json packages/web/
COPY packages/ui/package.json packages/ui/
RUN --mount=type=cache,target=/root/.npm npm ci
COPY packages packages
)"},
    .check = check,
};

}  // namespace keyline::analysis
