#include "analysis/rules/cache_defeaters.h"

#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

bool is_cleaner(const ShellCommand& command, std::size_t program, const PackageManager& manager,
                std::string_view phrases) {
  if (program >= command.words.size() || !lists(manager.programs, program_name(command.words[program].text)))
    return false;
  bool cleans = false;
  each_word(
      phrases,
      [&](std::string_view phrase) {
        std::size_t at = program + 1;
        bool matches = true;
        each_word(phrase, [&](std::string_view word) {
          while (at < command.words.size() && command.words[at].text.starts_with('-') && !word.starts_with('-')) ++at;
          matches = matches && at < command.words.size() && command.words[at].text == word;
          ++at;
        });
        cleans = cleans || matches;
      },
      ',');
  return cleans;
}

std::string emptied_directory(const ShellWord& word, const RunEnvironment& environment) {
  const bool from_home = word.text.starts_with('~') || word.text.starts_with('$');
  const std::string expanded = from_home ? expand_home(word.text, home_directory(environment)) : std::string();
  std::string_view text = from_home ? expanded : word.text;
  while (text.ends_with('*') || text.ends_with('/')) text.remove_suffix(1);
  if (text.find_first_of("*{?[") != std::string_view::npos) return {};
  return text.empty() ? std::string() : resolve_path(environment.workdir, text);
}

void remove_no_cache_options(RunEditor& editor, const Install& install, const std::vector<ShellWord>& words) {
  for (std::size_t w = 0; w < words.size(); ++w) {
    if (!lists(install.manager().no_cache_options, words[w].text)) continue;
    editor.remove_word(install.command, w);
    if (install.tool != Tool::apk || install.option("-U --update-cache --update")) continue;
    const bool next = words[w - 1].span == install.words.front().span;
    editor.add_word(install.command, (next ? install.words.back() : install.words.front()).span, "--update-cache");
  }
}

bool names_only_below(std::string_view word, std::string_view directory, std::string_view workdir) {
  const std::string_view fixed = word.substr(0, word.find_first_of("*{?[$"));
  if (fixed.size() == word.size() || fixed.find('/') == std::string_view::npos) return false;
  return is_within(resolve_path(workdir, fixed.substr(0, fixed.rfind('/') + 1)), directory);
}

}  // namespace keyline::analysis
