#include "tests/corpus/image.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/context/source_match.h"
#include "analysis/syntax/expand.h"
#include "analysis/text/path.h"

namespace keyline::corpus {

namespace {

using analysis::Definition;
using analysis::Flag;
using analysis::Instruction;
using analysis::Keyword;
using analysis::Model;
using analysis::Mount;
using analysis::none;
using analysis::Op;
using analysis::Origin;
using analysis::ShellCommand;
using analysis::ShellJoin;
using analysis::Snapshot;
using analysis::StageId;
using analysis::Step;
using analysis::StepId;
using analysis::Value;

std::string shown(const Value& value) { return value.known ? value.text : value.text + "?"; }

// Pieces between blanks; continuations and the comment lines between them are layout.
std::vector<std::string> pieces(std::string_view source, char escape) {
  std::vector<std::string> words;
  bool first_line = true;
  while (!source.empty()) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    std::string_view line = source.substr(0, end);
    source.remove_prefix(std::min(end + 1, source.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (!line.empty() && line.back() == escape) line.remove_suffix(1);
    const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
    if (!first_line && line.substr(start).starts_with('#')) continue;
    first_line = false;
    std::string word;
    for (const char letter : line) {
      if (letter != ' ' && letter != '\t') {
        word += letter;
      } else if (!word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
    }
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

class ImageReader {
 public:
  explicit ImageReader(const Snapshot& snapshot) : snapshot_(snapshot), model_(snapshot.model) {}

  Image read() {
    Image image;
    if (model_.target == none) return image;
    for (StageId id = 0; id < model_.stages.size(); ++id) {
      if (model_.stages[id].reachable || id == model_.target) ordinals_[id] = ordinals_.size();
    }
    for (const auto& [id, ordinal] : ordinals_) image.stages.push_back(stage_image(id));
    for (StageId id = model_.target; id != none; id = model_.stages[id].base_stage) {
      image.stages[ordinals_.at(id)].in_image = true;
    }
    image.configuration = configuration();
    return image;
  }

 private:
  std::string stage_name(StageId id) const {
    const auto found = ordinals_.find(id);
    return found == ordinals_.end() ? "a stage that is not built" : fmt::format("stage {}", found->second);
  }

  StageImage stage_image(StageId id) const {
    const analysis::Stage& stage = model_.stages[id];
    StageImage image;
    image.base = stage.base_stage != none ? stage_name(stage.base_stage)
                                          : fmt::format("{} {} {} {}", shown(stage.base), shown(stage.platform),
                                                        stage.digest, stage.named_context);
    for (const StepId step : stage.steps) add_acts(image.acts, model_.steps[step]);
    return image;
  }

  void add_acts(std::vector<Act>& acts, const Step& step) const {
    if (step.op == Op::exec) return add_commands(acts, step);
    if (step.op != Op::file) return;
    if (step.keyword == Keyword::workdir) {
      Act act;
      act.kind = Act::Kind::directory;
      act.words = {"WORKDIR", shown(step.destination), shown(step.user)};
      acts.push_back(std::move(act));
      return;
    }
    add_copies(acts, step);
  }

  // ---- RUN

  std::string setting_of(const Step& step) const {
    const Instruction& run = analysis::instruction_of(snapshot_.tree, step);
    std::string text =
        fmt::format("in {} as {} by {}", shown(step.workdir), shown(step.user), fmt::join(step.shell, " "));
    for (const Flag& flag : run.flags) {
      if (flag.name() != "mount") text += " " + flag.text;
    }
    for (const Mount& mount : step.mounts) {
      if (mount.type == Mount::Type::cache) continue;
      text += fmt::format(" mount {} {} {} {}", static_cast<int>(mount.type), shown(mount.target), shown(mount.source),
                          shown(mount.id));
      text += mount.from_stage != none ? stage_name(mount.from_stage) : mount.from;
    }
    return text;
  }

  Act command_of(const Step& step) const {
    Act act;
    act.kind = Act::Kind::command;
    act.directory = step.workdir.text;
    act.setting = setting_of(step);
    for (const Definition* definition : analysis::environment(model_, step.environment)) {
      const bool is_argument = definition->origin == Definition::Origin::argument ||
                               definition->origin == Definition::Origin::build_argument ||
                               definition->origin == Definition::Origin::platform_argument ||
                               definition->origin == Definition::Origin::global_argument;
      (is_argument ? act.arguments : act.variables)[definition->name] = shown(definition->value);
    }
    for (const Mount& mount : step.mounts) {
      if (mount.type == Mount::Type::cache)
        act.caches.push_back(analysis::clean_path(analysis::is_absolute(mount.target.text)
                                                      ? mount.target.text
                                                      : analysis::join_path(step.workdir.text, mount.target.text)));
    }
    return act;
  }

  void add_commands(std::vector<Act>& acts, const Step& step) const {
    const Instruction& run = analysis::instruction_of(snapshot_.tree, step);
    const analysis::Item& item = snapshot_.tree.items[step.item];
    const Act common = command_of(step);
    const char escape = snapshot_.tree.escape;
    if (step.onbuild || !run.script.complete || run.script.commands.empty()) {
      Act act = common;
      act.words = pieces(run.line.text.substr(run.rest.begin), escape);
      for (const analysis::Heredoc& heredoc : item.instruction->heredocs) {
        for (std::string& word : pieces(analysis::slice(snapshot_.text(), item.absolute(heredoc.body)), escape))
          act.words.push_back(std::move(word));
      }
      acts.push_back(std::move(act));
      return;
    }
    for (const ShellCommand& command : run.script.commands) {
      Act act = common;
      act.words = pieces(analysis::slice(snapshot_.text(), item.absolute(command.span)), escape);
      const bool alternative = command.join == ShellJoin::or_else || command.join == ShellJoin::pipe ||
                               command.join == ShellJoin::background;
      act.setting += fmt::format(" depth {}{}{}{}", command.depth, command.conditional ? " perhaps" : "",
                                 command.subshell ? " apart" : "",
                                 alternative ? fmt::format(" join {}", static_cast<int>(command.join)) : "");
      acts.push_back(std::move(act));
    }
  }

  // ---- COPY and ADD

  std::string origin_text(const Origin& origin) const {
    if (origin.kind == Origin::Kind::stage) return stage_name(origin.stage);
    return fmt::format("{} {}", static_cast<int>(origin.kind), origin.name);
  }

  void add_copies(std::vector<Act>& acts, const Step& step) const {
    const Instruction& copy = analysis::instruction_of(snapshot_.tree, step);
    const analysis::Item& item = snapshot_.tree.items[step.item];
    std::vector<std::string> how{copy.keyword == Keyword::add ? "ADD" : "COPY"};
    for (const Flag& flag : copy.flags) {
      if (flag.name() != "from") how.push_back(flag.text);
    }
    std::sort(how.begin() + 1, how.end());
    how.push_back("as " + shown(step.user));
    for (const analysis::Heredoc& heredoc : item.instruction->heredocs)
      how.emplace_back(analysis::slice(snapshot_.text(), item.absolute(heredoc.body)));
    for (const Origin& origin : step.origins) {
      std::vector<Value> paths = origin.paths;
      if (paths.empty()) paths.push_back({});
      for (const Value& path : paths) {
        Act act;
        act.kind = Act::Kind::copy;
        act.directory = step.workdir.text;
        act.words = {origin_text(origin), analysis::clean_source(path.text) + (path.known ? "" : "?"),
                     shown(step.destination)};
        act.words.insert(act.words.end(), how.begin(), how.end());
        acts.push_back(std::move(act));
      }
    }
  }

  // ---- configuration

  std::string expanded(const Step& step, std::string_view text) const {
    const analysis::VariableLookup lookup = [&](std::string_view name) -> analysis::VariableValue {
      const Definition* definition = analysis::find_variable(model_, step.environment, name);
      if (definition == nullptr) return {};
      return analysis::VariableValue::of(definition->value.text, definition->value.known);
    };
    const analysis::Expansion expansion = analysis::expand(text, lookup, {.escape = snapshot_.tree.escape});
    return expansion.known ? expansion.text : expansion.text + "?";
  }

  void add_configuration(std::map<std::string, std::string>& fields, const Step& step) const {
    const Instruction& instruction = analysis::instruction_of(snapshot_.tree, step);
    const std::string keyword(analysis::keyword_name(step.keyword));
    const auto words = [&] {
      std::string text = instruction.json ? "json" : "";
      for (const analysis::Word& word : instruction.arguments) text += " " + expanded(step, word.text);
      return text;
    };
    switch (step.keyword) {
      case Keyword::label:
      case Keyword::env:
        for (std::size_t i = 0; i + 1 < instruction.arguments.size(); i += 3)
          fields[keyword + " " + expanded(step, instruction.arguments[i].text)] =
              expanded(step, instruction.arguments[i + 1].text);
        return;
      case Keyword::workdir:
        fields[keyword] = shown(step.destination);
        return;
      case Keyword::user:
      case Keyword::shell:
      case Keyword::cmd:
      case Keyword::entrypoint: {
        // An ENTRYPOINT takes away the command of the base image, not one of its own stage.
        std::string text = instruction.json ? "json" : fmt::format("by {}", fmt::join(step.shell, " "));
        for (const analysis::Word& word : instruction.arguments) text += " " + word.text;
        if (step.keyword == Keyword::entrypoint && !fields.contains(fmt::format("CMD of {}", step.stage)))
          fields["CMD"] = "of the base, gone";
        if (step.keyword == Keyword::cmd) fields[fmt::format("CMD of {}", step.stage)] = "";
        fields[keyword] = text;
        return;
      }
      case Keyword::healthcheck:
      case Keyword::stopsignal:
      case Keyword::maintainer: {
        std::string flags;
        for (const Flag& flag : instruction.flags) flags += flag.text + " ";
        fields[keyword] = flags + words();
        return;
      }
      case Keyword::expose:
      case Keyword::volume:
        for (const analysis::Word& word : instruction.arguments) fields[keyword + " " + expanded(step, word.text)] = "";
        return;
      case Keyword::onbuild:
        fields[fmt::format("ONBUILD {:04}", fields.size())] = instruction.line.text;
        return;
      default:
        return;
    }
  }

  std::vector<std::string> configuration() const {
    std::vector<StageId> chain;
    for (StageId id = model_.target; id != none; id = model_.stages[id].base_stage) chain.insert(chain.begin(), id);
    std::map<std::string, std::string> fields;
    for (const StageId id : chain) {
      for (const StepId step : model_.stages[id].steps) add_configuration(fields, model_.steps[step]);
    }
    std::erase_if(fields, [](const auto& field) { return field.first.starts_with("CMD of "); });
    std::vector<std::string> lines;
    for (const auto& [name, value] : fields) lines.push_back(fmt::format("{} = {}", name, value));
    return lines;
  }

  const Snapshot& snapshot_;
  const Model& model_;
  std::map<StageId, std::size_t> ordinals_;
};

}  // namespace

std::string Act::text() const { return fmt::format("{}", fmt::join(words, " ")); }

Image image_of(const Snapshot& snapshot) { return ImageReader(snapshot).read(); }

}  // namespace keyline::corpus
