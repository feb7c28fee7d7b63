#include "analysis/syntax/glob.h"

#include <algorithm>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

std::u32string decode(std::string_view text) {
  std::u32string runes;
  for (std::size_t at = 0; at < text.size();) {
    const Rune rune = rune_at(text, at);
    runes.push_back(rune.value);
    at += rune.length;
  }
  return runes;
}

std::string encode(std::u32string_view runes) {
  std::string text;
  for (const char32_t rune : runes) append_rune(text, rune);
  return text;
}

}  // namespace

std::optional<ShellGlob> ShellGlob::parse(std::string_view pattern) {
  ShellGlob glob;
  const std::u32string runes = decode(pattern);
  for (std::size_t i = 0; i < runes.size(); ++i) {
    const char32_t rune = runes[i];
    if (rune == '*') {
      glob.tokens_.push_back({Kind::star, 0});
    } else if (rune == '?') {
      glob.tokens_.push_back({Kind::any, 0});
    } else if (rune == '\\') {
      const char32_t escaped = i + 1 < runes.size() ? runes[i + 1] : 0;
      if (escaped == '}' || escaped == '/') continue;  // the escape ends the substitution's syntax, it is no pattern
      if (escaped != '*' && escaped != '?' && escaped != '\\') return std::nullopt;
      glob.tokens_.push_back({Kind::literal, escaped});
      ++i;
    } else {
      glob.tokens_.push_back({Kind::literal, rune});
    }
  }
  return glob;
}

// Backtracking in the order a regular expression engine would take, with the states that failed remembered.
std::optional<std::size_t> ShellGlob::match(const std::vector<Token>& tokens, const std::u32string& text,
                                            std::size_t begin, bool greedy) {
  const std::size_t width = text.size() + 1;
  std::vector<bool> seen((tokens.size() + 1) * width, false);
  struct State {
    std::size_t token;
    std::size_t at;
  };
  std::vector<State> stack = {{0, begin}};
  while (!stack.empty()) {
    const State state = stack.back();
    stack.pop_back();
    if (seen[state.token * width + state.at]) continue;
    seen[state.token * width + state.at] = true;
    if (state.token == tokens.size()) return state.at;
    const Token& token = tokens[state.token];
    const bool has_rune = state.at < text.size() && text[state.at] != '\n';
    if (token.kind == Kind::star) {
      const State skip{state.token + 1, state.at};
      const State take{state.token, state.at + 1};
      // The state pushed last is tried first.
      if (!greedy && has_rune) stack.push_back(take);
      stack.push_back(skip);
      if (greedy && has_rune) stack.push_back(take);
    } else if (token.kind == Kind::any) {
      if (has_rune) stack.push_back({state.token + 1, state.at + 1});
    } else if (state.at < text.size() && text[state.at] == token.rune) {
      stack.push_back({state.token + 1, state.at + 1});
    }
  }
  return std::nullopt;
}

std::string ShellGlob::trim_prefix(std::string_view text, bool greedy) const {
  const std::u32string runes = decode(text);
  const auto end = match(tokens_, runes, 0, greedy);
  return end ? encode(std::u32string_view(runes).substr(*end)) : std::string(text);
}

std::string ShellGlob::trim_suffix(std::string_view text, bool greedy) const {
  std::u32string runes = decode(text);
  std::vector<Token> tokens = tokens_;
  std::reverse(runes.begin(), runes.end());
  std::reverse(tokens.begin(), tokens.end());
  const auto end = match(tokens, runes, 0, greedy);
  if (!end) return std::string(text);
  runes.erase(0, *end);
  std::reverse(runes.begin(), runes.end());
  return encode(runes);
}

std::string ShellGlob::replace(std::string_view text, std::string_view with, bool all) const {
  const std::u32string runes = decode(text);
  std::string result;
  std::size_t at = 0;
  bool after_match = false;  // an empty match directly behind a match does not count
  while (at <= runes.size()) {
    const auto end = match(tokens_, runes, at, true);
    if (end && !(*end == at && after_match)) {
      result += with;
      if (!all) {
        result += encode(std::u32string_view(runes).substr(*end));
        return result;
      }
      if (*end > at) {
        at = *end;
        after_match = true;
        continue;
      }
    }
    after_match = false;
    if (at < runes.size()) append_rune(result, runes[at]);
    ++at;
  }
  return result;
}

}  // namespace keyline::analysis
