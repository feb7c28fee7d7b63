#include "analysis/rules/variable_uses.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/text/similar.h"

namespace keyline::analysis {

namespace {

bool is_exact(const SyntaxTree& tree, const VariableReference& reference) {
  return slice(*tree.text, reference.span) == reference.name;
}

}  // namespace

std::string consequence_of_unset(const SyntaxTree& tree, const VariableReference& reference) {
  const std::string_view text = *tree.text;
  const bool braced = is_exact(tree, reference) && reference.span.begin > 0 && text[reference.span.begin - 1] == '{';
  std::string_view behind = braced ? text.substr(reference.span.end) : std::string_view();
  if (behind.starts_with(':')) behind.remove_prefix(1);
  if (behind.starts_with('-')) return fmt::format("`{}` always takes the default behind it", reference.name);
  if (behind.starts_with('+')) return fmt::format("what stands behind `{}` is never taken", reference.name);
  return fmt::format("`${}` becomes nothing", reference.name);
}

std::string_view probable_name(std::string_view name, const std::vector<std::string_view>& names) {
  constexpr std::size_t most = 2;       // as BuildKit guesses
  constexpr std::size_t longest = 100;  // no name that a person misspells
  if (name.size() > longest) return {};
  return nearest_word(name, names, std::min(most, name.size() / 3));
}

std::optional<Fix> rename_fix(const SyntaxTree& tree, const VariableReference& reference, std::string_view meant) {
  if (meant.empty() || !is_exact(tree, reference)) return std::nullopt;
  Fix fix{.title = fmt::format("Write `${}`", meant),
          .safety = Safety::review,
          .unproven = "the variable meant is a guess from its name"};
  if (!fix.edits.add({reference.span, std::string(meant)})) return std::nullopt;
  return fix;
}

}  // namespace keyline::analysis
