#include "analysis/builds/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/builds/build_command.h"
#include "analysis/knowledge/paths.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// The directories from which paths of the file may count. A script is run from where its author stands: its own folder
// or one above it.
std::vector<std::string> bases_of(const ProjectBuildFile& file) {
  if (file.file.kind == BuildFileKind::workflow) {
    const std::size_t hidden = file.path.find(".github/");
    return {hidden == std::string::npos || hidden == 0 ? std::string(".") : file.path.substr(0, hidden - 1)};
  }
  std::vector<std::string> bases{std::string(directory_of(file.path))};
  if (file.file.kind != BuildFileKind::script) return bases;
  while (!bases.back().empty()) bases.emplace_back(directory_of(bases.back()));
  return bases;
}

// The one that Compose takes by itself, and over which it lays what `-f` names.
bool is_first_compose_file(const ProjectBuildFile& file) {
  const std::string_view name = base_name(file.path);
  const std::string_view stem = name.substr(0, name.find('.'));
  return (stem == "compose" || stem == "docker-compose") && name.find('.') == name.rfind('.');
}

// Whether it says nothing of its context, which then is another file's.
bool is_laid_over(const ProjectBuildFile& file, const Build& build) {
  return file.file.kind == BuildFileKind::compose && !is_first_compose_file(file) && build.context.span.empty() &&
         build.dockerfile.span.empty();
}

// The build that `build` is laid over, with its file; null when there is none beside it.
std::pair<const ProjectBuildFile*, const Build*> build_below(const ProjectBuildFiles& files,
                                                             const ProjectBuildFile& file, const Build& build) {
  for (const std::shared_ptr<const ProjectBuildFile>& other : files) {
    const bool beside = other->file.kind == BuildFileKind::compose && is_first_compose_file(*other) &&
                        directory_of(other->path) == directory_of(file.path);
    if (!beside) continue;
    for (const Build& each : other->file.builds) {
      if (each.name == build.name) return {other.get(), &each};
    }
  }
  return {nullptr, nullptr};
}

int order_of(BuildFileKind kind) {
  switch (kind) {
    case BuildFileKind::compose:
      return 0;
    case BuildFileKind::bake:
      return 1;
    case BuildFileKind::makefile:
      return 2;
    case BuildFileKind::script:
      return 3;
    case BuildFileKind::workflow:
      return 4;
    case BuildFileKind::gitlab:
      return 5;
  }
  return 6;
}

std::string context_of(const Build& build, const std::string& base) {
  if (!build.context.complete || build.context_kind == BuildContextKind::input) return {};
  // A workflow that names no directory builds the commit, in which paths count as in a checkout of it.
  if (is_absolute(build.context.text) || is_remote_context(build.context.text)) return {};
  std::string context = join_path(base, build.context.text);
  return context.starts_with("..") ? std::string() : context;
}

BuildOrigin origin_of(const DockerfileBuild& each, const LineIndex& lines, Span span, std::string_view root) {
  return {root.empty() ? each.file->path : join_path(root, each.file->path),
          lines.position(each.file->text, span.begin, Encoding::utf8), each.build->name};
}

}  // namespace

std::vector<DockerfileBuild> builds_of(const ProjectBuildFiles& files, std::string_view dockerfile) {
  std::vector<DockerfileBuild> found;
  for (const std::shared_ptr<const ProjectBuildFile>& file : files) {
    for (const Build& build : file->file.builds) {
      const bool over = is_laid_over(*file, build);
      const auto [owner, whole] = over ? build_below(files, *file, build) : std::pair(file.get(), &build);
      if (whole == nullptr) continue;
      if (whole->context_kind == BuildContextKind::remote && is_remote_context(whole->context.text)) continue;
      const std::vector<std::string> bases = bases_of(*owner);
      const std::vector<std::string> paths = dockerfiles_of(*owner, *whole);
      const auto place = std::find(paths.begin(), paths.end(), dockerfile);
      if (place == paths.end()) continue;
      const std::string& base = bases[static_cast<std::size_t>(place - paths.begin())];
      found.push_back({file.get(), &build, context_of(*whole, base)});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const DockerfileBuild& a, const DockerfileBuild& b) {
    return order_of(a.file->file.kind) < order_of(b.file->file.kind);
  });
  return found;
}

std::vector<std::string> dockerfiles_of(const ProjectBuildFile& file, const Build& build) {
  std::vector<std::string> paths;
  if (!build.dockerfile.complete || build.dockerfile.text.empty() || is_laid_over(file, build)) return paths;
  for (const std::string& base : bases_of(file)) paths.push_back(join_path(base, build.dockerfile.text));
  return paths;
}

BuildEvidence evidence_of(std::span<const DockerfileBuild> builds, std::string_view root) {
  BuildEvidence evidence;
  std::string believed;  // the context
  for (const DockerfileBuild& each : builds) {
    if (believed.empty()) believed = each.context;
    const LineIndex lines(each.file->text);
    evidence.builds.push_back(origin_of(each, lines, each.build->span, root));
    if (evidence.context_reason.empty() && !each.context.empty()) {
      evidence.context_reason = fmt::format("`{}` line {} ({}) says so.", each.file->path,
                                            evidence.builds.back().place.line + 1, each.build->name);
    }
    if (const std::optional<BuildText>& target = each.build->target) {
      if (!target->known() || each.context.empty() || each.context != believed)
        evidence.any_target = true;
      else if (std::find(evidence.targets.begin(), evidence.targets.end(), target->text) == evidence.targets.end())
        evidence.targets.push_back(target->text);
    }
    for (const BuildArgument& argument : each.build->arguments) {
      PassedArgument passed{.name = argument.name, .origin = origin_of(each, lines, argument.name_span, root)};
      if (argument.value) {
        passed.per_build = argument.value->per_build;
        if (argument.value->known()) passed.value = argument.value->text;
      }
      evidence.arguments.push_back(std::move(passed));
    }
  }
  return evidence;
}

}  // namespace keyline::analysis
