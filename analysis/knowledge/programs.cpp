#include "analysis/knowledge/programs.h"

#include "analysis/text/path.h"

namespace keyline::analysis {

std::string program_name(std::string_view word) {
  std::string_view name = base_name(word);
  if (name.starts_with("pip")) {
    const std::string_view version = name.substr(3);
    if (!version.empty() && version.find_first_not_of("0123456789.") == std::string_view::npos) name = "pip";
  }
  for (const std::string_view js : {"npm@", "pnpm@", "yarn@"}) {
    if (name.starts_with(js)) name = js.substr(0, js.size() - 1);
  }
  if (name.ends_with(".cmd") || name.ends_with(".bat") || name.ends_with(".exe")) name.remove_suffix(4);
  return std::string(name);
}

std::size_t wrapped_program(const ShellCommand& command) {
  std::size_t at = program_word(command);
  const std::vector<ShellWord>& words = command.words;
  const auto skip_options = [&](std::size_t from) {
    while (from < words.size() && words[from].text.starts_with('-')) ++from;
    return from;
  };
  for (std::size_t round = 0; round < 3 && at < words.size(); ++round) {
    const std::string name = program_name(words[at].text);
    std::size_t inner = words.size();
    if (name == "npx") {
      inner = skip_options(at + 1);
    } else if ((name == "poetry" || name == "pipenv" || name == "uv" || name == "pdm") && at + 1 < words.size() &&
               words[at + 1].text == "run") {
      inner = skip_options(at + 2);
    } else if ((name == "bundle" || name == "pnpm") && at + 1 < words.size() && words[at + 1].text == "exec") {
      inner = skip_options(at + 2);
    } else {
      return at;
    }
    if (inner < words.size() && words[inner].text.starts_with("python") && inner + 2 < words.size() &&
        words[inner + 1].text == "-m") {
      inner += 2;
    }
    if (inner >= words.size()) return at;
    at = inner;
  }
  return at;
}

}  // namespace keyline::analysis
