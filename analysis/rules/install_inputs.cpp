#include "analysis/rules/install_inputs.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/manifests.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/project_files.h"

namespace keyline::analysis {

namespace {

bool is_lock_file(std::string_view name) {
  constexpr std::string_view others =
      "npm-shrinkwrap.json Manifest.toml Package.resolved cpanfile.snapshot cabal.project.freeze";
  return name.find("lock") != std::string_view::npos || lists(others, name);
}

class Reader : ProjectFiles {
 public:
  using ProjectFiles::ProjectFiles;

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
      case Tool::bun:
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
      case Tool::pdm:
        pdm();
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
        listed();
        break;
    }
    named_files();
    std::sort(inputs_.files.begin(), inputs_.files.end());
    inputs_.files.erase(std::unique(inputs_.files.begin(), inputs_.files.end()), inputs_.files.end());
    return std::move(inputs_);
  }

 private:
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
      if (is_lock_file(name))
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
      whole_directory(in_project(".yarn"));
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
      doubt(fmt::format("that the scripts of {} which run at install need none of the sources", path));
    if (install_.scripts) read_at_postinstall(path, json.postinstall_files);
    if (json.local_dependencies) inputs_.obstacle = fmt::format("{} depends on packages in the context", path);
    for (const std::string& patch : json.patches) setting(patch);
    if (path != in_project("package.json")) {
      if (json.binaries) doubt(fmt::format("that the programs which {} names need not be there yet", path));
      return;
    }
    if (install_.tool != Tool::pnpm) members(json.workspaces);
  }

  void read_at_postinstall(const std::string& package, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      for (const std::string& path : {resolve_path(package, "../" + name), in_project(name)}) {
        if (exists(path)) add(path);
        whole_directory(path);
        const bool code = path.ends_with("js") || path.ends_with("ts");
        if (exists(path) && code) doubt(fmt::format("that {} needs no other file", path));
      }
    }
  }

  void members(const std::vector<std::string>& globs) {
    if (globs.empty()) return;
    for (const std::uint32_t index : facts_.study(entries_named, "package.json")) {
      const ContextEntry& entry = context_.entries()[index];
      if (entry.path == in_project("package.json") || !is_within(entry.path, inputs_.project)) continue;
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
    std::vector<std::string> named = install_.requirements;
    constexpr std::string_view more =
        "PIP_CONSTRAINT PIP_REQUIREMENT PIP_BUILD_CONSTRAINT UV_CONSTRAINT UV_OVERRIDE UV_BUILD_CONSTRAINT";
    each_word(more, [&](std::string_view variable) {
      if (!is_own_variable(variable)) return;
      const auto value = find_variable(variable, install_, environment_);
      if (!value) return;
      if (!value->known) doubt(fmt::format("which file `{}` names", variable));
      each_word(value->text, [&](std::string_view file) { named.emplace_back(file); });
    });
    for (const std::string& file : named) {
      if (file.find("://") != std::string::npos) continue;
      const std::string path = trace(copies_, resolve_path(install_.directory, file));
      if (path.empty() || file.find_first_of("*?[") != std::string::npos)
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
    for (const std::uint32_t index : facts_.study(entries_named, "pyproject.toml")) {
      const ContextEntry& entry = context_.entries()[index];
      if (!is_within(entry.path, inputs_.project)) continue;
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

  void pdm() {
    const PyProject* project = pyproject();
    if (install_.sources == SourceUse::project && (project == nullptr || project->build_system))
      inputs_.reads_sources = true;
    maybe_lock("pdm.lock");
    for (const std::string_view name : {"pdm.toml", ".python-version"}) setting(name);
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
    const std::string manifest = main_manifest("", "COMPOSER", "composer.json");
    if (!main(manifest)) return;
    const std::string name(base_name(manifest));
    maybe_lock(name.substr(0, name.rfind('.')) + ".lock");
    setting("symfony.lock");
    setting("auth.json");
    if (!inputs_.known) return;
    const auto text = context_.text(in_project(name));
    const ComposerJson json = text ? read_composer_json(*text) : ComposerJson{};
    if (!json.understood) doubt(fmt::format("what {} says: it could not be read", name));
    if (json.path_repositories) inputs_.obstacle = "composer.json takes packages from directories of the context";
  }

  void bundler() {
    const std::string gemfile = main_manifest("--gemfile", "BUNDLE_GEMFILE", "Gemfile");
    if (!main(gemfile)) return;
    maybe_lock(fmt::format("{}.lock", base_name(gemfile)));
    for (const std::string_view name : {".ruby-version", ".tool-versions"}) setting(name);
    if (!inputs_.known) return;
    const auto text = context_.text(in_project(base_name(gemfile)));
    const Gemfile read = text ? read_gemfile(*text) : Gemfile{};
    if (!read.needs_files.empty())
      inputs_.obstacle = fmt::format("the Gemfile takes in more of the project (`{}`)", read.needs_files);
    else if (!text || !read.plain)
      doubt("that the Gemfile reads no other file: it holds code");
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
    whole_directory(in_project(".mvn"));
    doubt("that no plugin of the build reads sources when dependencies are resolved");
  }

  void gradle() {
    project_tree();
    if (!inputs_.known) return;
    everywhere("build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradle.lockfile");
    setting("gradlew");
    whole_directory(in_project("gradle"));
    whole_directory(in_project("buildSrc"));
    if (inputs_.files.empty()) none_found();
    doubt("that the build scripts read no other file");
  }

  // What the table says, for tools whose manifests nobody reads here.
  void listed() {
    const PackageManager& manager = install_.manager();
    if (install_.sources != SourceUse::nothing) inputs_.reads_sources = true;
    if (manager.manifests.empty() && manager.members.empty()) {
      inputs_.obstacle = "the manifests of this tool are not known";
      return;
    }
    if (manager.manifests.empty() || (inputs_.known && first_manifest().empty())) {
      project_tree();
      if (inputs_.known) everywhere(manager.members);
      if (inputs_.known && inputs_.files.empty()) none_found();
    } else {
      const std::string first = first_manifest();
      if (!main(first)) return;
      each_word(manager.manifests, [&](std::string_view name) {
        if (name != first) is_lock_file(name) ? maybe_lock(name) : setting(name);
      });
      if (inputs_.known) everywhere(manager.members);
    }
    if (!manager.unread.empty()) doubt(std::string(manager.unread));
  }

  // The one that the command names, or of those that the table lists the first that is there.
  std::string first_manifest() const {
    if (!install_.requirements.empty()) return install_.requirements.front();
    std::string first;
    std::string there;
    each_word(install_.manager().manifests, [&](std::string_view name) {
      if (first.empty()) first = name;
      const std::string path = trace(copies_, resolve_path(install_.directory, name));
      if (there.empty() && inputs_.known && !path.empty() && exists(path)) there = name;
    });
    return inputs_.known && (!install_.manager().members.empty() || !there.empty()) ? there : first;
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

  PyProject pyproject_;
};

}  // namespace

InstallInputs inputs_of(const StepFacts& facts, StepId step, const Install& install, const CopyList& copies) {
  return Reader(facts, step, install, copies).read();
}

}  // namespace keyline::analysis
