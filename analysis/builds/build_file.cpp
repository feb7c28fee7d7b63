#include "analysis/builds/build_file.h"

#include <algorithm>

#include "analysis/builds/bake.h"
#include "analysis/builds/compose.h"
#include "analysis/builds/makefile.h"
#include "analysis/builds/workflow.h"
#include "analysis/text/ascii.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// Nobody writes longer ones by hand.
constexpr std::size_t largest = std::size_t{1} << 20U;

bool is_yaml(std::string_view name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

}  // namespace

std::optional<BuildFileKind> build_file_kind(std::string_view path) {
  const std::string name = to_lower(base_name(path));
  // An override file says what is different from the file that it stands beside, and is no build by itself.
  if (name.find(".override.") != std::string::npos) return std::nullopt;
  if (is_yaml(name) && (name.starts_with("compose.") || name.starts_with("docker-compose")))
    return BuildFileKind::compose;
  if (name.starts_with("docker-bake") && (name.ends_with(".hcl") || name.ends_with(".json")))
    return BuildFileKind::bake;
  const std::string_view folder = path.substr(0, path.size() - name.size());
  if (is_yaml(name) && folder.ends_with(".github/workflows/")) return BuildFileKind::workflow;
  if (name == ".gitlab-ci.yml" || name == ".gitlab-ci.yaml") return BuildFileKind::gitlab;
  if (name == "makefile" || name == "gnumakefile" || name.ends_with(".mk")) return BuildFileKind::makefile;
  if (name.ends_with(".sh") || name.ends_with(".bash")) return BuildFileKind::script;
  return std::nullopt;
}

BuildFile read_build_file(BuildFileKind kind, std::string_view text, const BuildVariables& variables) {
  if (text.size() > largest) return {kind, "larger than 1 MiB", {}};
  switch (kind) {
    case BuildFileKind::compose:
      return read_compose(text, variables);
    case BuildFileKind::bake:
      return read_bake(text);
    case BuildFileKind::workflow:
      return read_workflow(text);
    case BuildFileKind::gitlab:
      return read_gitlab(text);
    case BuildFileKind::makefile:
      return read_makefile(text);
    case BuildFileKind::script:
      return read_script(text);
  }
  return {kind, {}, {}};
}

BuildVariables read_variables(std::string_view text) {
  BuildVariables variables;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.starts_with("export ")) line.remove_prefix(7);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    std::string_view value = line.substr(equals + 1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    variables[std::string(line.substr(0, equals))] = value;
  }
  return variables;
}

}  // namespace keyline::analysis
