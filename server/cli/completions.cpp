#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/describe.h"
#include "server/cli/terminal.h"

namespace keyline::server {

namespace {

std::vector<std::string> names_of(const CommandDescription& command) {
  std::vector<std::string> names;
  for (const OptionDescription& option : command.options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

// The choices of the first positional argument that has some.
std::vector<std::string> positional_choices(const CommandDescription& command) {
  for (const OptionDescription& option : command.options) {
    if (option.positional && !option.choices.empty()) return option.choices;
  }
  return {};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash(const CommandDescription& keyline, const std::vector<CommandDescription>& commands) {
  std::vector<std::string> command_names;
  std::string values;
  std::string words;
  for (const CommandDescription& command : commands) {
    command_names.push_back(command.name);
    for (const OptionDescription& option : command.options) {
      if (option.positional || option.value.empty()) continue;
      const std::string generate = !option.choices.empty() ? fmt::format("-W '{}'", fmt::join(option.choices, " "))
                                   : option.value == "DIR" ? "-d"
                                   : option.value == "PATH" || option.value == "FILE" ? "-f"
                                                                                      : "-W ''";
      values += fmt::format("    {}:{}) COMPREPLY=($(compgen {} -- \"$cur\")); return ;;\n", command.name,
                            option.names.back(), generate);
    }
    words += fmt::format("    {}) words='{}'; plain='{}' ;;\n", command.name, fmt::join(names_of(command), " "),
                         fmt::join(positional_choices(command), " "));
  }
  return fmt::format(R"(# bash completion for keyline
_keyline() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command='' words='' plain='' word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in {0}) command=$word; break ;; esac
  done
  case $command:$prev in
{1}  esac
  case $command in
    '') COMPREPLY=($(compgen -W '{2} {3}' -- "$cur")); return ;;
{4}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ -n $plain ]]; then
    COMPREPLY=($(compgen -W "$plain" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}}
complete -o filenames -F _keyline keyline
)",
                     fmt::join(command_names, "|"), values, fmt::join(command_names, " "),
                     fmt::join(names_of(keyline), " "), words);
}

// Within a specification of _arguments, brackets and colons have a meaning.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : first_line(text)) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionDescription& option) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  if (option.value == "DIR") return "_directories";
  if (option.positional || option.value == "PATH" || option.value == "FILE") return "_files";
  return " ";
}

std::string zsh(const CommandDescription& keyline, const std::vector<CommandDescription>& commands) {
  std::string listed;
  std::string cases;
  for (const CommandDescription& command : commands) {
    listed += fmt::format("    {}\n", shell_word(command.name + ":" + zsh_text(command.summary)));
    std::string specifications;
    for (const OptionDescription& option : command.options) {
      if (option.positional) {
        specifications += " " + shell_word(fmt::format("{}:{}:{}", option.repeated ? "*" : "", option.names.front(),
                                                       zsh_action(option)));
        continue;
      }
      for (const std::string& name : option.names) {
        std::string one = (option.repeated ? "*" : "") + name + "[" + zsh_text(option.text) + "]";
        if (!option.value.empty()) one += ":" + option.value + ":" + zsh_action(option);
        specifications += " " + shell_word(one);
      }
    }
    cases += fmt::format("    {}) _arguments{} ;;\n", command.name, specifications);
  }
  return fmt::format(R"(#compdef keyline
_keyline() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    compadd -- {}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_keyline "$@"
)",
                     listed, fmt::join(names_of(keyline), " "), cases);
}

std::string fish(const std::vector<CommandDescription>& commands) {
  std::string out = "# fish completion for keyline\ncomplete -c keyline -n __fish_use_subcommand -f\n";
  for (const CommandDescription& command : commands) {
    out += fmt::format("complete -c keyline -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       shell_word(first_line(command.summary)));
    const std::string when = shell_word("__fish_seen_subcommand_from " + command.name);
    for (const OptionDescription& option : command.options) {
      if (option.positional) {
        if (option.choices.empty()) continue;
        out += fmt::format("complete -c keyline -n {} -f -a '{}'\n", when, fmt::join(option.choices, " "));
        continue;
      }
      out += fmt::format("complete -c keyline -n {}", when);
      for (const std::string& name : option.names) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.choices.empty()) {
        out += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
      } else if (option.value == "DIR" || option.value == "PATH" || option.value == "FILE") {
        out += " -r";
      } else if (!option.value.empty()) {
        out += " -x";
      }
      out += fmt::format(" -d {}\n", shell_word(first_line(option.text)));
    }
  }
  return out;
}

}  // namespace

Command add_completions(Options& declared, const CLI::App& root) {
  const auto shell = std::make_shared<std::string>();
  declared.choice("SHELL", *shell, {"bash", "zsh", "fish"}, "TEXT", "Whose completions: bash, zsh or fish",
                  Options::Need::required);
  declared.footer(
      "Examples:\n"
      "  keyline completions bash > ~/.local/share/bash-completion/completions/keyline\n"
      "  keyline completions zsh > \"${fpath[1]}/_keyline\"\n"
      "  keyline completions fish > ~/.config/fish/completions/keyline.fish");
  return [shell, &root] {
    const std::vector<CommandDescription> commands = describe_commands(root);
    const std::string script = *shell == "bash"  ? bash(describe(root), commands)
                               : *shell == "zsh" ? zsh(describe(root), commands)
                                                 : fish(commands);
    return write_out(script) ? exit_clean : exit_could_not_run;
  };
}

}  // namespace keyline::server
