#include "server/cli/describe.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace keyline::server {

namespace {

// CLI11 keeps the choices of IsMember as text behind the placeholder: "FORMAT:{text,json}".
std::vector<std::string> choices_of(const std::string& type_name) {
  std::vector<std::string> choices;
  const std::size_t open = type_name.find(":{");
  const std::size_t close = type_name.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return choices;
  std::string word;
  for (std::size_t i = open + 2; i <= close; ++i) {
    if (type_name[i] == ',' || i == close) {
      choices.push_back(std::move(word));
      word.clear();
    } else {
      word += type_name[i];
    }
  }
  return choices;
}

OptionDescription describe(const CLI::Option& option) {
  OptionDescription result;
  result.positional = option.get_positional() && option.get_lnames().empty() && option.get_snames().empty();
  if (result.positional) {
    result.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    result.value = type.substr(0, type.find(':'));
    result.choices = choices_of(type);
  }
  result.text = option.get_description();
  result.required = option.get_required();
  result.repeated = option.get_expected_max() > 1;
  return result;
}

std::string indented(const std::string& text, std::size_t columns) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out.append(columns, ' ');
  }
  return out;
}

constexpr std::size_t text_column = 34;

std::string row(const std::string& head, const std::string& text) {
  std::string out = "  " + head;
  if (out.size() + 2 > text_column) {
    out += '\n';
    out.append(text_column, ' ');
  } else {
    out.append(text_column - out.size(), ' ');
  }
  return out + indented(text, text_column) + "\n";
}

}  // namespace

CommandDescription describe(const CLI::App& app) {
  CommandDescription result;
  result.name = app.get_parent() ? app.get_name() : "";
  result.summary = app.get_description();
  result.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    result.options.push_back(describe(*option));
  }
  return result;
}

std::vector<CommandDescription> describe_commands(const CLI::App& root) {
  std::vector<CommandDescription> commands;
  const auto shown = [](const CLI::App* app) { return !app->get_group().empty(); };
  for (const CLI::App* app : root.get_subcommands(shown)) commands.push_back(describe(*app));
  return commands;
}

std::string synopsis(const CommandDescription& command) {
  std::string out = command.name.empty() ? "keyline COMMAND" : "keyline " + command.name;
  out += " [OPTION...]";
  for (const OptionDescription& option : command.options) {
    if (!option.positional) continue;
    const std::string name = option.names.front() + (option.repeated ? "..." : "");
    out += option.required ? " " + name : " [" + name + "]";
  }
  return out;
}

std::string option_head(const OptionDescription& option) {
  std::string head = fmt::format("{}", fmt::join(option.names, ", "));
  if (option.positional || option.value.empty()) return head;
  head += " " + (option.choices.empty() ? option.value : fmt::format("{}", fmt::join(option.choices, "|")));
  return option.repeated ? head + "..." : head;
}

std::string help_text(const CLI::App& app) {
  const CommandDescription command = describe(app);
  std::string out = command.summary + "\n\nUsage: " + synopsis(command) + "\n";
  const std::vector<CommandDescription> commands = describe_commands(app);
  if (!commands.empty()) out += "\nCommands:\n";
  for (const CommandDescription& each : commands) out += row(each.name, each.summary);
  std::string positionals;
  std::string options;
  for (const OptionDescription& option : command.options) {
    (option.positional ? positionals : options) += row(option_head(option), option.text);
  }
  if (!positionals.empty()) out += "\nArguments:\n" + positionals;
  if (!options.empty()) out += "\nOptions:\n" + options;
  if (!command.footer.empty()) out += "\n" + command.footer + "\n";
  return out;
}

}  // namespace keyline::server
