#pragma once
// The commands as data, read back from CLI11, so that `--help`, the manual page and the shells' completions come from
// the one place where an option is declared and cannot disagree.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace keyline::server {

struct OptionDescription {
  std::vector<std::string> names;    // "-h", "--help"; the placeholder of a positional one
  std::string value;                 // "DIR"; "" for a flag
  std::vector<std::string> choices;  // when only these values are taken
  std::string text;
  bool positional = false;
  bool required = false;
  bool repeated = false;
};

struct CommandDescription {
  std::string name;  // "check"; "" for keyline itself
  std::string summary;
  std::vector<OptionDescription> options;
  std::string footer;
};

CommandDescription describe(const CLI::App& app);
// Those that are shown to users, in order.
std::vector<CommandDescription> describe_commands(const CLI::App& root);

// "keyline check [OPTION...] [PATH...]"
std::string synopsis(const CommandDescription& command);
// "--format text|json" or "-h, --help"
std::string option_head(const OptionDescription& option);
// What --help prints.
std::string help_text(const CLI::App& app);

}  // namespace keyline::server
