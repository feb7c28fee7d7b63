#include "analysis/syntax/expand.h"

#include <algorithm>

#include "analysis/syntax/glob.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

// The words that ProcessWords splits a text into: blanks split outside quotes, text from quotes and escapes does not.
class Words {
 public:
  enum class Kept : std::uint8_t { no, yes };
  explicit Words(Kept kept) : kept_(kept == Kept::yes) {}

  void add_char(char32_t rune) {
    if (!kept_) return;
    if (is_space(rune)) {
      if (in_word_ && !word_.empty()) flush();
    } else {
      add_raw(rune);
    }
  }
  void add_raw(char32_t rune) {
    if (!kept_) return;
    append_rune(word_, rune);
    in_word_ = true;
  }
  void add_text(std::string_view text) {
    if (!kept_) return;
    for (std::size_t at = 0; at < text.size();) {
      const Rune rune = rune_at(text, at);
      add_char(rune.value);
      at += rune.length;
    }
  }
  void add_raw_text(std::string_view text) {
    if (!kept_) return;
    word_.append(text);
    in_word_ = true;
  }
  std::vector<std::string> take() {
    if (!word_.empty()) flush();
    return std::move(words_);
  }

 private:
  void flush() {
    words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::vector<std::string> words_;
  std::string word_;
  bool kept_;
  bool in_word_ = false;
};

constexpr int max_nesting = 64;  // of ${a:-${b:-...}}; BuildKit has no limit, a stack has

class Lexer {
 public:
  Lexer(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options, bool raw_escapes)
      : text_(text), lookup_(lookup), options_(options), raw_escapes_(raw_escapes) {}

  // Reads up to `stop` (0: the end); false after an error.
  bool run(char stop, bool raw_escapes, std::string& result, Words& words);

  bool known = true;
  std::vector<VariableUse> uses;
  std::string error;

 private:
  bool fail(std::string message) {
    if (error.empty()) error = std::move(message);
    return false;
  }
  bool at_end() const { return at_ >= text_.size(); }
  char32_t peek() const { return rune_at(text_, at_).value; }
  char32_t next() {
    const Rune rune = rune_at(text_, at_);
    at_ += rune.length;
    return rune.value;
  }
  bool single_quote(std::string& out);
  bool double_quote(std::string& out);
  bool dollar(std::string& out);
  bool braced(std::string& out);
  bool replacement(const std::string& name, Span name_span, std::string& out);
  bool modified(const std::string& name, Span name_span, char32_t modifier, bool null_is_unset, std::string& out);
  std::string possible_heredoc();
  std::string read_name();
  // nullopt: unset. An unknown value is "" and clears `known`.
  std::optional<std::string> value_of(const std::string& name, Span span);

  std::string_view text_;
  const VariableLookup& lookup_;
  const ExpandOptions& options_;
  bool raw_escapes_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

bool Lexer::run(char stop, bool raw_escapes, std::string& result, Words& words) {
  if (++nesting_ > max_nesting) return fail("substitutions are nested too deeply");
  const bool outer_raw = raw_escapes_;
  raw_escapes_ = raw_escapes;
  const char32_t escape = static_cast<unsigned char>(options_.escape);
  bool stopped = false;
  while (!at_end()) {
    const char32_t rune = peek();
    if (stop != 0 && rune == static_cast<unsigned char>(stop)) {
      next();
      stopped = true;
      break;
    }
    std::string part;
    if (rune == '$') {
      if (!dollar(part)) return false;
      result += part;
      words.add_text(part);
    } else if (rune == '<') {
      part = possible_heredoc();
      result += part;
      words.add_raw_text(part);
    } else if ((rune == '\'' || rune == '"') && !options_.quotes_are_text) {
      if (!(rune == '"' ? double_quote(part) : single_quote(part))) return false;
      result += part;
      words.add_raw_text(part);
    } else {
      next();
      if (rune == escape) {
        if (raw_escapes_) {
          words.add_raw(rune);
          append_rune(result, rune);
        }
        if (at_end()) break;  // an escape at the very end is dropped
        const char32_t escaped = next();
        words.add_raw(escaped);
        append_rune(result, escaped);
      } else {
        words.add_char(rune);
        append_rune(result, rune);  // bytes that are no character become U+FFFD, as in Go
      }
    }
  }
  raw_escapes_ = outer_raw;
  --nesting_;
  if (stop != 0 && !stopped) {
    return fail(std::string("unexpected end of statement while looking for matching ") + stop);
  }
  return true;
}

bool Lexer::single_quote(std::string& out) {
  next();
  const std::size_t close = text_.find('\'', at_);
  if (close == std::string_view::npos) {
    return fail("unexpected end of statement while looking for matching single-quote");
  }
  if (options_.keep_quotes) out += '\'';
  while (at_ < close) append_rune(out, next());
  if (options_.keep_quotes) out += '\'';
  at_ = close + 1;
  return true;
}

bool Lexer::double_quote(std::string& out) {
  const char32_t escape = static_cast<unsigned char>(options_.escape);
  const char32_t quote = next();
  if (options_.keep_quotes) append_rune(out, quote);
  while (!at_end()) {
    char32_t rune = peek();
    if (rune == '"') {
      next();
      if (options_.keep_quotes) append_rune(out, rune);
      return true;
    }
    if (rune == '$') {
      std::string value;
      if (!dollar(value)) return false;
      out += value;
      continue;
    }
    next();
    if (rune == escape) {
      if (raw_escapes_) append_rune(out, rune);
      if (at_end()) continue;
      const char32_t escaped = peek();
      if (escaped == '"' || escaped == '$' || escaped == escape) rune = next();
    }
    append_rune(out, rune);
  }
  return fail("unexpected end of statement while looking for matching double-quote");
}

std::string Lexer::possible_heredoc() {
  next();
  if (at_end() || peek() != '<') return "<";
  next();
  std::string result = "<<";
  while (!at_end() && (peek() == ' ' || peek() == '\t')) append_rune(result, next());
  return result;
}

std::string Lexer::read_name() {
  std::string name;
  while (!at_end()) {
    const char32_t rune = peek();
    if (name.empty() && is_digit(rune)) {
      while (!at_end() && is_digit(peek())) append_rune(name, next());
      return name;
    }
    if (name.empty() && rune < 0x80 &&
        std::string_view("@*#?-$!0").find(static_cast<char>(rune)) != std::string_view::npos) {
      append_rune(name, next());
      return name;
    }
    if (!is_letter(rune) && !is_digit(rune) && rune != '_') break;
    append_rune(name, next());
  }
  return name;
}

std::optional<std::string> Lexer::value_of(const std::string& name, Span span) {
  uses.push_back({name, span});
  const VariableValue value = lookup_(name);
  switch (value.state) {
    case VariableValue::State::unset:
      return std::nullopt;
    case VariableValue::State::set:
      return std::string(value.value);
    case VariableValue::State::unknown:
      known = false;
      return std::string();
  }
  return std::nullopt;
}

bool Lexer::dollar(std::string& out) {
  next();
  if (!at_end() && peek() == '{') {
    next();
    return braced(out);
  }
  const Offset begin = static_cast<Offset>(at_);
  const std::string name = read_name();
  if (name.empty()) {
    out = "$";
    return true;
  }
  const auto value = value_of(name, {begin, static_cast<Offset>(at_)});
  out = !value && options_.keep_unset ? "$" + name : value.value_or("");
  return true;
}

bool Lexer::braced(std::string& out) {
  if (at_end()) return fail("syntax error: missing '}'");
  if (peek() == '{' || peek() == '}' || peek() == ':') return fail("syntax error: bad substitution");
  const Offset begin = static_cast<Offset>(at_);
  const std::string name = read_name();
  const Span name_span{begin, static_cast<Offset>(at_)};
  char32_t modifier = at_end() ? 0 : next();
  if (modifier == '}') {
    const auto value = value_of(name, name_span);
    out = !value && options_.keep_unset ? "${" + name + "}" : value.value_or("");
    return true;
  }
  if (modifier == '/') return replacement(name, name_span, out);
  bool null_is_unset = false;
  if (modifier == ':') {
    null_is_unset = true;
    modifier = at_end() ? 0 : next();
  }
  return modified(name, name_span, modifier, null_is_unset, out);
}

bool Lexer::modified(const std::string& name, Span name_span, char32_t modifier, bool null_is_unset, std::string& out) {
  std::string shown = null_is_unset ? ":" : "";
  append_rune(shown, modifier == 0 ? 0xFFFD : modifier);
  const bool pattern = modifier == '#' || modifier == '%';
  const bool known_modifier = modifier == '+' || modifier == '-' || modifier == '?' || pattern;
  // BuildKit reads the word behind ":x" before it looks at x, and behind a bare unknown modifier not at all.
  if ((!known_modifier && !null_is_unset) || (null_is_unset && pattern)) {
    return fail("unsupported modifier (" + shown + ") in substitution");
  }
  std::string word;
  Words unused(Words::Kept::no);
  if (!run('}', pattern, word, unused)) {
    if (at_end()) error = "syntax error: missing '}'";
    return false;
  }
  const bool was_known = known;
  const std::optional<std::string> value = value_of(name, name_span);
  const bool value_known = known || !was_known;
  if (options_.keep_unset && !value) {
    out = "${" + name + shown + word + "}";
    return true;
  }
  const bool counts_as_unset = !value || (null_is_unset && value_known && value->empty());
  switch (modifier) {
    case '-':
      out = counts_as_unset ? word : *value;
      return true;
    case '+':
      out = counts_as_unset ? "" : word;
      return true;
    case '?':
      if (!value) return fail(name + ": " + (word.empty() ? "is not allowed to be unset" : word));
      if (counts_as_unset) return fail(name + ": " + (word.empty() ? "is not allowed to be empty" : word));
      out = *value;
      return true;
    case '#':
    case '%': {
      const bool greedy = !word.empty() && word.front() == static_cast<char>(modifier);
      if (greedy) word.erase(0, 1);
      const std::string text = value.value_or("");
      const auto pattern_glob = ShellGlob::parse(word);
      if (!pattern_glob) return fail("invalid pattern (" + word + ") in substitution");
      out = modifier == '%' ? pattern_glob->trim_suffix(text, greedy) : pattern_glob->trim_prefix(text, greedy);
      return true;
    }
    default:
      return fail("unsupported modifier (" + shown + ") in substitution");
  }
}

bool Lexer::replacement(const std::string& name, Span name_span, std::string& out) {
  const bool all = !at_end() && peek() == '/';
  if (all) next();
  std::string pattern;
  std::string with;
  Words unused(Words::Kept::no);
  if (!run('/', true, pattern, unused)) {
    if (at_end()) error = "syntax error: missing '/' in ${}";
    return false;
  }
  if (!run('}', true, with, unused)) {
    if (at_end()) error = "syntax error: missing '}'";
    return false;
  }
  const auto value = value_of(name, name_span);
  if (options_.keep_unset && !value) {
    out = "${" + name + "/" + pattern + "/" + with + "}";
    return true;
  }
  const auto glob = ShellGlob::parse(pattern);
  if (!glob) return fail("invalid pattern (" + pattern + ") in substitution");
  out = glob->replace(value.value_or(""), with, all);
  return true;
}

Expansion finish(Lexer& lexer, std::string_view text, std::string result, bool ok) {
  Expansion expansion;
  expansion.uses = std::move(lexer.uses);
  expansion.known = lexer.known;
  if (ok) {
    expansion.text = std::move(result);
  } else {
    expansion.text = std::string(text);
    expansion.error = "failed to process \"" + std::string(text) + "\": " + lexer.error;
  }
  return expansion;
}

}  // namespace

Expansion expand(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options) {
  // Nothing to do for most words; bytes beyond ASCII may be none of UTF-8's, which expansion replaces.
  const auto is_plain = [&](char c) {
    return c != '$' && c != '\'' && c != '"' && c != '<' && c != options.escape && static_cast<unsigned char>(c) < 0x80;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) { return {std::string(text), true, {}, std::nullopt}; }
  Lexer lexer(text, lookup, options, options.keep_escapes);
  std::string result;
  Words words(Words::Kept::no);
  const bool ok = lexer.run(0, options.keep_escapes, result, words);
  return finish(lexer, text, std::move(result), ok);
}

std::optional<std::vector<std::string>> split_words(std::string_view text, const VariableLookup& lookup,
                                                    const ExpandOptions& options) {
  Lexer lexer(text, lookup, options, options.keep_escapes);
  std::string result;
  Words words(Words::Kept::yes);
  if (!lexer.run(0, options.keep_escapes, result, words)) return std::nullopt;
  return words.take();
}

}  // namespace keyline::analysis
