#include "analysis/rules/install_inputs.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

bool has_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

// Without the context: a word that says it is a directory, or a bare name without an ending.
bool looks_like_directory(std::string_view written, std::string_view cleaned) {
  if (written.ends_with('/')) return true;
  const std::string_view name = base_name(cleaned);
  return name.find('.') == std::string_view::npos && name != "Gemfile" && name != "Dockerfile" && name != "Makefile" &&
         name != "Pipfile" && name != "mvnw" && name != "gradlew" && name.find("requirement") == std::string_view::npos;
}

class Reader {
 public:
  Reader(const StepFacts& facts, const Install& install, const CopyList& copies)
      : context_(facts.context().context), install_(install), copies_(copies) {}

  InstallInputs read() && {
    if (install_.directory.empty()) {
      inputs_.obstacle = "the directory of the install is not known";
      return std::move(inputs_);
    }
    inputs_.known = context_.complete();
    switch (install_.tool) {
      case Tool::npm:
      case Tool::yarn:
      case Tool::yarn_berry:
      case Tool::pnpm:
        javascript();
        break;
      case Tool::pip:
        requirements();
        break;
      case Tool::uv:
        install_.requirements.empty() ? uv() : requirements();
        break;
      case Tool::poetry:
        poetry();
        break;
      case Tool::go:
        go();
        break;
      case Tool::composer:
        composer();
        break;
      case Tool::bundler:
        bundler();
        break;
      case Tool::dotnet:
        dotnet();
        break;
      case Tool::maven:
        maven();
        break;
      case Tool::gradle:
        gradle();
        break;
      case Tool::cargo:
        main("Cargo.toml");
        inputs_.obstacle =
            "Cargo wants a target for each manifest (`src/lib.rs` or `src/main.rs`): copy the manifests and add empty "
            "ones";
        break;
      default:
        inputs_.obstacle = "the manifests of this tool are not known";
        break;
    }
    std::sort(inputs_.files.begin(), inputs_.files.end());
    inputs_.files.erase(std::unique(inputs_.files.begin(), inputs_.files.end()), inputs_.files.end());
    return std::move(inputs_);
  }

 private:
  std::string in_project(std::string_view path) const {
    return resolve_path(inputs_.project.empty() ? "." : inputs_.project, path);
  }
  bool exists(std::string_view path) const {
    const ContextEntry* entry = find_entry(context_, path);
    return entry != nullptr && entry->kind != EntryKind::directory;
  }
  bool exists_directory(std::string_view path) const {
    const ContextEntry* entry = find_entry(context_, path);
    return entry != nullptr && entry->kind == EntryKind::directory;
  }
  void add(std::string path) { inputs_.files.push_back(std::move(path)); }
  void doubt(std::string text) { inputs_.doubts.push_back(std::move(text)); }

  // Finds the project by its main manifest; false when the context is known and has none.
  bool main(std::string_view name) { return main_at(resolve_path(install_.directory, name), name); }
  bool main_at(std::string_view image_path, std::string_view name) {
    const std::string path = trace(copies_, image_path);
    inputs_.project = path.empty() ? "" : std::string(directory_of(path));
    if (inputs_.project.empty()) inputs_.project = ".";
    if (path.empty()) {
      inputs_.known = false;
      inputs_.obstacle = fmt::format("no COPY is known to bring {}", name);
      return false;
    }
    if (inputs_.known && !exists(path)) {
      inputs_.known = false;
      inputs_.obstacle = fmt::format("{} is not in the context", path);
      return false;
    }
    add(path);
    if (!inputs_.known) doubt("that the install reads nothing else: the context is not known");
    return true;
  }

  // A file that is taken if it is there; unseen contexts get a pattern that may match nothing.
  void maybe(std::string_view name) {
    const std::string path = in_project(name);
    if (!inputs_.known)
      add(path + '*');
    else if (exists(path))
      add(path);
  }
  void maybe_lock(std::string_view name) {
    maybe(name);
    if (inputs_.known && exists(in_project(name)) && !install_.keeps_manifests)
      inputs_.locks.push_back(in_project(name));
  }
  // Optional settings: named only where the context is known.
  void setting(std::string_view name) {
    if (inputs_.known && exists(in_project(name))) add(in_project(name));
  }
  void whole_directory(std::string_view directory) {
    if (!inputs_.known) return;
    for (const ContextEntry& entry : context_.entries()) {
      if (entry.kind != EntryKind::directory && is_within(entry.path, in_project(directory))) add(entry.path);
    }
  }
  // All files of these names in the project's tree, build outputs left out.
  void everywhere(std::string_view patterns) {
    for (const ContextEntry& entry : context_.entries()) {
      if (entry.kind == EntryKind::directory || !is_within(entry.path, inputs_.project)) continue;
      if (entry.path.find("node_modules/") != std::string::npos || entry.path.find("/obj/") != std::string::npos ||
          entry.path.find("/bin/") != std::string::npos) {
        continue;
      }
      bool matches = false;
      each_word(patterns,
                [&](std::string_view pattern) { matches = matches || matches_glob(base_name(entry.path), pattern); });
      if (matches) add(entry.path);
    }
  }

  void javascript() {
    const bool fetch = install_.title == "pnpm fetch";
    if (!main(fetch ? "pnpm-lock.yaml" : "package.json")) return;
    if (install_.tool == Tool::npm && !inputs_.known) {
      // One pattern for both, as everybody writes it.
      inputs_.files = {in_project("package*.json")};
      return;
    }
    const PackageManager& manager = install_.manager();
    each_word(manager.manifests, [&](std::string_view name) {
      const bool lock = name.ends_with("lock") || name.ends_with("-lock.json") || name.ends_with("-lock.yaml") ||
                        name == "npm-shrinkwrap.json";
      if (lock)
        maybe_lock(name);
      else if (name != "package.json")
        setting(name);
    });
    if (!inputs_.known) return;
    if (!fetch) package(in_project("package.json"));
    if (exists(in_project("binding.gyp")) && install_.scripts) inputs_.reads_sources = true;
    if (install_.tool == Tool::pnpm) pnpm_workspace();
    if (install_.tool == Tool::yarn && exists(in_project(".yarnrc.yml"))) setting(".yarnrc.yml");
    if (exists(in_project(".yarnrc.yml"))) {
      whole_directory(".yarn");
      if (exists(in_project(".pnp.cjs")) || exists_directory(in_project(".yarn/cache"))) {
        inputs_.obstacle = "the packages are part of the context (zero-install)";
      }
      doubt("that Yarn's settings and plugins read no other file of the project");
    }
    if (exists(in_project(".yarnrc"))) doubt("that .yarnrc names no mirror or program in the project");
  }

  // One package.json, and through it the members of its workspaces.
  void package(const std::string& path) {
    const auto text = context_.text(path);
    const PackageJson json = text ? read_package_json(*text) : PackageJson{};
    if (!json.understood) {
      doubt(fmt::format("what {} says: it could not be read", path));
      return;
    }
    if (!json.install_script.empty() && install_.scripts) inputs_.reads_sources = true;
    if (json.harmless_script && install_.scripts)
      doubt(fmt::format("that the git hooks set up by a script of {} need none of the sources", path));
    if (json.local_dependencies) inputs_.obstacle = fmt::format("{} depends on packages in the context", path);
    for (const std::string& patch : json.patches) setting(patch);
    if (path != in_project("package.json")) {
      if (json.binaries) doubt(fmt::format("that the programs which {} names need not be there yet", path));
      return;
    }
    if (install_.tool != Tool::pnpm) members(json.workspaces);
  }

  void members(const std::vector<std::string>& globs) {
    if (globs.empty()) return;
    for (const ContextEntry& entry : context_.entries()) {
      if (base_name(entry.path) != "package.json" || entry.path == in_project("package.json") ||
          !is_within(entry.path, inputs_.project))
        continue;
      if (entry.path.find("node_modules/") != std::string::npos) continue;
      const std::string_view directory = path_below(directory_of(entry.path), inputs_.project);
      const auto selects = [&](std::string_view glob) { return selects_directory(glob, directory); };
      const bool member = std::any_of(globs.begin(), globs.end(), selects) &&
                          std::none_of(globs.begin(), globs.end(), [&](const std::string& glob) {
                            return glob.starts_with('!') && selects(std::string_view(glob).substr(1));
                          });
      if (!member) continue;
      add(entry.path);
      package(entry.path);
    }
  }

  // "packages/*" and "packages/**" name directories.
  static bool selects_directory(std::string_view glob, std::string_view directory) {
    if (glob.starts_with("./")) glob.remove_prefix(2);
    while (glob.ends_with('/')) glob.remove_suffix(1);
    if (glob.starts_with('!')) return false;
    if (glob.find("**") != std::string_view::npos) return is_within(directory, glob.substr(0, glob.find("/**")));
    return std::count(glob.begin(), glob.end(), '/') == std::count(directory.begin(), directory.end(), '/') &&
           matches_glob(directory, glob);
  }

  void pnpm_workspace() {
    const auto text = context_.text(in_project("pnpm-workspace.yaml"));
    if (!text) return;
    const PnpmWorkspace workspace = read_pnpm_workspace(*text);
    if (install_.title != "pnpm fetch") members(workspace.packages);
    for (const std::string& patch : workspace.patches) setting(patch);
  }

  void requirements() {
    if (install_.option("--group")) inputs_.obstacle = "dependency groups are read from pyproject.toml";
    std::vector<std::string> queue;
    for (const std::string& file : install_.requirements) {
      if (file.find("://") != std::string::npos) continue;
      const std::string path = trace(copies_, resolve_path(install_.directory, file));
      if (path.empty() || has_glob(file))
        inputs_.obstacle = fmt::format("no COPY is known to bring {}", file);
      else
        queue.push_back(path);
    }
    if (!queue.empty()) inputs_.project = directory_of(queue.front()).empty() ? "." : directory_of(queue.front());
    if (!inputs_.known) {
      for (const std::string& path : queue) add(path);
      doubt("that the requirements include no other file: the context is not known");
      return;
    }
    for (std::size_t i = 0; i < queue.size() && queue.size() < 100; ++i) {
      const std::string path = queue[i];
      if (!exists(path)) {
        inputs_.obstacle = fmt::format("{} is not in the context", path);
        inputs_.known = i != 0;
        return;
      }
      add(path);
      const auto text = context_.text(path);
      if (!text) {
        doubt(fmt::format("what {} says: it could not be read", path));
        continue;
      }
      const Requirements read = read_requirements(*text);
      if (read.local) inputs_.reads_sources = true;
      const std::string_view directory = directory_of(path);
      for (const std::string& include : read.includes) {
        const std::string next = resolve_path(directory.empty() ? "." : directory, include);
        if (std::find(queue.begin(), queue.end(), next) == queue.end()) queue.push_back(next);
      }
    }
  }

  const PyProject* pyproject() {
    if (!main("pyproject.toml")) return nullptr;
    if (!inputs_.known) return nullptr;
    const auto text = context_.text(in_project("pyproject.toml"));
    if (!text) {
      doubt("what pyproject.toml says: it could not be read");
      return nullptr;
    }
    pyproject_ = read_pyproject(*text);
    if (pyproject_.local_dependencies) inputs_.obstacle = "pyproject.toml depends on packages in the context";
    return &pyproject_;
  }

  void uv() {
    const PyProject* project = pyproject();
    if (install_.sources == SourceUse::project &&
        (project == nullptr || (project->build_system && project->uv_package))) {
      inputs_.reads_sources = true;
    }
    maybe_lock("uv.lock");
    for (const std::string_view name : {"uv.toml", ".python-version"}) setting(name);
    if (project == nullptr || project->members.empty()) return;
    for (const ContextEntry& entry : context_.entries()) {
      if (base_name(entry.path) != "pyproject.toml" || !is_within(entry.path, inputs_.project)) continue;
      const std::string_view directory = path_below(directory_of(entry.path), inputs_.project);
      if (std::any_of(project->members.begin(), project->members.end(),
                      [&](const std::string& glob) { return selects_directory(glob, directory); })) {
        add(entry.path);
        if (!install_.option("--no-install-workspace")) inputs_.reads_sources = true;
      }
    }
  }

  void poetry() {
    const PyProject* project = pyproject();
    if (install_.sources == SourceUse::project && (project == nullptr || project->poetry_package))
      inputs_.reads_sources = true;
    maybe("poetry.lock");
    setting("poetry.toml");
  }

  void go() {
    if (inputs_.known && go_work()) return;
    if (!main("go.mod")) return;
    maybe("go.sum");
    if (inputs_.known) go_module(".");
  }

  bool go_work() {
    const std::string path = trace(copies_, resolve_path(install_.directory, "go.work"));
    if (path.empty() || !exists(path)) return false;
    const auto text = context_.text(path);
    inputs_.project = directory_of(path).empty() ? "." : directory_of(path);
    add(path);
    setting("go.work.sum");
    if (!text) {
      doubt("what go.work says: it could not be read");
      return true;
    }
    for (const std::string& module : read_go_work(*text)) go_module(module);
    return true;
  }

  void go_module(const std::string& directory) {
    const std::string path = in_project(directory + "/go.mod");
    if (!exists(path)) {
      doubt(fmt::format("where {} lies", path));
      return;
    }
    if (std::find(inputs_.files.begin(), inputs_.files.end(), path) != inputs_.files.end() && directory != ".") return;
    add(path);
    setting(directory + "/go.sum");
    const auto text = context_.text(path);
    if (!text) {
      doubt(fmt::format("what {} says: it could not be read", path));
      return;
    }
    for (const std::string& replacement : read_go_mod(*text).local_replacements)
      go_module(directory + '/' + replacement);
  }

  void composer() {
    if (!main("composer.json")) return;
    maybe_lock("composer.lock");
    setting("symfony.lock");
    setting("auth.json");
    if (!inputs_.known) return;
    const auto text = context_.text(in_project("composer.json"));
    const ComposerJson json = text ? read_composer_json(*text) : ComposerJson{};
    if (!json.understood) doubt("what composer.json says: it could not be read");
    if (json.path_repositories) inputs_.obstacle = "composer.json takes packages from directories of the context";
  }

  void bundler() {
    const std::string gemfile = install_.option("--gemfile").value_or("Gemfile");
    if (!main_at(resolve_path(install_.directory, gemfile), gemfile)) return;
    maybe_lock(fmt::format("{}.lock", base_name(gemfile)));
    for (const std::string_view name : {".ruby-version", ".tool-versions"}) setting(name);
    if (!inputs_.known) return;
    const auto text = context_.text(in_project(base_name(gemfile)));
    if (!text || !is_plain_gemfile(*text))
      doubt("that the Gemfile reads no other file: it holds code, paths or a gemspec");
  }

  void dotnet() {
    project_tree();
    if (!inputs_.known) return;
    everywhere(
        "*.csproj *.fsproj *.vbproj *.sln *.slnx Directory.Packages.props Directory.Build.props "
        "Directory.Build.targets "
        "nuget.config NuGet.config NuGet.Config global.json packages.lock.json dotnet-tools.json");
    doubt("that the project files import no other file");
    if (inputs_.files.empty()) none_found();
  }

  void maven() {
    if (!main("pom.xml")) return;
    if (!inputs_.known) {
      inputs_.obstacle = "the modules of the build are not known";
      return;
    }
    everywhere("pom.xml");
    setting("mvnw");
    whole_directory(".mvn");
    doubt("that no plugin of the build reads sources when dependencies are resolved");
  }

  void gradle() {
    project_tree();
    if (!inputs_.known) return;
    everywhere("build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradle.lockfile");
    setting("gradlew");
    whole_directory("gradle");
    whole_directory("buildSrc");
    if (inputs_.files.empty()) none_found();
    doubt("that the build scripts read no other file");
  }

  // Tools whose manifests lie all over the tree: the project is what the install's directory came from.
  void project_tree() {
    const std::string path = trace(copies_, resolve_path(install_.directory, "x"));
    if (path.empty() || !inputs_.known) {
      inputs_.known = false;
      inputs_.obstacle = "where its manifests lie is not known without the context";
      return;
    }
    inputs_.project = directory_of(path).empty() ? "." : directory_of(path);
  }

  void none_found() {
    inputs_.known = false;
    inputs_.obstacle = "no manifest of this tool is in the context";
  }

  const BuildContext& context_;
  const Install& install_;
  const CopyList& copies_;
  InstallInputs inputs_;
  PyProject pyproject_;
};

// The sources of one COPY or ADD that lie in the context.
std::vector<ContextCopy> read_copies(const StepFacts& facts, StepId id) {
  std::vector<ContextCopy> copies;
  const Step& step = facts.model().steps[id];
  if ((step.keyword != Keyword::copy && step.keyword != Keyword::add) || step.onbuild || !step.known) return copies;
  const std::string& destination = facts.destination(id);
  if (destination.empty()) return copies;
  const BuildContext& context = facts.context().context;
  for (const Origin& origin : step.origins) {
    if (origin.kind != Origin::Kind::context) continue;
    for (std::size_t i = 0; i < origin.paths.size(); ++i) {
      if (!origin.paths[i].known) continue;
      const std::string source = clean_source(origin.paths[i].text);
      ContextCopy copy{.step = id, .source = source, .destination = destination};
      copy.whole = source == ".";
      if (base_name(source) == "*" || base_name(source) == "**") {
        copy.source = directory_of(source).empty() ? "." : directory_of(source);
        copy.whole = copy.source == ".";
        copy.directory = true;
      } else if (copy.whole) {
        copy.directory = true;
      } else if (context.complete()) {
        const ContextEntry* entry = find_entry(context, source);
        copy.directory = entry != nullptr && entry->kind == EntryKind::directory;
      } else {
        const std::string_view written =
            i < origin.spans.size() ? slice(*facts.context().tree.text, origin.spans[i]) : std::string_view(source);
        copy.directory = !has_glob(source) && looks_like_directory(written, source);
      }
      copies.push_back(std::move(copy));
    }
  }
  return copies;
}

}  // namespace

ContextCopies::ContextCopies(const StepFacts& facts) : model_(facts.model()) {
  for (StepId step = 0; step < model_.steps.size(); ++step) copies_.push_back(read_copies(facts, step));
}

CopyList ContextCopies::above(StepId step) const {
  constexpr std::size_t most = 300;  // more than anyone writes; keeps absurd files quick
  CopyList list;
  for (StepId at = model_.steps[step].parent; at != none && list.size() < most; at = model_.steps[at].parent) {
    for (const ContextCopy& copy : copies_[at]) list.push_back(&copy);
  }
  return list;
}

std::string trace(const CopyList& copies, std::string_view image_path) {
  // A copy of the file itself says more than one of a directory around it, which may only look like one.
  for (const ContextCopy* each : copies) {
    const ContextCopy& copy = *each;
    if (copy.directory) continue;
    // A file lands under its own name in a directory, or takes the destination's.
    const std::string_view name = base_name(image_path);
    if (copy.destination == image_path) return has_glob(copy.source) ? std::string() : copy.source;
    if (directory_of(image_path) != copy.destination) continue;
    if (!matches_glob(name, base_name(copy.source))) continue;
    const std::string_view directory = directory_of(copy.source);
    return directory.empty() ? std::string(name) : fmt::format("{}/{}", directory, name);
  }
  for (const ContextCopy* copy : copies) {
    if (!copy->directory || !is_within(image_path, copy->destination)) continue;
    return resolve_path(copy->source, path_below(image_path, copy->destination));
  }
  return {};
}

InstallInputs inputs_of(const StepFacts& facts, const Install& install, const CopyList& copies) {
  return Reader(facts, install, copies).read();
}

}  // namespace keyline::analysis
