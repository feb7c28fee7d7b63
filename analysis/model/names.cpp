#include <fmt/format.h>

#include "analysis/model/model.h"
#include "analysis/model/reference.h"
#include "analysis/syntax/expand.h"
#include "analysis/syntax/words.h"
#include "analysis/text/ascii.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

std::size_t decimal_width(std::uint32_t number) { return std::to_string(number).size(); }

// summarizeHeredoc: the first line of the body stands for all of it.
std::string summary(std::string_view body) {
  const std::string_view text = trim_space(body);
  const std::size_t newline = text.find('\n');
  std::string_view first = text.substr(0, newline);
  if (newline != std::string_view::npos && first.ends_with('\r')) first.remove_suffix(1);
  return std::string(first) + (newline == std::string_view::npos ? "" : "...");
}

}  // namespace

const Instruction& instruction_of(const SyntaxTree& tree, const Step& step) {
  const Instruction& written = *tree.items[step.item].instruction;
  return step.onbuild && written.trigger ? *written.trigger : written;
}

std::string step_label(const Model& model, StepId id) {
  const Step& step = model.steps[id];
  const Stage& stage = model.stages[step.stage];
  if (step.number == 0) return "";
  std::string name = stage.name.empty() ? fmt::format("stage-{}", step.stage) : stage.name;
  if (model.single_stage) name.clear();
  return fmt::format("[{}{}{:>{}}/{}]", name, name.empty() ? "" : " ", step.number, decimal_width(stage.total),
                     stage.total);
}

std::string step_name(const Model& model, const SyntaxTree& tree, StepId id) {
  const Step& step = model.steps[id];
  if (step.op == Op::nothing) return "";
  const std::string label = step_label(model, id) + (step.onbuild ? " ONBUILD " : " ");
  if (step.keyword == Keyword::from) return label + "FROM " + normalized_reference(model.stages[step.stage].base.text);

  const Item& item = tree.items[step.item];
  const Instruction& instruction = instruction_of(tree, step);
  std::string text(trim_space(item.instruction->line.text));
  if (step.onbuild)
    text = std::string(trim_space(std::string_view(item.instruction->line.text).substr(item.instruction->rest.begin)));
  const bool run = step.keyword == Keyword::run;
  if (run && item.instruction->heredocs.size() == 1 && instruction.arguments.size() == 1 &&
      parse_heredoc_marker(instruction.arguments[0].text)) {
    text += " (" + summary(slice(*tree.text, item.absolute(item.instruction->heredocs[0].body))) + ")";
  }
  const auto lookup = [&](std::string_view name) -> VariableValue {
    for (const Mount& mount : step.mounts) {
      if (mount.type == Mount::Type::secret && mount.env == name) return {VariableValue::State::set, "****"};
    }
    const Definition* definition = find_variable(model, step.environment, name);
    if (definition == nullptr || !definition->value.known) return {};
    return {VariableValue::State::set, definition->value.text};
  };
  // RUN keeps quotes and unset variables; the others show what was made of them (processCmdEnv).
  const Expansion expanded = expand(text, lookup, {.escape = tree.escape, .keep_quotes = run, .keep_unset = run});
  if (!expanded.error) text = expanded.text;
  const std::size_t blank = std::min(text.find(' '), text.size());
  return label + to_upper(std::string_view(text).substr(0, blank)) + text.substr(blank);
}

}  // namespace keyline::analysis
