#include "server/lsp/build_project.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/build_file_check.h"
#include "analysis/text/path.h"
#include "server/environment/build_files.h"
#include "server/environment/disk_context.h"
#include "server/environment/disk_path.h"
#include "server/environment/find_context.h"
#include "server/lsp/context_loader.h"

namespace keyline::server {
namespace {

using analysis::BuildFile;
using analysis::ProjectBuildFile;

analysis::BuildFileKind kind_of(const std::string& path) {
  return analysis::build_file_kind(path).value_or(analysis::BuildFileKind::compose);
}

std::set<std::string, std::less<>> named_dockerfiles(const std::string& path, const BuildFile& file) {
  std::set<std::string, std::less<>> named;
  for (const analysis::Build& build : file.builds) {
    if (build.dockerfile.complete && !build.dockerfile.text.empty())
      named.insert(analysis::join_path(parent_of(path), build.dockerfile.text));
  }
  return named;
}

std::shared_ptr<const analysis::Snapshot> read_dockerfile(const std::string& path,
                                                          const analysis::BuildOptions& options) {
  const std::optional<StampedText> read = read_workspace_file(path, "");
  if (!read) return nullptr;
  auto snapshot = std::make_shared<analysis::Snapshot>();
  snapshot->inputs.text = read->text;
  snapshot->tree = analysis::parse(read->text);
  snapshot->model = analysis::build_model(snapshot->tree, options);
  return snapshot;
}

std::string variables_text(const ProjectQuery& query) {
  const std::string path = path_in(parent_of(query.path), ".env");
  if (const auto open = query.open_texts.find(path); open != query.open_texts.end()) return open->second;
  const std::optional<StampedText> read = read_workspace_file(path, "");
  return read ? *read->text : "";
}

// With the file's present text in place of what is on disk.
analysis::ProjectBuildFiles with_file(analysis::ProjectBuildFiles files, std::shared_ptr<const ProjectBuildFile> own) {
  std::erase_if(files, [&](const auto& each) { return each->path == own->path; });
  const auto behind = std::ranges::find_if(files, [&](const auto& each) { return each->path > own->path; });
  files.insert(behind, std::move(own));
  return files;
}

}  // namespace

std::shared_ptr<const BuildProject> load_project_from_disk(const ProjectQuery& query, std::stop_token stop) {
  auto project = std::make_shared<BuildProject>();
  project->variables = analysis::read_variables(variables_text(query));
  const auto named =
      named_dockerfiles(query.path, read_build_file(kind_of(query.path), query.text, project->variables));
  // Where `keyline check` of the whole project looks: around every Dockerfile.
  std::set<std::string> folders;
  for (const std::string& each : named) folders.insert(parent_of(each));
  for (const std::string& each : query.dockerfiles) folders.insert(parent_of(each));
  BuildFileReader reader(query.open_texts);
  const auto look_from = [&](const std::string& folder) {
    return find_context({path_in(folder, "Dockerfile"), query.folders, {}}, reader);
  };
  FoundContext own = look_from(parent_of(query.path));
  project->root = std::move(own.root);
  std::map<std::string, std::shared_ptr<const ProjectBuildFile>> files;
  for (const auto& file : own.project) files.emplace(file->path, file);
  for (const std::string& folder : folders) {
    if (stop.stop_requested()) return nullptr;
    const FoundContext found = look_from(folder);
    if (found.root != project->root) continue;
    for (const auto& file : found.project) files.emplace(file->path, file);
  }
  for (auto& each : files) project->files.push_back(std::move(each.second));
  for (const std::string& each : named) {
    const bool inside = !path_within(project->root, each).empty();
    project->dockerfiles.emplace(each, inside ? read_dockerfile(each, query.build) : nullptr);
  }
  return project;
}

CheckedBuildFile check_open_build_file(const BuildFileInputs& inputs) {
  const BuildProject& project = *inputs.project;
  auto own = std::make_shared<ProjectBuildFile>();
  own->text = *inputs.text;
  CheckedBuildFile checked;
  if (project.root.empty()) {
    checked.snapshot = analysis::check_build_file({}, *own, {}, inputs.rules);
    return checked;
  }
  own->path = path_within(project.root, inputs.path);
  own->file = read_build_file(kind_of(inputs.path), own->text, project.variables);
  checked.dockerfiles = named_dockerfiles(inputs.path, own->file);
  std::map<const analysis::Build*, const analysis::Snapshot*> dockerfiles;
  for (const std::string& path : checked.dockerfiles) {
    const auto open = inputs.open.find(path);
    const auto& known = open == inputs.open.end() ? project.dockerfiles : inputs.open;
    const auto found = known.find(path);
    if (found == known.end() || found->second == nullptr) continue;
    for (const analysis::DockerfileBuild& each : analysis::builds_of({own}, path_within(project.root, path)))
      dockerfiles[each.build] = found->second.get();
  }
  const auto view = [&](const analysis::Build& build) {
    const auto known = dockerfiles.find(&build);
    if (known == dockerfiles.end()) return analysis::DockerfileView{};
    return analysis::DockerfileView{&known->second->tree, &known->second->model};
  };
  checked.snapshot = check_build_file(with_file(project.files, own), *own, view, inputs.rules);
  return checked;
}

}  // namespace keyline::server
