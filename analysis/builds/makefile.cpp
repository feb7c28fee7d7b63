#include "analysis/builds/makefile.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "analysis/builds/build_command.h"
#include "analysis/builds/per_build.h"
#include "analysis/syntax/shell.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

// "$(NAME)", "${NAME}", "$NAME" -> "NAME"
std::string_view name_in(std::string_view expansion) {
  expansion.remove_prefix(std::min<std::size_t>(1, expansion.size()));
  if (expansion.size() >= 2 && (expansion.front() == '(' || expansion.front() == '{')) {
    expansion.remove_prefix(1);
    expansion.remove_suffix(1);
  }
  return expansion;
}

using Values = std::map<std::string, std::string, std::less<>>;

// What a plain variable stands for, through others; nothing when it calls a function or nobody sets it.
std::optional<std::string> value_of(const Values& values, std::string_view expansion, int left = 8) {
  const std::string_view name = name_in(expansion);
  if (name == "CURDIR" || name == "PWD") return ".";
  const auto found = values.find(name);
  if (found == values.end() || left == 0) return std::nullopt;
  std::string result;
  const std::string_view text = found->second;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 >= text.size() || (text[i + 1] != '(' && text[i + 1] != '{')) {
      if (text[i] == '`' || (text[i] == '$' && i + 1 < text.size() && text[i + 1] != '$')) return std::nullopt;
      result += text[i++];
      continue;
    }
    const std::size_t close = text.find(text[i + 1] == '(' ? ')' : '}', i);
    if (close == std::string_view::npos) return std::nullopt;
    const std::optional<std::string> inner = value_of(values, text.substr(i, close + 1 - i), left - 1);
    if (!inner) return std::nullopt;
    result += *inner;
    i = close + 1;
  }
  return result;
}

struct Line {
  std::size_t begin;
  std::size_t end;  // without the newline; continued lines are one
};

std::vector<Line> logical_lines(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    while (end < text.size() && end > at && text[end - 1] == '\\')
      end = std::min(text.find('\n', end + 1), text.size());
    lines.push_back({at, end});
    at = end + 1;
  }
  return lines;
}

// NAME = value, NAME := value, NAME ?= value.
void read_assignment(std::string_view line, Values& values) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  std::string_view name = line.substr(0, equals);
  while (!name.empty() && (name.back() == ':' || name.back() == '?')) name.remove_suffix(1);
  name = trim_space(name);
  if (name.starts_with("export ")) name = trim_space(name.substr(7));
  if (!is_name(name)) return;
  std::string_view value = line.substr(equals + 1);
  if (const std::size_t comment = value.find(" #"); comment != std::string_view::npos) value = value.substr(0, comment);
  values[std::string(name)] = trim_space(value);
}

// A recipe as make hands it to the shell: prefixes are blanked, `$$` is one dollar of the shell.
struct Recipe {
  std::string text;
  std::vector<std::size_t> places;  // of each byte, and of the end
};

Recipe recipe_of(std::string_view line, std::size_t begin) {
  Recipe recipe;
  bool prefix = true;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    prefix = prefix && std::string_view("\t@-+ ").find(c) != std::string_view::npos;
    recipe.text += prefix ? ' ' : c;
    recipe.places.push_back(begin + i);
    if (c == '$' && i + 1 < line.size() && line[i + 1] == '$') ++i;
  }
  recipe.places.push_back(begin + line.size());
  return recipe;
}

// The variable's own text is what tells whether it differs in each build: "$(shell git rev-parse HEAD)".
void trace_variables(Build& build, const Values& values) {
  for (BuildArgument& argument : build.arguments) {
    if (!argument.value) continue;
    for (const std::string& open : argument.value->open) {
      const auto found = values.find(name_in(open));
      if (found != values.end()) argument.value->per_build = part_per_build(found->second);
    }
  }
}

}  // namespace

BuildFile read_makefile(std::string_view text) {
  BuildFile file{.kind = BuildFileKind::makefile, .fault = {}, .builds = {}};
  const std::vector<Line> lines = logical_lines(text);
  Values values;
  for (const Line& line : lines) {
    if (text[line.begin] != '\t') read_assignment(text.substr(line.begin, line.end - line.begin), values);
  }
  std::string target;
  for (const Line& line : lines) {
    const std::string_view whole = text.substr(line.begin, line.end - line.begin);
    if (whole.empty()) continue;
    if (whole.front() != '\t') {
      const std::size_t colon = whole.find(':');
      if (colon != std::string_view::npos && colon + 1 <= whole.size() && whole.find('=') == std::string_view::npos &&
          whole.front() != '#' && whole.front() != '.')
        target = trim_space(whole.substr(0, colon));
      continue;
    }
    const Recipe recipe = recipe_of(whole, line.begin);
    const auto place = [&](std::size_t at) {
      return static_cast<Offset>(recipe.places[std::min(at, recipe.places.size() - 1)]);
    };
    const CommandText commands{recipe.text, place,
                               [&](std::string_view expansion) { return value_of(values, expansion); }};
    for (Build& build : builds_of_commands(commands)) {
      trace_variables(build, values);
      if (!target.empty()) build.name = fmt::format("make {}", target);
      file.builds.push_back(std::move(build));
    }
  }
  return file;
}

BuildFile read_script(std::string_view text) {
  BuildFile file{.kind = BuildFileKind::script, .fault = {}, .builds = {}};
  Values values;
  for (const ShellCommand& command : parse_shell(text).commands) {
    if (!command.words.empty() || command.conditional) continue;
    for (const ShellAssignment& each : command.assignments) {
      // Set twice, it is one or the other.
      const bool again = values.contains(each.name);
      values[each.name] = again ? std::string("$()") : std::string(slice(text, each.value.span));
    }
  }
  const CommandText commands{
      text, [](std::size_t at) { return static_cast<Offset>(at); },
      [&](std::string_view expansion) -> std::optional<std::string> {
        const auto found = values.find(name_in(expansion));
        if (found == values.end()) return std::nullopt;
        std::string_view value = found->second;
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
          value.remove_prefix(1);
          value.remove_suffix(1);
        }
        if (value.find_first_of("$`") != std::string_view::npos) return std::nullopt;
        return std::string(value);
      }};
  file.builds = builds_of_commands(commands);
  for (Build& build : file.builds) trace_variables(build, values);
  return file;
}

}  // namespace keyline::analysis
