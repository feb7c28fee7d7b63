#include "analysis/navigate/shell_names.h"

#include <algorithm>
#include <array>

#include "analysis/navigate/mentions.h"

namespace keyline::analysis {

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `name` or `name=value` as an argument of export and its like.
void add_declared(const ShellWord& word, std::string_view source, std::vector<ShellVariable>& found) {
  const std::string_view written = slice(source, word.span);
  const std::string_view name = written.substr(0, written.find('='));
  if (!is_variable_name(name)) return;
  found.push_back({std::string(name), {word.span.begin, word.span.begin + static_cast<Offset>(name.size())}});
}

// `for NAME in`, wherever a command may begin. The name is no word of any command.
void add_loop_variables(std::string_view source, std::vector<ShellVariable>& found) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  for (std::size_t at = source.find("for"); at != std::string_view::npos; at = source.find("for", at + 3)) {
    if (at == 0 || std::string_view(" \t\n;&|({'\"").find(source[at - 1]) == std::string_view::npos) continue;
    std::size_t begin = at + 3;
    while (begin < source.size() && blank(source[begin])) ++begin;
    std::size_t end = begin;
    while (end < source.size() && is_variable_name(source.substr(begin, end + 1 - begin))) ++end;
    std::size_t in = end;
    while (in < source.size() && blank(source[in])) ++in;
    if (begin == at + 3 || begin == end || in == end || source.substr(in, 2) != "in") continue;
    found.push_back(
        {std::string(source.substr(begin, end - begin)), {static_cast<Offset>(begin), static_cast<Offset>(end)}});
  }
}

template <typename Use>
void each_word(const ShellScript& script, Use use) {
  for (const ShellCommand& command : script.commands) {
    for (const ShellWord& word : command.words) use(word);
    for (const ShellWord& word : command.redirections) use(word);
    for (const ShellAssignment& assignment : command.assignments) use(assignment.value);
  }
}

bool encloses(Span outer, Span inner) { return outer.begin <= inner.begin && inner.end <= outer.end; }

bool ends_in_single_quotes(std::string_view text) {
  enum class State : std::uint8_t { plain, single_quotes, double_quotes };
  State state = State::plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (state == State::single_quotes) {
      if (c == '\'') state = State::plain;
    } else if (c == '\\') {
      ++at;
    } else if (c == '"') {
      state = state == State::plain ? State::double_quotes : State::plain;
    } else if (c == '\'' && state == State::plain) {
      state = State::single_quotes;
    }
  }
  return state == State::single_quotes;
}

}  // namespace

std::vector<ShellVariable> shell_settings(const ShellScript& script, std::string_view source) {
  std::vector<ShellVariable> found;
  add_loop_variables(source, found);
  for (const ShellCommand& command : script.commands) {
    if (command.words.empty()) {
      for (const ShellAssignment& assignment : command.assignments) {
        const Offset begin = assignment.span.begin;
        const Span name{begin, begin + static_cast<Offset>(assignment.name.size())};
        if (slice(source, name) == assignment.name) found.push_back({assignment.name, name});
      }
      continue;
    }
    const std::string& program = command.words.front().text;
    const bool declares = is_one_of(program, {"export", "local", "readonly", "declare", "typeset", "read", "unset"});
    for (std::size_t i = 1; declares && i < command.words.size(); ++i) add_declared(command.words[i], source, found);
  }
  return found;
}

bool is_expanded(const ShellScript& script, std::string_view source, Span name) {
  std::size_t dollar = name.begin;
  while (dollar > 0 && source[dollar] != '$') --dollar;
  Span word{};
  each_word(script, [&](const ShellWord& each) {
    if (encloses(each.span, name) && (word.empty() || each.span.size() < word.size())) word = each.span;
  });
  const bool read_again =
      !word.empty() && std::any_of(script.commands.begin(), script.commands.end(), [&](const auto& command) {
        return encloses(word, command.span) && command.span.size() < word.size();
      });
  if (read_again) return true;
  std::size_t backslashes = 0;
  while (backslashes < dollar && source[dollar - 1 - backslashes] == '\\') ++backslashes;
  if (backslashes % 2 == 1) return false;
  return word.empty() || !ends_in_single_quotes(slice(source, {word.begin, static_cast<Offset>(dollar)}));
}

std::vector<ShellVariable> dollar_names(std::string_view text) { return parse_shell(text).variables; }

}  // namespace keyline::analysis
