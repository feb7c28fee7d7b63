#include "server/environment/build_files.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/text/path.h"
#include "server/environment/directory.h"
#include "server/environment/disk_path.h"

namespace keyline::server {

namespace {

using analysis::ProjectBuildFiles;

constexpr std::size_t most_per_directory = 10'000;
constexpr std::size_t most_files = 200;
constexpr std::size_t largest_file = std::size_t{1} << 20U;

// Below the root, where workflows and scripts are kept.
constexpr std::array<std::string_view, 11> customary_folders{
    ".github/workflows", "scripts", "script", "hack", "ci", ".ci", "bin", "tools", "build", "docker", "deploy"};

}  // namespace

const analysis::ProjectBuildFiles& BuildFileReader::in_directory(const std::string& root,
                                                                 const std::string& directory) {
  const auto [known, fresh] = known_.try_emplace(root + '\n' + directory);
  if (!fresh) return known->second;
  const auto text_of = [&](const std::string& path) -> std::optional<std::string> {
    if (const auto open = open_texts_.find(path); open != open_texts_.end()) return open->second;
    return read_small_file(working_directory(), path, largest_file, OpenFile::Links::refuse).text;
  };
  const DirectoryListing listing = list_directory(working_directory(), directory, most_per_directory);
  std::optional<analysis::BuildVariables> variables;
  for (const DirectoryEntry& entry : listing.entries) {
    if (entry.kind != FileKind::regular || known->second.size() >= most_files) continue;
    const std::string path = path_in(directory, entry.name);
    const std::optional<analysis::BuildFileKind> kind = analysis::build_file_kind(path_from(root, path));
    if (!kind) continue;
    std::optional<std::string> text = text_of(path);
    if (!text) continue;
    if (*kind == analysis::BuildFileKind::compose && !variables)
      variables = analysis::read_variables(text_of(path_in(directory, ".env")).value_or(""));
    analysis::BuildFile file = analysis::read_build_file(*kind, *text, variables.value_or(analysis::BuildVariables()));
    known->second.push_back(std::make_shared<const analysis::ProjectBuildFile>(
        analysis::ProjectBuildFile{path_from(root, path), *std::move(text), std::move(file)}));
  }
  return known->second;
}

analysis::ProjectBuildFiles BuildFileReader::read(const std::string& root, const std::string& folder) {
  std::vector<std::string> directories;
  for (std::string at = folder; at != root && analysis::is_within(at, root) && at != "/" && at != ".";
       at = parent_of(at))
    directories.push_back(at);
  for (const std::string_view below : customary_folders) {
    std::string directory = path_in(root, below);
    if (std::find(directories.begin(), directories.end(), directory) == directories.end())
      directories.push_back(std::move(directory));
  }
  directories.push_back(root);
  ProjectBuildFiles files;
  for (auto at = directories.rbegin(); at != directories.rend(); ++at) {
    const ProjectBuildFiles& found = in_directory(root, *at);
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace keyline::server
