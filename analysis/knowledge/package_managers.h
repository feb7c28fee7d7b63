#pragma once
// What keyline knows about package managers, as one table: how an install is recognised, what it reads, where it keeps
// its download cache, and what empties that cache. Plain facts; how they are matched to a RUN is install_commands.h,
// how a directory is resolved at a step is cache_directories.h. Rules may read it freely.
//
// A text list holds words separated by blanks; a list of phrases separates them by commas.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace keyline::analysis {

enum class Tool : std::uint8_t {
  npm,
  yarn,
  yarn_berry,
  pnpm,
  pip,
  uv,
  poetry,
  go,
  cargo,
  composer,
  bundler,
  maven,
  gradle,
  dotnet,
  apt,
  apk,
  dnf,
  bun,
  deno,
  playwright,
  cypress,
  puppeteer,
  pipx,
  pdm,
  pipenv,
  conda,
  hugging_face,
  conan,
  vcpkg,
  swift,
  dart,
  sbt,
  mill,
  leiningen,
  clojure,
  bazel,
  gem,
  mix,
  rebar3,
  cabal,
  stack,
  opam,
  luarocks,
  cpan,
  renv,
  r,
  julia,
  nimble,
  shards,
  terraform,
  zypper,
  pacman,
  tdnf,
  xbps,
  portage,
  urpmi,
  homebrew,
  nix,
};

inline constexpr std::size_t tool_count = static_cast<std::size_t>(Tool::nix) + 1;

enum class Verb : std::uint8_t {
  install,  // takes what the manifests list; with operands, the packages they name
  add,      // takes the packages that its operands name
  build,    // compiles the project, and fetches what is missing on the way
  update,   // refreshes the package index only
};

// One way to learn a directory; those of a table row are tried in order.
struct PathRule {
  enum class From : std::uint8_t { option, variable, root, home, fixed };
  From from = From::fixed;
  std::string_view name = {};    // of the option or variable
  std::string_view suffix = {};  // appended to what was found; the whole path for root and fixed
};

enum class CacheUse : std::uint8_t {
  once,   // the tool copies out of it: what it installed is complete without the directory
  later,  // later commands of the same tool may read it again
};

struct CacheDirectory {
  std::string_view what;  // "module cache"
  std::span<const PathRule> rules;
  std::string_view sharing = "shared";
  std::string_view clash = {};  // what is known to happen when two builds write to it at once
  CacheUse use = CacheUse::once;
  bool builds_only = false;         // only Verb::build fills it
  std::string_view content = {};    // the folder in it that holds nearly everything; "": all of it
  std::string_view cleaners = {};   // those of the tool's cleaners that empty it; "": all of them
  std::string_view variable = {};   // setting this variable makes the directory certain ...
  std::string_view place = {};      // ... and this is the directory to give it
  std::string_view elsewhere = {};  // where people look for it that know it from another image or user
  bool checked = true;              // false: path or sharing was never checked; never drives a safe edit
};

// A phrase is the words behind the program; "-" stands for the bare program, "*" for anything behind it, and a phrase
// that is an option ("--installdeps") for that option.
struct PackageManager {
  Tool tool;
  std::string_view name;          // as people call it
  std::string_view programs;      // names of the program, without directory and version
  std::string_view install = {};  // phrases
  std::string_view add = {};
  std::string_view build = {};
  std::string_view update = {};
  std::string_view value_options = {};       // options whose value is a word of its own
  std::string_view directory_options = {};   // those of them that say where the project is
  std::string_view manifests = {};           // file names and globs that an install reads, standard ones
  std::string_view members = {};             // names of manifests that may stand anywhere in the project
  std::string_view manifest_options = {};    // options that name the manifest to take instead
  std::string_view dependency_options = {};  // those that make it take what manifests list, and no sources; "": always
  std::string_view frozen_options = {};      // those with which it rewrites no manifest; "-": it never does
  std::string_view unread = {};              // what its manifests do not tell: "that mix.exs reads no other file"
  bool path_is_project = false;              // an operand that is a path says where the project stands
  bool runs_project = false;                 // what the project has or has installed decides what it takes
  bool build_fetches = true;                 // false: whatever builds stands behind an install, as a rule
  bool build_reuses_install = false;         // a build below an install fetches nothing more
  std::string_view variables = {};           // beginnings of names of the variables that it reads
  std::string_view file_settings = {};       // options and variables that name a file which is complete in itself
  std::span<const CacheDirectory> caches = {};
  std::span<const CacheDirectory> stores = {};  // look like caches, but later commands take packages from them
  std::string_view mount_words = {};            // what the target of a mount that is meant for it has in it
  std::string_view mount_variables = {};        // "NAME=value" that its commands need beside the mount
  std::string_view mount_command = {};          // what has to run first for the downloads to be kept
  std::string_view mount_options = {};          // the same as an option of the command
  std::string_view cache_settings = {};         // keys of settings that move its cache or make it more than one
  std::string_view settings_files = {};         // names of files in the project that may have them
  std::string_view no_cache_options = {};       // on the command
  std::string_view no_cache_variables = {};     // in its environment
  std::string_view cleaners = {};               // phrases behind the program that empty the cache
  std::string_view trimmers = {};               // those of them that leave what is in use
  std::string_view results = {};                // directories beside the manifests that an install writes
  bool system = false;                          // packages of the operating system: no manifests
};

std::span<const PackageManager> package_managers();
const PackageManager& package_manager(Tool tool);
// The one with a program of this name (programs.h: program_name); null when none has.
const PackageManager* find_package_manager(std::string_view program);

// Whether the list of words holds `word`.
bool lists(std::string_view words, std::string_view word);

// Calls `visit(word)` for each word of a list.
template <typename Visit>
void each_word(std::string_view words, Visit visit, char separator = ' ') {
  while (!words.empty()) {
    const std::size_t end = words.find(separator);
    std::string_view word = words.substr(0, end);
    while (word.starts_with(' ')) word.remove_prefix(1);
    if (!word.empty()) visit(word);
    if (end == std::string_view::npos) break;
    words.remove_prefix(end + 1);
  }
}

}  // namespace keyline::analysis
