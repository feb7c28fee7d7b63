#include "analysis/knowledge/programs.h"

#include "analysis/knowledge/package_managers.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

std::string program_name(std::string_view word) {
  std::string_view name = base_name(word);
  if (name.starts_with("pip")) {
    const std::string_view version = name.substr(3);
    if (!version.empty() && version.find_first_not_of("0123456789.") == std::string_view::npos) name = "pip";
  }
  if (const std::size_t version = name.find('@', 1); version != std::string_view::npos) name = name.substr(0, version);
  if (name.ends_with(".cmd") || name.ends_with(".bat") || name.ends_with(".exe")) name.remove_suffix(4);
  return std::string(name);
}

namespace {

// All that any of the forms below begins with: most commands are none of them.
constexpr std::string_view wrappers =
    "poetry pipenv uv pdm hatch rye conda mamba micromamba bundle pnpm yarn npm bun npx pnpx bunx";

}  // namespace

std::size_t wrapped_program(const ShellCommand& command) {
  std::size_t at = program_word(command);
  const std::vector<ShellWord>& words = command.words;
  const auto skip_options = [&](std::size_t from) {
    while (from < words.size() && words[from].text.starts_with('-'))
      from += lists("-n -p --name --prefix --with --extra --group --python --directory --project", words[from].text)
                  ? 2U
                  : 1U;
    return from;
  };
  for (std::size_t round = 0; round < 3 && at < words.size(); ++round) {
    const std::string name = program_name(words[at].text);
    if (!lists(wrappers, name)) return at;
    const std::string_view verb = at + 1 < words.size() ? std::string_view(words[at + 1].text) : std::string_view();
    const bool wraps = (lists("poetry pipenv uv pdm hatch rye conda mamba micromamba", name) && verb == "run") ||
                       (lists("bundle pnpm yarn npm", name) && verb == "exec") ||
                       (lists("pnpm yarn bun", name) && lists("dlx x", verb));
    const bool named = lists("yarn pnpm bun", name) && lists("playwright cypress puppeteer", program_name(verb));
    if (!lists("npx pnpx bunx", name) && !wraps && !named) return at;
    std::size_t inner = skip_options(at + (wraps ? 2 : 1));
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
