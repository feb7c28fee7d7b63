#include "tests/conformance/oracle.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/cache/builder_cache.h"
#include "analysis/cache/cause.h"
#include "analysis/context/listed_context.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/line_index.h"

namespace keyline::conformance {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;
using analysis::Outcome;
using CauseKind = analysis::MissCause::Kind;
using nlohmann::json;

std::string bytes_of_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  return bytes;
}

std::shared_ptr<const analysis::BuildContext> context_of(const json& files, const std::string& dockerignore) {
  analysis::ListedContext::Source source;
  source.dockerignore = analysis::Dockerignore(dockerignore);
  for (const auto& [path, file] : files.items()) {
    ContextEntry entry;
    entry.path = path;
    if (file.contains("symlink")) {
      entry.kind = EntryKind::symlink;
      entry.mode = 0777;
      entry.target = file["symlink"].get<std::string>();
    } else if (file.contains("dir")) {
      entry.kind = EntryKind::directory;
      entry.mode = 0755;
    } else {
      const std::string bytes = file.contains("base64") ? bytes_of_base64(file["base64"].get<std::string>())
                                                        : file["content"].get<std::string>();
      entry.mode = 0644;
      entry.size = bytes.size();
      entry.content = analysis::hash_content(bytes);
    }
    if (file.contains("mode"))
      entry.mode = static_cast<std::uint32_t>(std::stoul(file["mode"].get<std::string>(), nullptr, 8));
    source.entries.push_back(std::move(entry));
  }
  return std::make_shared<analysis::ListedContext>(std::move(source));
}

// An image of the cases is told by its name and revision; everything else of it is configuration.
analysis::ImageConfig image_of(const std::string& name, const json& spec) {
  analysis::ImageConfig image;
  const json environment = spec.value("env", json::object());
  for (const auto& [variable, value] : environment.items())
    image.environment.emplace_back(variable, value.get<std::string>());
  image.user = spec.value("user", "");
  image.workdir = spec.value("workdir", "");
  image.layers = name + " " + spec.value("rev", "1");
  image.digest = image.layers + " " + spec.dump();
  const json triggers = spec.value("onbuild", json::array());
  for (const json& trigger : triggers) image.onbuild.push_back(trigger.get<std::string>());
  return image;
}

// One build of a case, read.
class CaseBuild {
 public:
  CaseBuild(json state, json& registry) {
    for (auto entry = state.begin(); entry != state.end();) entry = entry->is_null() ? state.erase(entry) : ++entry;
    json files = state.value("context", json::object());
    const std::string dockerfile = state.at("dockerfile").get<std::string>();
    files["Dockerfile"] = {{"content", dockerfile}};
    std::string ignore = state.value("dockerignore", "");
    if (state.contains("dockerignore")) files[".dockerignore"] = {{"content", ignore}};
    if (const auto own = files.find("Dockerfile.dockerignore"); own != files.end())
      ignore = own->at("content").get<std::string>();
    context_ = context_of(files, ignore);
    const json contexts = state.value("contexts", json::object());
    for (const auto& [name, entries] : contexts.items()) {
      const auto own = entries.find(".dockerignore");
      named_[name] = context_of(entries, own == entries.end() ? "" : own->at("content").get<std::string>());
      options_.named_contexts[name] = "";
    }
    options_.platform = "linux/amd64";
    options_.target = state.value("target", "");
    const json arguments = state.value("args", json::object());
    for (const auto& [name, value] : arguments.items()) options_.arguments[name] = value.get<std::string>();
    // Tags stay where they were until a state moves them.
    const json images = state.value("images", json::object());
    for (const auto& [name, spec] : images.items()) registry[name] = spec;
    for (const auto& [name, spec] : registry.items()) {
      for (const std::string& reference : {name, "docker.io/library/" + name, "library/" + name})
        options_.images[reference] = image_of(name, spec);
    }
    tree_ = analysis::parse(std::make_shared<const std::string>(dockerfile));
    model_ = analysis::build_model(tree_, options_);
    // A tag that a case does not describe is one that an earlier case left in the registry.
    bool left = false;
    for (const analysis::Stage& stage : model_.stages) {
      if (stage.base_stage != analysis::none || stage.scratch || !stage.digest.empty()) continue;
      left = true;
      options_.images[stage.base.text] = image_of(stage.base.text, {{"rev", "of an earlier case"}});
    }
    if (left) model_ = analysis::build_model(tree_, options_);
  }

  analysis::BuildView view() const { return {tree_, model_, *context_, options_, named_}; }

  // 1-based first line of a step's instruction.
  int line_of(analysis::StepId step) const {
    const analysis::LineIndex lines(*tree_.text);
    return static_cast<int>(lines.line_at(model_.steps[step].span.begin)) + 1;
  }
  std::optional<analysis::StepId> step_at(int line) const {
    for (analysis::StepId step = 0; step < model_.steps.size(); ++step) {
      const bool counts = model_.steps[step].op == analysis::Op::exec || model_.steps[step].op == analysis::Op::file;
      if (counts && line_of(step) == line) return step;
    }
    return std::nullopt;
  }
  const analysis::Model& model() const { return model_; }

 private:
  std::shared_ptr<const analysis::BuildContext> context_;
  analysis::NamedContexts named_;
  analysis::BuildOptions options_;
  analysis::SyntaxTree tree_;
  analysis::Model model_;
};

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::cached:
      return "cached";
    case Outcome::if_content_differs:
      return "if content differs";
    case Outcome::unknown:
      return "unknown";
    case Outcome::reruns:
      return "reruns";
  }
  return "";
}

// The steps whose files nobody can know before this build: RUNs that ran, images that were not seen before, and all
// that stands on them or takes files from them.
std::vector<bool> decided_by_running(const analysis::Model& model, const std::vector<bool>& ran,
                                     const std::vector<analysis::StepForecast>& forecasts) {
  std::vector<bool> open(model.steps.size());
  for (analysis::StepId id = 0; id < model.steps.size(); ++id) {
    const analysis::Step& step = model.steps[id];
    if (step.op == analysis::Op::exec || step.keyword == analysis::Keyword::add) open[id] = ran[id];
    if (step.op == analysis::Op::image) open[id] = forecasts[id].outcome != Outcome::cached;
    if (step.parent != analysis::none && open[step.parent]) open[id] = true;
    for (const analysis::Origin& origin : step.origins) {
      const analysis::StepId last =
          origin.stage == analysis::none ? analysis::none : model.stages[origin.stage].last_op;
      if (origin.kind == analysis::Origin::Kind::image || (last != analysis::none && open[last])) open[id] = true;
    }
  }
  return open;
}

bool agrees(Outcome ours, bool cached, bool open) {
  if (ours == Outcome::if_content_differs) return open;
  return ours == (cached ? Outcome::cached : Outcome::reruns);
}

// What a category changes, as the causes that may truly be the first: of the steps that re-run for no other's sake.
const std::map<std::string, std::set<CauseKind>, std::less<>>& causes_by_category() {
  using enum analysis::MissCause::Kind;
  static const std::map<std::string, std::set<CauseKind>, std::less<>> known = {
      {"ctx-", {files}},
      {"ctx-source-moved", {files, instruction}},
      {"ign-", {files}},
      {"nochange", {}},
      {"secret-value", {}},
      {"arg-", {variable, order}},
      {"arg-in-from", {base_image, variable}},
      {"arg-undeclared", {}},
      {"df-arg-default", {variable, order, base_image}},
      {"df-case", {}},
      {"df-comment", {}},
      {"df-copy-", {instruction}},
      {"df-copy-source-style", {instruction, files}},
      {"df-delete-meta", {variable, order, user, shell, workdir, files, instruction}},
      {"df-delete-step", {instruction, new_step, files, workdir}},
      {"df-directive", {instruction}},
      {"df-env-", {variable, order}},
      {"df-exec-shell", {instruction}},
      {"df-flag-order", {instruction}},
      {"df-heredoc", {instruction}},
      {"df-inline-var", {instruction, variable}},
      {"df-insert-arg", {variable, order}},
      {"df-insert-env", {variable, order}},
      {"df-insert-meta", {}},
      {"df-insert-run", {new_step, instruction}},
      {"df-insert-copy", {new_step, instruction}},
      {"df-insert-shell", {shell}},
      {"df-insert-user", {user}},
      {"df-insert-workdir", {new_step, instruction}},
      {"df-link", {instruction, new_step}},
      {"df-link-above", {instruction, new_step}},
      {"df-meta-value", {}},
      {"df-move-meta", {variable, order, user, shell}},
      {"df-quotes", {instruction}},
      {"df-reflow", {instruction}},
      {"df-rename-stage", {}},
      {"df-reorder", {instruction, new_step, variable, order, user, workdir, shell}},
      {"df-run-text", {instruction}},
      {"df-user-value", {user}},
      {"df-var-copy", {variable, instruction}},
      {"df-whitespace", {instruction}},
      {"df-workdir-value", {instruction, workdir, new_step}},
      {"image-", {base_image, variable, order, user, workdir, instruction}},
      {"mount-", {instruction, files}},
      {"stage-", {instruction, new_step, variable, order, files, base_image}},
      {"target-change", {variable, new_step, base_image}},
  };
  return known;
}

class CaseReplay {
 public:
  CaseReplay(const json& test, Agreement& agreement, OracleCounts& counts)
      : test_(test), agreement_(agreement), counts_(counts), category_(test.at("category").get<std::string>()) {}

  void run() {
    agreement_.begin_file(test_.at("id").get<std::string>());
    const json& truth = test_.at("truth");
    if (const auto prior = test_.find("prior"); prior != test_.end() && prior->is_array()) {
      for (std::size_t i = 0; i < prior->size(); ++i)
        compare((*prior)[i], truth.at("prior")[i], fmt::format("prior {}", i));
    }
    compare(test_.at("before"), truth.at("before"), "before");
    compare(test_.at("after"), truth.at("after"), "after");
  }

 private:
  void compare(const json& state, const json& steps, const std::string& when) {
    builds_.push_back(std::make_unique<CaseBuild>(state, registry_));
    const CaseBuild& build = *builds_.back();
    const std::vector<analysis::StepForecast> forecasts = cache_.add(build.view());
    if (when == "after") compare_causes(build, forecasts);
    past_.push_back(build.view());
    std::size_t needed = 0;
    for (analysis::StepId step = 0; step < forecasts.size(); ++step) {
      const analysis::Op op = build.model().steps[step].op;
      if (forecasts[step].needed && op != analysis::Op::image) ++needed;
    }
    std::vector<bool> ran(forecasts.size());
    for (const json& step : steps) {
      if (const auto found = build.step_at(step.at("line").get<int>())) ran[*found] = !step.at("cached").get<bool>();
    }
    const std::vector<bool> open = decided_by_running(build.model(), ran, forecasts);
    std::string difference;
    if (needed != steps.size()) difference = fmt::format("{}: {} steps, not {}", when, needed, steps.size());
    for (const json& step : steps) {
      const int line = step.at("line").get<int>();
      const auto found = build.step_at(line);
      if (!found || !forecasts[*found].needed) {
        difference = fmt::format("{}: no step on line {}", when, line);
        continue;
      }
      const analysis::StepForecast& forecast = forecasts[*found];
      const bool cached = step.at("cached").get<bool>();
      bool right = agrees(forecast.outcome, cached, open[*found]);
      if (right && step.contains("merge_cached"))
        right = agrees(forecast.merge, step["merge_cached"].get<bool>(), open[*found]);
      if (!right && difference.empty())
        difference = fmt::format("{}: line {}: {} where BuildKit {} [{}]", when, line, name_of(forecast.outcome),
                                 cached ? "reused it" : "ran it", test_.at("note").get<std::string>());
      ++counts_.steps;
      if (!right) ++counts_.wrong;
      if (forecast.outcome == Outcome::if_content_differs) ++counts_.left_open;
    }
    agreement_.compare(category_, difference.empty(), difference);
  }

  // Every step that is not surely reused has a first cause, and it is of the kind that was changed.
  void compare_causes(const CaseBuild& build, const std::vector<analysis::StepForecast>& forecasts) {
    const std::set<CauseKind>* allowed = nullptr;
    for (const auto& [prefix, kinds] : causes_by_category()) {
      if (category_.starts_with(prefix)) allowed = &kinds;  // the longest comes last
    }
    if (allowed == nullptr) return;
    const std::vector<analysis::MissCause> causes = analysis::causes_of(build.view(), past_, forecasts);
    std::string difference;
    for (analysis::StepId step = 0; step < causes.size(); ++step) {
      if (!forecasts[step].needed || forecasts[step].outcome == Outcome::cached) continue;
      const analysis::MissCause& first = causes[analysis::first_step(causes, step)];
      // `COPY .` takes the Dockerfile along, so editing that is a change of files too.
      const bool itself = std::any_of(first.files.begin(), first.files.end(), [](const analysis::FileChange& file) {
        return file.path == "Dockerfile" || file.path.ends_with(".dockerignore");
      });
      if (!itself && !allowed->contains(first.kind))
        difference = fmt::format(
            "line {}: cause {} ({}) of line {} [{}]", build.line_of(step), static_cast<int>(first.kind), first.label,
            build.line_of(analysis::first_step(causes, step)), test_.at("note").get<std::string>());
      if (first.kind == CauseKind::files && first.files.empty())
        difference = fmt::format("line {}: no file is named", build.line_of(step));
    }
    agreement_.compare("first causes", difference.empty(), category_ + ": " + difference);
  }

  const json& test_;
  Agreement& agreement_;
  OracleCounts& counts_;
  std::string category_;
  json registry_ = json::object();
  analysis::BuilderCache cache_;
  std::vector<std::unique_ptr<CaseBuild>> builds_;
  std::vector<analysis::BuildView> past_;
};

}  // namespace

bool replay_oracle(const std::filesystem::path& cases, Agreement& agreement, OracleCounts& counts) {
  std::ifstream file(cases);
  if (!file) return false;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty()) CaseReplay(json::parse(line), agreement, counts).run();
  }
  return true;
}

}  // namespace keyline::conformance
