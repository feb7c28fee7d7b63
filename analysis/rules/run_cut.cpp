#include "analysis/rules/run_cut.h"

#include <algorithm>

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

namespace {

bool is_simple(const ShellCommand& command) { return command.depth == 0 && !command.subshell && !command.conditional; }

bool changes_shell(const ShellCommand& command) {
  constexpr std::string_view programs = "cd export set source . pushd popd trap umask ulimit alias unset eval exec";
  return command.words.empty() || lists(programs, command.words[0].text);
}

// What can be said once more word for word.
bool is_repeatable(const ShellCommand& command) {
  return !command.words.empty() && lists("cd export set", command.words[0].text) && command.assignments.empty() &&
         command.redirections.empty() &&
         (command.join == ShellJoin::first || command.join == ShellJoin::and_then ||
          command.join == ShellJoin::sequence) &&
         std::all_of(command.words.begin(), command.words.end(), [](const ShellWord& word) { return word.literal; });
}

bool stops_at_errors(const ShellCommand& command) {
  return command.words[0].text == "set" && command.words.size() > 1 && command.words[1].text.starts_with('-') &&
         command.words[1].text.find('e') != std::string::npos;
}

}  // namespace

std::optional<RunCut> cut_run(const SyntaxTree& tree, std::uint32_t item, const std::vector<ShellCommand>& commands,
                              std::size_t last) {
  const Item& target = tree.items[item];
  const Instruction& run = *target.instruction;
  if (run.json || !run.heredocs.empty() || !run.script.complete) return std::nullopt;
  if (!std::all_of(commands.begin(), commands.end(), is_simple)) return std::nullopt;
  const auto source = [&](Span span) { return slice(*tree.text, target.absolute(span)); };

  RunCut cut;
  bool stops = false;
  std::size_t first = 0;
  for (; first < last && is_repeatable(commands[first]); ++first) {
    const std::string_view text = source(commands[first].span);
    if (text.find('\n') != std::string_view::npos) return std::nullopt;
    stops = stops || stops_at_errors(commands[first]);
    cut.resume += text;
    cut.resume += commands[first + 1].join == ShellJoin::and_then ? " && " : "; ";
  }
  for (std::size_t i = first; i <= last; ++i) {
    if (changes_shell(commands[i])) return std::nullopt;
  }
  const ShellJoin join = commands[last + 1].join;
  if (join != ShellJoin::and_then && !(join == ShellJoin::sequence && stops)) return std::nullopt;
  const Span gap{commands[last].span.end, commands[last + 1].span.begin};
  if (source(gap).find('#') != std::string_view::npos) return std::nullopt;
  cut.gap = target.absolute(gap);
  return cut;
}

}  // namespace keyline::analysis
