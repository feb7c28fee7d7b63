#include "analysis/builds/interpolation.h"

#include <algorithm>

#include "analysis/builds/per_build.h"

namespace keyline::analysis {

namespace {

struct Expansion {
  std::string_view name;
  std::string_view operation;  // ":-", "-", ":?", "?", ":+", "+" or ""
  std::string_view operand;
  std::size_t end = 0;
};

// The expansion whose dollar stands at `at`; its name is empty when there is none.
Expansion expansion_at(std::string_view text, std::size_t at) {
  const bool braced = at + 1 < text.size() && text[at + 1] == '{';
  const std::size_t begin = at + (braced ? 2 : 1);
  const std::size_t end = end_of_variable_name(text, begin);
  Expansion found{text.substr(std::min(begin, text.size()), end - begin), {}, {}, end};
  if (!braced) return found;
  int depth = 1;
  std::size_t close = end;
  for (; close < text.size(); ++close) {
    if (text[close] == '{') ++depth;
    if (text[close] == '}' && --depth == 0) break;
  }
  if (close >= text.size()) return {{}, {}, {}, at + 1};
  std::size_t behind = end;
  if (behind < close && text[behind] == ':') ++behind;
  if (behind < close) ++behind;
  found.operation = text.substr(end, behind - end);
  found.operand = text.substr(behind, close - behind);
  found.end = close + 1;
  return found;
}

}  // namespace

BuildText interpolate(const BuildText& raw, const BuildVariables& variables) {
  BuildText made{.span = raw.span, .open = raw.open, .per_build = raw.per_build, .complete = raw.complete};
  const std::string_view text = raw.text;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      made.text += text[i++];
      continue;
    }
    if (text.substr(i).starts_with("$$")) {
      made.text += '$';
      i += 2;
      continue;
    }
    const Expansion expansion = expansion_at(text, i);
    if (expansion.name.empty()) {
      made.text += text[i++];
      continue;
    }
    const auto found = variables.find(expansion.name);
    const bool set = found != variables.end() && (!found->second.empty() || !expansion.operation.starts_with(':'));
    const bool instead = expansion.operation.ends_with('+');
    if (found == variables.end()) made.open.push_back("$" + std::string(expansion.name));
    if (set && !instead) {
      made.text += found->second;
    } else if ((expansion.operation.ends_with('-') && !set) || (instead && set)) {
      const BuildText inner = interpolate({.text = std::string(expansion.operand)}, variables);
      made.text += inner.text;
      made.open.insert(made.open.end(), inner.open.begin(), inner.open.end());
      made.complete = made.complete && inner.complete;
    } else if (!instead) {
      made.text += text.substr(i, expansion.end - i);
      made.complete = false;
      if (made.per_build.empty()) made.per_build = part_per_build(text.substr(i, expansion.end - i));
    }
    i = expansion.end;
  }
  return made;
}

}  // namespace keyline::analysis
