#include "server/cli/given_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/environment/find_context.h"

namespace keyline::server {

namespace {

std::string without_dot(std::string path) {
  if (path.size() > 2 && path.starts_with("./")) path.erase(0, 2);
  return path;
}

void search(const std::string& folder, GivenFiles& given) {
  FoundDockerfiles found = find_dockerfiles({folder});
  if (found.files.empty() && found.problems.empty()) given.faults.push_back({folder, "no Dockerfile in this folder"});
  for (std::string& file : found.files) given.files.push_back(without_dot(std::move(file)));
  for (std::string& problem : found.problems) {
    if (problem.starts_with(folder + ": ")) problem.erase(0, folder.size() + 2);
    given.faults.push_back({folder, std::move(problem)});
  }
}

}  // namespace

GivenFiles files_for(const std::vector<std::string>& paths) {
  GivenFiles given;
  if (paths.empty()) search(".", given);
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path != "-" && std::filesystem::is_directory(path, ignored)) {
      search(path, given);
    } else {
      given.files.push_back(path);
    }
  }
  std::ranges::sort(given.files);
  given.files.erase(std::unique(given.files.begin(), given.files.end()), given.files.end());
  return given;
}

}  // namespace keyline::server
