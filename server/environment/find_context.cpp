#include "server/environment/find_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analysis/context/glob.h"
#include "analysis/context/source_match.h"
#include "analysis/knowledge/context_paths.h"
#include "analysis/text/path.h"
#include "server/environment/build_files.h"
#include "server/environment/directory.h"
#include "server/environment/disk_path.h"

namespace keyline::server {

namespace {

using analysis::clean_path;

constexpr std::size_t most_per_directory = 100'000;

// Folders that hold a Dockerfile for the project above them.
constexpr std::array<std::string_view, 12> build_folders{"docker",    ".docker",       "dockerfiles", "build",
                                                         "deploy",    "deployment",    "deployments", "containers",
                                                         "container", ".devcontainer", "ci",          ".ci"};

constexpr std::array<std::string_view, 4> foreign_folders{"node_modules", "vendor", "third_party", "bower_components"};

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether the cleaned source selects something in the directory, walking down name by name.
bool exists(const std::string& directory, std::string_view source) {
  if (!analysis::has_wildcard(source)) return path_exists(path_in(directory, source));
  const std::size_t slash = source.find('/');
  const std::string_view name = source.substr(0, slash);
  const std::string_view rest = slash == std::string_view::npos ? std::string_view() : source.substr(slash + 1);
  if (!analysis::has_wildcard(name)) return exists(path_in(directory, name), rest);
  const DirectoryListing listing = list_directory(working_directory(), directory, most_per_directory);
  return std::any_of(listing.entries.begin(), listing.entries.end(), [&](const DirectoryEntry& entry) {
    if (!analysis::glob_matches(name, entry.name)) return false;
    return rest.empty() || (entry.kind == FileKind::directory && exists(path_in(directory, entry.name), rest));
  });
}

// Sources whose presence says something: the whole context is everywhere, and text with a variable left is no path.
std::vector<std::string> telling_sources(const std::vector<std::string>& sources) {
  std::vector<std::string> telling;
  for (const std::string& source : sources) {
    if (source.find('$') != std::string::npos || source.find("://") != std::string::npos) continue;
    std::string clean = analysis::clean_source(source);
    if (clean != "." && clean != "*") telling.push_back(std::move(clean));
  }
  return telling;
}

bool is_directory(const std::string& path) {
  return static_cast<bool>(OpenFile::directory(working_directory(), path, OpenFile::Links::follow));
}

// The folder above the Dockerfile at which a search for its context ends.
std::optional<std::string> find_root(const std::string& folder, const std::vector<std::string>& workspace) {
  std::optional<std::string> root;
  for (const std::string& candidate : workspace) {
    const std::string clean = clean_path(candidate);
    if (analysis::is_within(folder, clean) && (!root || clean.size() > root->size())) root = clean;
  }
  if (root) return root;
  for (std::string above = folder; above != "/" && above != "."; above = parent_of(above)) {
    if (path_exists(path_in(above, ".git"))) return above;
  }
  return std::nullopt;
}

// The folders that may be meant instead of the Dockerfile's own: all above the outermost build folder, nearest first.
std::vector<std::string> folders_above(const std::string& folder, const std::string& root) {
  std::string top = folder;
  for (std::string at = folder; at != root && analysis::is_within(at, root); at = parent_of(at)) {
    if (is_one_of(name_of(at), build_folders)) top = parent_of(at);
  }
  std::vector<std::string> above;
  if (top == folder) return above;
  for (; top != root; top = parent_of(top)) above.push_back(top);
  above.push_back(root);
  return above;
}

struct Support {
  std::size_t gained = 0;  // sources that exist there and not in the Dockerfile's folder
  bool lost = false;       // a source that exists in the Dockerfile's folder only
  std::string example;
};

Support support_for(const std::string& candidate, const std::string& folder, const std::vector<std::string>& sources) {
  Support support;
  for (const std::string& source : sources) {
    const bool there = exists(candidate, source);
    const bool here = exists(folder, source);
    if (there && !here) {
      if (support.gained == 0) support.example = source;
      ++support.gained;
    }
    support.lost = support.lost || (here && !there);
  }
  return support;
}

bool is_searched(std::string_view folder) {
  if (folder == ".docker" || folder == ".devcontainer") return true;
  return folder[0] != '.' && !is_one_of(folder, foreign_folders);
}

class Search {
 public:
  Search(std::stop_token stop, std::size_t most_entries) : stop_(std::move(stop)), left_(most_entries) {}

  void start(const std::string& path) {
    const OpenFile directory = OpenFile::directory(working_directory(), path, OpenFile::Links::follow);
    if (directory) {
      root_ = &directory;
      visit(path, "");
      root_ = nullptr;
    } else if (leads_to_file(working_directory(), path)) {
      found_.files.push_back(path);
    } else {
      found_.problems.push_back(fmt::format("{}: {}", path, error_text(directory.error())));
    }
  }

  FoundDockerfiles finish() {
    std::sort(found_.files.begin(), found_.files.end());
    found_.files.erase(std::unique(found_.files.begin(), found_.files.end()), found_.files.end());
    if (left_ == 0) found_.problems.emplace_back("too many files to search; the rest was left out");
    return std::move(found_);
  }

 private:
  // `shown` is how the user named the directory, `path` where it lies below the one that is open.
  void visit(const std::string& shown, const std::string& path) {
    const DirectoryListing listing = list_directory(root_->fd(), path, left_);
    if (listing.error != 0) found_.problems.push_back(fmt::format("{}: {}", shown, error_text(listing.error)));
    left_ -= listing.entries.size();
    for (const DirectoryEntry& entry : listing.entries) {
      if (left_ == 0 || stop_.stop_requested()) return;
      const std::string below = path.empty() ? entry.name : path_in(path, entry.name);
      if (entry.kind == FileKind::directory) {
        if (is_searched(entry.name)) visit(path_in(shown, entry.name), below);
      } else if (analysis::is_dockerfile_name(entry.name) && is_file(entry, below)) {
        found_.files.push_back(path_in(shown, entry.name));
      }
    }
  }

  bool is_file(const DirectoryEntry& entry, const std::string& path) const {
    if (entry.kind != FileKind::symlink) return entry.kind == FileKind::regular;
    return leads_to_file(root_->fd(), path);
  }

  FoundDockerfiles found_;
  std::stop_token stop_;
  std::size_t left_;
  const OpenFile* root_ = nullptr;
};

}  // namespace

bool lies_in_searched_folders(std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (slash == 0 || !is_searched(path.substr(0, slash))) return false;
    path.remove_prefix(slash + 1);
  }
  return true;
}

FoundContext find_context(const FindContextRequest& request, BuildFileReader& files) {
  const std::string dockerfile = clean_path(request.dockerfile);
  const std::string folder = parent_of(dockerfile);
  const std::optional<std::string> root = find_root(folder, request.workspace);
  const std::string& top = root ? *root : folder;
  const auto project = files.read(top, folder);
  const std::vector<analysis::DockerfileBuild> builds = analysis::builds_of(project, path_from(top, dockerfile));
  FoundContext own{folder, "No build file or setting names a context, so it is the Dockerfile's folder.",
                   analysis::evidence_of(builds, top), top, project};
  for (const analysis::DockerfileBuild& build : builds) {
    std::string directory = analysis::join_path(top, build.context);
    if (build.context.empty() || !is_directory(directory)) continue;
    own.directory = std::move(directory);
    own.reason = own.builds.context_reason;
    return own;
  }
  own.builds.context_reason.clear();
  if (!root) return own;
  const std::vector<std::string> candidates = folders_above(folder, *root);
  if (candidates.empty() || !request.sources) return own;
  const std::vector<std::string> sources = telling_sources(request.sources());

  std::optional<FoundContext> best;
  std::size_t most = 0;
  for (const std::string& candidate : candidates) {
    const Support support = support_for(candidate, folder, sources);
    if (support.lost || support.gained <= most) continue;
    most = support.gained;
    best = own;
    best->directory = candidate;
    best->reason = fmt::format(
        "`{}` exists in `{}` and not beside the Dockerfile, so that is taken as "
        "the context.",
        support.example, name_of(candidate));
  }
  return best.value_or(own);
}

FoundDockerfiles find_dockerfiles(const std::vector<std::string>& paths, std::stop_token stop,
                                  std::size_t most_entries) {
  Search search(std::move(stop), most_entries);
  for (const std::string& path : paths) search.start(clean_path(path));
  return search.finish();
}

}  // namespace keyline::server
