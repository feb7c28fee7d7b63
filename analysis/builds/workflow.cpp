#include "analysis/builds/workflow.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "analysis/builds/build_command.h"
#include "analysis/builds/data_node.h"
#include "analysis/builds/per_build.h"
#include "analysis/text/path.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view own_builder_action = "depot/build-push-action@";  // brings a builder that stays
constexpr std::array<std::string_view, 2> build_actions{"docker/build-push-action@", own_builder_action};

class WorkflowReader {
 public:
  WorkflowReader(std::string_view text, const DataNode& root) : text_(text), root_(root) {}

  std::vector<Build> read() {
    const DataNode* jobs = root_.find("jobs");
    if (jobs != nullptr) {
      for (const auto& [name, job] : jobs->members) read_job(name.value.text, job);
    }
    // A composite action has its steps in another place.
    if (const DataNode* runs = root_.find("runs")) read_steps("the action", *runs, *runs);
    return std::move(builds_);
  }

 private:
  void read_job(const std::string& name, const DataNode& job) {
    const DataNode* strategy = job.find("strategy");
    repeated_ = strategy != nullptr && strategy->find("matrix") != nullptr;
    const DataNode* machine = job.find("runs-on");
    hosted_ = machine != nullptr && is_hosted(machine->value.text) && !has_own_builder(job);
    read_steps("job " + name, job, job);
    repeated_ = hosted_ = false;
  }

  void read_steps(const std::string& name, const DataNode& job, const DataNode& owner) {
    const DataNode* steps = owner.find("steps");
    if (steps == nullptr) return;
    for (const DataNode& step : steps->items) {
      scopes_ = {step.find("env"), job.find("env"), root_.find("env")};
      const std::size_t before = builds_.size();
      if (const DataNode* uses = step.find("uses"); uses != nullptr && is_build_action(uses->value.text)) {
        builds_.push_back(read_action(*uses, step.find("with")));
      } else if (const DataNode* run = step.find("run"); run != nullptr && run->is_scalar()) {
        read_run(*run, step);
      }
      for (std::size_t i = before; i < builds_.size(); ++i) {
        Build& build = builds_[i];
        build.name = build.name.empty() ? name : name + ": " + build.name;
        build.throwaway = hosted_ && !slice(text_, build.span).starts_with(own_builder_action);
        build.repeated = build.repeated || repeated_;
      }
    }
  }

  // The labels of the machines that GitHub makes anew for each job.
  static bool is_hosted(std::string_view label) {
    return label.starts_with("ubuntu-") || label.starts_with("windows-") || label.starts_with("macos-");
  }

  // A builder that stays where it is keeps its cache, whatever machine asks it.
  static bool has_own_builder(const DataNode& job) {
    const DataNode* steps = job.find("steps");
    if (steps == nullptr) return false;
    return std::any_of(steps->items.begin(), steps->items.end(), [](const DataNode& step) {
      const DataNode* uses = step.find("uses");
      const DataNode* with = step.find("with");
      if (uses == nullptr || with == nullptr || !uses->value.text.starts_with("docker/setup-buildx-action@"))
        return false;
      const DataNode* driver = with->find("driver");
      const bool local =
          driver == nullptr || driver->value.text == "docker" || driver->value.text == "docker-container";
      return !local || with->find("endpoint") != nullptr || with->find("append") != nullptr;
    });
  }

  static bool is_build_action(std::string_view uses) {
    return std::any_of(build_actions.begin(), build_actions.end(),
                       [&](std::string_view each) { return uses.starts_with(each); });
  }

  // Puts `env.NAME` in where the workflow sets it; every other expression stays, and is open.
  BuildText resolved(std::string_view raw, Span span, int left = 4) const {
    BuildText made{.span = span};
    for (std::size_t i = 0; i < raw.size();) {
      if (!raw.substr(i).starts_with("${{")) {
        made.text += raw[i++];
        continue;
      }
      const std::size_t close = raw.find("}}", i);
      const std::size_t end = close == std::string_view::npos ? raw.size() : close + 2;
      const std::string_view whole = raw.substr(i, end - i);
      const std::string_view inner = trim_space(whole.substr(3, whole.size() - std::min<std::size_t>(whole.size(), 5)));
      const std::optional<std::string> value = left > 0 ? environment(inner) : std::nullopt;
      if (value) {
        BuildText nested = resolved(*value, span, left - 1);
        made.text += nested.text;
        made.complete = made.complete && nested.complete;
        made.open.insert(made.open.end(), nested.open.begin(), nested.open.end());
        if (made.per_build.empty()) made.per_build = std::move(nested.per_build);
      } else {
        made.text += whole;
        made.complete = false;
        made.open.emplace_back(whole);
        if (made.per_build.empty() && expression_per_build(inner)) made.per_build = whole;
      }
      i = end;
    }
    return made;
  }

  std::optional<std::string> environment(std::string_view expression) const {
    if (!expression.starts_with("env.")) return std::nullopt;
    for (const DataNode* scope : scopes_) {
      if (scope == nullptr) continue;
      const DataNode* value = scope->find(expression.substr(4));
      if (value != nullptr && value->is_scalar()) return value->value.text;
    }
    return std::nullopt;
  }

  BuildText input(const DataNode* with, std::string_view name) const {
    const DataNode* node = with == nullptr ? nullptr : with->find(name);
    if (node == nullptr || !node->is_scalar()) return {};
    return resolved(node->value.text, node->span);
  }

  // An input that takes one value a line, each with its own place.
  std::vector<BuildText> lines(const DataNode* with, std::string_view name, bool commas) const {
    std::vector<BuildText> found;
    const DataNode* node = with == nullptr ? nullptr : with->find(name);
    if (node == nullptr || !node->is_scalar()) return found;
    const std::string_view all = node->value.text;
    for (std::size_t at = 0; at < all.size();) {
      std::size_t end = std::min(all.find('\n', at), all.size());
      if (commas) end = std::min(end, all.find(',', at));
      const std::string_view line = trim_space(all.substr(at, end - at));
      if (!line.empty()) {
        const auto skipped = static_cast<std::size_t>(line.data() - all.data());
        const Span span{offset_in_file(text_, *node, skipped), offset_in_file(text_, *node, skipped + line.size())};
        found.push_back(resolved(line, span));
      }
      at = end + 1;
    }
    return found;
  }

  Build read_action(const DataNode& uses, const DataNode* with) const {
    Build build;
    build.span = uses.span;
    BuildText context = input(with, "context");
    const bool revision = context.text.empty() || context.text.find("defaultContext") != std::string::npos;
    BuildText file = input(with, "file");
    if (revision) {
      // The commit itself, or a folder of it, as a checkout of it would be.
      const std::size_t colon = context.text.rfind("}}:");
      context = BuildText{.text = colon == std::string::npos ? "." : context.text.substr(colon + 3),
                          .span = context.text.empty() ? uses.span : context.span};
    }
    set_paths(build, ".", std::move(context), std::move(file), false);
    if (revision) build.context_kind = BuildContextKind::remote;
    if (const BuildText target = input(with, "target"); !target.text.empty()) build.target = target;
    for (BuildText& line : lines(with, "build-args", false)) build.arguments.push_back(argument_of(std::move(line)));
    for (BuildText& line : lines(with, "build-contexts", false)) {
      const std::size_t equals = line.text.find('=');
      if (equals == std::string::npos) continue;
      std::string name = line.text.substr(0, equals);
      line.text.erase(0, equals + 1);
      build.contexts.push_back({std::move(name), std::move(line)});
    }
    for (const auto& [key, into] : {std::pair{"cache-from", &build.cache_from}, {"cache-to", &build.cache_to}}) {
      for (const BuildText& line : lines(with, key, false)) {
        into->push_back(read_cache_backend(line.text, line.span));
        into->back().understood = into->back().understood && line.complete;
      }
    }
    build.platforms = lines(with, "platforms", true);
    for (const BuildText& line : lines(with, "secrets", false))
      build.secrets.push_back(line.text.substr(0, line.text.find('=')));
    const BuildText no_cache = input(with, "no-cache");
    if (no_cache.text == "true") build.no_cache = no_cache.span;
    build.no_cache_filter = lines(with, "no-cache-filters", true);
    return build;
  }

  static BuildArgument argument_of(BuildText line) {
    const std::size_t equals = line.text.find('=');
    BuildArgument argument{line.text.substr(0, equals), line.span, std::nullopt};
    if (equals == std::string::npos) return argument;
    line.text.erase(0, equals + 1);
    argument.value = std::move(line);
    return argument;
  }

  void read_run(const DataNode& run, const DataNode& step) {
    // To a shell an expression is text of the workflow; as a variable of its length it keeps all places.
    std::string script = run.value.text;
    for (std::size_t at = script.find("${{"); at != std::string::npos; at = script.find("${{", at + 1)) {
      const std::size_t end = script.find("}}", at);
      if (end == std::string::npos) break;
      std::fill(script.begin() + static_cast<std::ptrdiff_t>(at + 2),
                script.begin() + static_cast<std::ptrdiff_t>(end + 1), '_');
    }
    const BuildText directory = input(&step, "working-directory");
    CommandText commands{script, [&](std::size_t at) { return offset_in_file(text_, run, at); }};
    for (Build& build : builds_of_commands(commands)) {
      restore_expressions(build);
      if (!directory.text.empty()) move_to(build, directory);
      builds_.push_back(std::move(build));
    }
  }

  // Puts the expressions back that read_run() covered.
  void restore_expressions(Build& build) const {
    const auto restore = [&](BuildText& value) {
      if (value.text.find("${_") == std::string::npos) return;
      const std::string_view raw = slice(text_, value.span);
      const std::size_t equals = raw.find('=');
      const bool argument = equals != std::string_view::npos && value.text.find('=') == std::string::npos;
      std::string_view written = argument ? raw.substr(equals + 1) : raw;
      while (!written.empty() && (written.back() == '"' || written.back() == '\'')) written.remove_suffix(1);
      while (!written.empty() && (written.front() == '"' || written.front() == '\'')) written.remove_prefix(1);
      value = resolved(written, value.span);
    };
    restore(build.context);
    restore(build.dockerfile);
    if (build.target) restore(*build.target);
    for (BuildArgument& argument : build.arguments)
      if (argument.value) restore(*argument.value);
  }

  static void move_to(Build& build, const BuildText& directory) {
    for (BuildText* path : {&build.context, &build.dockerfile}) {
      if (build.context_kind == BuildContextKind::directory && !is_absolute(path->text))
        path->text = join_path(directory.text, path->text);
      path->complete = path->complete && directory.complete;
    }
  }

  std::string_view text_;
  const DataNode& root_;
  std::vector<Build> builds_;
  std::array<const DataNode*, 3> scopes_{};
  bool repeated_ = false;
  bool hosted_ = false;
};

// Keys of .gitlab-ci.yml that are no jobs.
constexpr std::array<std::string_view, 9> gitlab_keys{"stages",   "variables", "include", "workflow", "image",
                                                      "services", "cache",     "pages",   "spec"};

class GitlabReader {
 public:
  explicit GitlabReader(std::string_view text) : text_(text) {}

  std::vector<Build> read(const DataNode& root) {
    for (const auto& [name, job] : root.members) {
      if (std::find(gitlab_keys.begin(), gitlab_keys.end(), name.value.text) != gitlab_keys.end()) continue;
      const std::size_t before = builds_.size();
      directory_ = ".";
      for (const std::string_view part : {"before_script", "script", "after_script"}) {
        if (const DataNode* script = job.find(part)) read_script(*script);
      }
      for (std::size_t i = before; i < builds_.size(); ++i) {
        builds_[i].name = fmt::format("job {}: {}", name.value.text, builds_[i].name);
        builds_[i].repeated = builds_[i].repeated || job.find("parallel") != nullptr;
      }
    }
    return std::move(builds_);
  }

 private:
  // The lines of a job are one script; lists may stand in lists, where anchors bring them together.
  void read_script(const DataNode& script) {
    if (script.is_scalar()) {
      const auto place = [&](std::size_t at) { return offset_in_file(text_, script, at); };
      for (Build& build : builds_of_commands({script.value.text, place}, directory_))
        builds_.push_back(std::move(build));
    }
    for (const DataNode& line : script.items) read_script(line);
  }

  std::string_view text_;
  std::string directory_;
  std::vector<Build> builds_;
};

}  // namespace

BuildFile read_workflow(std::string_view text) {
  const DataDocument document = read_yaml(text);
  return {BuildFileKind::workflow, document.fault, WorkflowReader(text, document.root).read()};
}

BuildFile read_gitlab(std::string_view text) {
  const DataDocument document = read_yaml(text);
  return {BuildFileKind::gitlab, document.fault, GitlabReader(text).read(document.root)};
}

}  // namespace keyline::analysis
