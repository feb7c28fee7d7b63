#include "server/cli/diff_sides.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "analysis/context/listed_context.h"
#include "analysis/knowledge/context_paths.h"
#include "analysis/text/path.h"
#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/environment/disk_path.h"
#include "server/environment/find_context.h"
#include "server/environment/git_objects.h"
#include "server/environment/git_revision.h"
#include "server/lsp/context_loader.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;
using analysis::BuildContext;
using protocol::Result;
using protocol::Unexpected;

std::shared_ptr<const BuildContext> as_git_keeps_it(const BuildContext& context) {
  analysis::ListedContext::Source source;
  for (analysis::ContextEntry entry : context.entries()) {
    if (entry.path == ".git" || entry.path.starts_with(".git/")) continue;
    if (entry.kind == analysis::EntryKind::directory) entry.mode = 0755;
    if (entry.kind == analysis::EntryKind::file) entry.mode = (entry.mode & 0100U) != 0 ? 0755 : 0644;
    source.entries.push_back(std::move(entry));
  }
  source.dockerfile = context.dockerfile_path();
  source.unknown_reason = context.unknown_reason();
  return std::make_shared<analysis::ListedContext>(std::move(source));
}

Result<Side> read_files(const std::string& dockerfile, const Build& build) {
  const Result<LoadedDockerfile> loaded = load_dockerfile(dockerfile, build, Contents::hashed);
  if (!loaded) return Unexpected({fmt::format("{}: {}", visible(dockerfile), loaded.error().message)});
  return Side{loaded->inputs.text, loaded->inputs.context, false};
}

// Where a build of the working tree's Dockerfile would be.
std::string context_of(const std::string& dockerfile, const Build& build) {
  if (build.context) return *build.context;
  const Result<std::string> text = read_text_file(dockerfile);
  ContextQuery query;
  query.dockerfile = dockerfile;
  query.text = std::make_shared<const std::string>(text ? *text : "");
  query.build = build.options;
  return context_directory(query);
}

Result<Side> read_revision_side(const std::string& revision, const std::string& dockerfile, const Build& build) {
  const Result<RevisionFiles> files =
      read_revision({revision, absolute_path(context_of(dockerfile, build)), dockerfile});
  if (!files) return Unexpected(files.error());
  return Side{std::make_shared<const std::string>(files->dockerfile), files->context, true};
}

bool is_folder(const std::string& name) {
  std::error_code error;
  return fs::is_directory(name, error);
}

Result<std::vector<std::string>> dockerfiles_on_disk(const std::string& folder) {
  FoundDockerfiles found = find_dockerfiles({folder});
  if (!found.problems.empty()) return Unexpected({found.problems.front()});
  for (std::string& file : found.files) file = path_from(folder, file);
  return std::move(found.files);
}

Result<std::vector<std::string>> dockerfiles_of_revision(const GitObjects& git, const std::string& revision,
                                                         const std::string& folder) {
  const std::optional<std::string> inside = git.path_inside(folder);
  if (!inside) return Unexpected({fmt::format("{} lies outside of the repository", folder)});
  const Result<std::string> tree = git.tree_of(revision);
  if (!tree) return Unexpected(tree.error());
  const Result<std::vector<GitEntry>> entries = git.list(*tree, *inside);
  if (!entries) return Unexpected(entries.error());
  std::vector<std::string> files;
  for (const GitEntry& entry : *entries) {
    const bool file = entry.mode == GitMode::file || entry.mode == GitMode::executable;
    if (file && analysis::is_dockerfile_name(analysis::base_name(entry.path)) && lies_in_searched_folders(entry.path))
      files.push_back(entry.path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<Side> read_side(const std::string& name, const std::string& file, const Build& build) {
  if (is_folder(name)) {
    // A folder is a project of its own: its Dockerfile, built there.
    Build there = build;
    if (!there.context) there.context = name;
    return read_files((fs::path(name) / file).string(), there);
  }
  std::error_code error;
  if (fs::exists(name, error)) return read_files(name, build);
  return read_revision_side(name, absolute_path(file), build);
}

void make_comparable(Side& one, Side& other) {
  if (one.revision == other.revision) return;
  Side& files = one.revision ? other : one;
  files.context = as_git_keeps_it(*files.context);
}

Result<std::pair<Project, Project>> read_projects(const std::string& before, const std::string& after) {
  std::pair<Project, Project> projects{{before, !is_folder(before), {}, {}}, {after, !is_folder(after), {}, {}}};
  for (Project* project : {&projects.first, &projects.second}) {
    if (!project->revision) project->folder = analysis::clean_path(absolute_path(project->name));
  }
  const std::string around = projects.first.revision ? projects.second.folder : projects.first.folder;
  const Result<GitObjects> git = GitObjects::around(around.empty() ? absolute_path(".") : around);
  for (Project* project : {&projects.first, &projects.second}) {
    if (project->revision && !git) return Unexpected(git.error());
    // A revision is compared with what lies at the same place.
    if (project->revision) project->folder = around.empty() ? git->root() : around;
    Result<std::vector<std::string>> files = project->revision
                                                 ? dockerfiles_of_revision(*git, project->name, project->folder)
                                                 : dockerfiles_on_disk(project->folder);
    if (!files) return Unexpected(files.error());
    project->dockerfiles = *std::move(files);
  }
  return projects;
}

Result<Side> read_project_side(const Project& project, const std::string& dockerfile, const Build& build) {
  const std::string path = path_in(project.folder, dockerfile);
  return project.revision ? read_revision_side(project.name, path, build) : read_files(path, build);
}

}  // namespace keyline::server
