#include "analysis/explain/contract.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/context/source_match.h"
#include "analysis/navigate/dockerfile_names.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view head =
    "# What may re-run the installs of this project. `keyline check --contract` fails when one of them comes to depend "
    "on\n"
    "# more; with --update it writes this file anew.\n";

std::string stage_name(const Model& model, StageId stage) {
  const std::string& name = model.stages[stage].name;
  return name.empty() ? fmt::format("stage {}", stage) : name;
}

// Sources that the step takes from the context itself; "" stands for one that is not known.
std::set<std::string, std::less<>> sources_of(const Step& step) {
  std::set<std::string, std::less<>> sources;
  for (const Origin& origin : step.origins) {
    if (origin.kind != Origin::Kind::context) continue;
    if (origin.paths.empty()) sources.insert(".");
    for (const Value& path : origin.paths) sources.insert(path.known ? clean_source(path.text) : path.text);
  }
  return sources;
}

// What follows when the sources that a step reads, or an argument, are other ones.
struct Influence {
  std::set<std::string, std::less<>> names;
  StepId step = none;  // that reads the sources
  std::vector<StepEffect> effects;
};

std::vector<Influence> influences_of_readers(const Model& model) {
  std::vector<Influence> influences;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    std::set<std::string, std::less<>> sources = sources_of(model.steps[id]);
    if (sources.empty()) continue;
    const Change change{.steps = {id}, .paths = {}, .variables = {}, .base_images = {}};
    influences.push_back({std::move(sources), id, invalidate(model, change)});
  }
  return influences;
}

std::vector<Influence> influences_of_arguments(const Snapshot& snapshot) {
  std::vector<Influence> influences;
  for (const DockerfileName& each : names_of(snapshot.tree).arguments)
    influences.push_back(
        {{each.name}, none, invalidate(snapshot.model, change_of_argument(snapshot.model, each.name))});
  return influences;
}

bool covers(const std::string& recorded, const std::string& present) {
  return recorded == "." || recorded == present || is_within(present, recorded);
}

// The names that `present` has and `recorded` does not cover.
template <class Covered>
std::vector<std::string> more(const std::set<std::string, std::less<>>& recorded,
                              const std::set<std::string, std::less<>>& present, const Covered& covered) {
  std::vector<std::string> added;
  for (const std::string& each : present) {
    const bool held =
        std::any_of(recorded.begin(), recorded.end(), [&](const auto& old) { return covered(old, each); });
    if (!held) added.push_back("`" + each + "`");
  }
  return added;
}

std::string words(std::string_view kind, const std::vector<std::string>& names) {
  constexpr std::size_t most = 4;
  const std::vector<std::string> shown(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
  std::string text = fmt::format("{}{} {}", kind, names.size() == 1 ? "" : "s", fmt::join(shown, ", "));
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

}  // namespace

std::vector<StepContract> contract_of(const Snapshot& snapshot, std::string_view dockerfile) {
  const Model& model = snapshot.model;
  std::vector<StepContract> contract;
  if (std::none_of(snapshot.runs.begin(), snapshot.runs.end(),
                   [](const auto& run) { return run && !run->installs.empty(); }))
    return contract;
  const std::vector<Influence> readers = influences_of_readers(model);
  const std::vector<Influence> arguments = influences_of_arguments(snapshot);
  std::map<std::pair<StageId, std::string>, int> seen;
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    const RunText* run = step.item < snapshot.runs.size() ? snapshot.runs[step.item].get() : nullptr;
    if (run == nullptr || step.onbuild || run->installs.empty()) continue;
    std::string title;
    for (const Install& install : run->installs) {
      if (title.find(install.title) == std::string::npos) title += (title.empty() ? "" : " + ") + install.title;
    }
    const int number = ++seen[{step.stage, title}];
    if (number > 1) title += fmt::format(" ({})", number);
    const Span line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(step.span.begin));
    contract.push_back(
        {std::string(dockerfile), stage_name(model, step.stage), title, {}, {}, {step.span.begin, line.end}});
    StepContract& made = contract.back();
    // What another step reads counts as far as that step can re-run this one.
    for (const Influence& each : readers) {
      if (each.step == id || each.effects[id].effect != Effect::unaffected)
        made.files.insert(each.names.begin(), each.names.end());
    }
    for (const Influence& each : arguments) {
      if (each.effects[id].effect != Effect::unaffected) made.arguments.insert(each.names.begin(), each.names.end());
    }
  }
  return contract;
}

std::string write_contract(const std::vector<StepContract>& steps) {
  std::string text(head);
  for (const StepContract& step : steps) {
    text += fmt::format("\n{} | {} | {}\n", step.dockerfile, step.stage, step.step);
    for (const std::string& file : step.files) text += fmt::format("  file {}\n", file);
    for (const std::string& argument : step.arguments) text += fmt::format("  argument {}\n", argument);
  }
  return text;
}

ReadContract read_contract(std::string_view text) {
  ReadContract contract;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const bool indented = line.front() == ' ';
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t first = line.find(" | ");
    const std::size_t second = first == std::string_view::npos ? first : line.find(" | ", first + 3);
    if (!indented && second != std::string_view::npos) {
      contract.steps.push_back({std::string(line.substr(0, first)),
                                std::string(line.substr(first + 3, second - first - 3)),
                                std::string(line.substr(second + 3)),
                                {},
                                {},
                                {}});
    } else if (indented && !contract.steps.empty() && line.starts_with("file ")) {
      contract.steps.back().files.emplace(line.substr(5));
    } else if (indented && !contract.steps.empty() && line.starts_with("argument ")) {
      contract.steps.back().arguments.emplace(line.substr(9));
    } else {
      contract.faults.push_back(
          fmt::format("line {}: `DOCKERFILE | STAGE | STEP`, `  file PATH` or `  argument NAME` is expected", number));
    }
  }
  return contract;
}

std::vector<Widening> widenings(const std::vector<StepContract>& recorded, const std::vector<StepContract>& present) {
  std::vector<Widening> found;
  for (const StepContract& step : present) {
    const auto old = std::find_if(recorded.begin(), recorded.end(), [&](const StepContract& each) {
      return each.dockerfile == step.dockerfile && each.stage == step.stage && each.step == step.step;
    });
    if (old == recorded.end()) {
      found.push_back({step.span, fmt::format("`{}` is not in the contract yet", step.step)});
      continue;
    }
    std::string added;
    if (const auto files = more(old->files, step.files, covers); !files.empty()) added = words("file", files);
    const auto arguments = more(old->arguments, step.arguments, std::equal_to<>());
    if (!arguments.empty()) added += (added.empty() ? "" : " and on ") + words("argument", arguments);
    if (!added.empty())
      found.push_back(
          {step.span, fmt::format("`{}` comes to depend on {}, which the contract does not hold", step.step, added)});
  }
  return found;
}

}  // namespace keyline::analysis
