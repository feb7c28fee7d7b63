#pragma once
// What the text of a manifest says about the install that reads it: which other files it takes in, and whether it runs
// code of the project. Every reader is total: text it cannot follow gives `understood == false`, and then nothing may
// be concluded. The only file of analysis/ that reads JSON. For rules/, and for the loader of contexts (is_manifest).

#include <string>
#include <string_view>
#include <vector>

namespace keyline::analysis {

// Whether a context file may be asked for by a reader below: the loader keeps the text of these.
bool is_manifest(std::string_view path);

struct PackageJson {
  bool understood = false;
  std::string install_script;           // the first script an install runs by itself: "postinstall"
  bool harmless_script = false;         // instead of one, there is only a script known to read no sources (git hooks)
  bool local_dependencies = false;      // file:, link:, portal:
  bool binaries = false;                // has "bin": installs of a workspace link to the files named there
  std::vector<std::string> workspaces;  // globs
  std::vector<std::string> patches;     // files named by patchedDependencies
  std::string package_manager;          // "yarn@4.1.0"
  std::vector<std::string> postinstall_files;  // that install scripts of its dependencies read if they are there
};
PackageJson read_package_json(std::string_view text);

// What a package of a workspace is called, and the names that it depends on.
struct PackageNames {
  std::string name;
  std::vector<std::string> dependencies;
};
PackageNames read_package_names(std::string_view text);

struct Requirements {
  bool understood = true;
  std::vector<std::string> includes;  // -r and -c, relative to the file
  bool local = false;                 // -e, paths, --find-links of a directory
};
Requirements read_requirements(std::string_view text);

struct PyProject {
  bool understood = true;
  bool build_system = false;         // [build-system]
  bool uv_package = true;            // tool.uv.package is not false
  bool poetry_package = true;        // tool.poetry.package-mode is not false
  bool local_dependencies = false;   // path = "..."
  std::vector<std::string> members;  // tool.uv.workspace
};
PyProject read_pyproject(std::string_view text);

struct GoMod {
  std::vector<std::string> local_replacements;  // replace x => ../y
};
GoMod read_go_mod(std::string_view text);
std::vector<std::string> read_go_work(std::string_view text);  // the directories of `use`

struct PnpmWorkspace {
  bool understood = true;
  std::vector<std::string> packages;  // globs, "!" in front of exclusions
  std::vector<std::string> patches;
};
PnpmWorkspace read_pnpm_workspace(std::string_view text);

struct YarnSettings {              // .yarnrc.yml
  std::string node_linker;         // "" = the default, Plug'n'Play
  std::string global_cache;        // enableGlobalCache, "" = not set
  bool cache_folder = false;       // cacheFolder or globalFolder is set
  std::vector<std::string> files;  // yarnPath and the paths of plugins
};
YarnSettings read_yarn_settings(std::string_view text);

struct Gemfile {
  bool plain = true;        // takes gems from sources only: holds no code
  std::string needs_files;  // the word with which it surely takes in other files: "gemspec"
};
Gemfile read_gemfile(std::string_view text);

// Whether a settings file sets one of the keys, in any format that writes one key in a line.
bool sets_any(std::string_view text, std::string_view keys);

struct ComposerJson {
  bool understood = false;
  bool scripts = false;
  bool path_repositories = false;
};
ComposerJson read_composer_json(std::string_view text);

}  // namespace keyline::analysis
