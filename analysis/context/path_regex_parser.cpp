// Pattern -> regular expression -> items, in the two steps that BuildKit takes: patternmatcher.go's compile() writes
// an expression without knowing about classes and escapes, and Go's regexp/syntax then reads whatever came out. So a
// `*` between brackets, `|`, `{2}` and `\Q` mean here what they happen to mean there.
#include <algorithm>
#include <utility>

#include "analysis/context/path_regex.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

using Runes = std::u32string_view;

constexpr Runes directories_group = U"(.*/)?";
constexpr Runes name_part = U"[^/]";

bool is_one_of(char32_t rune, std::string_view characters) {
  return rune < 128 && characters.find(static_cast<char>(rune)) != std::string_view::npos;
}

bool is_ascii_letter(char32_t rune) { return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z'); }

// patternmatcher.go: compile(), for "/" as the separator. Its table of characters to escape is one bit short, so that
// `|`, `{` and `}` are not in it.
std::u32string write_expression(std::string_view pattern) {
  std::u32string runes;
  while (!pattern.empty()) {
    const Rune rune = rune_at(pattern, 0);
    runes.push_back(rune.value);
    pattern.remove_prefix(rune.length);
  }
  std::u32string text = U"^";
  for (std::size_t i = 0; i < runes.size(); ++i) {
    const char32_t c = runes[i];
    const bool more = i + 1 < runes.size();
    if (c == '*' && more && runes[i + 1] == '*') {
      ++i;
      if (i + 1 < runes.size() && runes[i + 1] == '/') ++i;
      text += i + 1 < runes.size() ? directories_group : Runes(U".*");
    } else if (c == '*') {
      text += name_part;
      text += '*';
    } else if (c == '?') {
      text += name_part;
    } else if (is_one_of(c, ".+()$")) {
      text += '\\';
      text += c;
    } else if (c == '\\') {
      text += c;
      if (more) text += runes[++i];
    } else {
      text += c;
    }
  }
  return text + U'$';
}

RuneSet any_but_newline() {
  RuneSet set{{'\n', '\n'}};
  set.negate();
  return set;
}

// Go's regexp/syntax with the Perl flags, as far as write_expression() can ask for it.
class Parser {
 public:
  explicit Parser(Runes text) : rest_(text) {}

  std::optional<std::vector<RegexItems>> parse() {
    while (!rest_.empty() && !bad_) take_item();
    finish_alternative();
    if (bad_) return std::nullopt;
    return std::move(alternatives_);
  }

 private:
  using Kind = RegexItem::Kind;

  bool starts_with(Runes text) const { return rest_.substr(0, text.size()) == text; }
  char32_t peek(std::size_t index) const { return index < rest_.size() ? rest_[index] : 0; }

  void add(RuneSet set) { items_.push_back({Kind::one, std::move(set)}); }
  void add(char32_t rune) { add(RuneSet{{rune, rune}}); }
  void add_assertion(Kind kind, std::size_t width) {
    items_.push_back({kind, {}});
    rest_.remove_prefix(width);
  }

  // Go searches: what is not tied to an end of the path may have anything before or behind it.
  void finish_alternative() {
    const RegexItem anything{Kind::star, RuneSet{{0, 0x10FFFF}}};
    const auto replace = [&](bool tied, RegexItems::const_iterator at) {
      if (tied)
        items_.erase(at);
      else
        items_.insert(at, anything);
    };
    const bool tied_behind = !items_.empty() && items_.back().kind == Kind::text_end;
    replace(tied_behind, tied_behind ? items_.end() - 1 : items_.end());
    replace(!items_.empty() && items_.front().kind == Kind::text_begin, items_.begin());
    alternatives_.push_back(std::exchange(items_, {}));
    last_ = Last::nothing;
  }

  void take_item() {
    const char32_t c = rest_[0];
    if (c == '{' && take_repetition()) return;
    last_ = Last::item;
    if (c == '|') {
      rest_.remove_prefix(1);
      finish_alternative();
    } else if (c == '(') {
      bad_ = !starts_with(directories_group);
      if (!bad_) add_assertion(Kind::directories, directories_group.size());
      last_ = Last::repetition;
    } else if (c == '.') {
      rest_.remove_prefix(1);
      add(any_but_newline());
      take_star();
    } else if (c == '[') {
      take_class();
      take_star();
    } else if (c == '^') {
      add_assertion(Kind::text_begin, 1);
    } else if (c == '$') {
      add_assertion(Kind::text_end, 1);
    } else if (c == '\\') {
      take_escape();
    } else {
      add(c);
      rest_.remove_prefix(1);
    }
  }

  void take_star() {
    if (bad_ || peek(0) != '*') return;
    items_.back().kind = Kind::star;
    rest_.remove_prefix(1);
    last_ = Last::repetition;
  }

  // `{2}`, `{2,}` or `{2,5}` behind something that can be repeated. False: it is not one of these, and stands for
  // itself.
  bool take_repetition() {
    Runes text = rest_.substr(1);
    const std::optional<int> least = take_number(text);
    if (!least || text.empty()) return false;
    std::optional<int> most = least;
    if (text[0] == ',') {
      text.remove_prefix(1);
      most = text.starts_with('}') ? unlimited : take_number(text);
    }
    if (!most || !text.starts_with('}')) return false;
    rest_ = text.substr(1);
    bad_ = last_ != Last::item || *least > most_repetitions || *most > most_repetitions ||
           (*most != unlimited && *least > *most);
    if (!bad_) repeat(*least, *most);
    last_ = Last::repetition;
    return true;
  }

  static std::optional<int> take_number(Runes& text) {
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    if (text.size() >= 2 && text[0] == '0' && is_digit(text[1])) return std::nullopt;
    int number = 0;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
      number = std::min(number * 10 + static_cast<int>(text[0] - '0'), most_repetitions + 1);
    }
    return number;
  }

  void repeat(int least, int most) {
    repeated_ += std::max(least, most);
    if (repeated_ > most_repeated) {
      fail();
      return;
    }
    const RegexItem item = std::move(items_.back());
    items_.pop_back();
    if (item.kind != Kind::one) {
      if (least > 0) items_.push_back(item);  // an assertion holds as often as one likes
      return;
    }
    items_.insert(items_.end(), static_cast<std::size_t>(least), item);
    if (most == unlimited) {
      items_.push_back({Kind::star, item.set});
    } else {
      items_.insert(items_.end(), static_cast<std::size_t>(most - least), {Kind::maybe, item.set});
    }
  }

  void take_escape() {
    switch (peek(1)) {
      case 'A':
        return add_assertion(Kind::text_begin, 2);
      case 'z':
        return add_assertion(Kind::text_end, 2);
      case 'b':
        return add_assertion(Kind::word_edge, 2);
      case 'B':
        return add_assertion(Kind::no_word_edge, 2);
      case 'Q':
        return take_quotation();
      default:
        break;
    }
    if (std::optional<RuneSet> set = take_escaped_class()) {
      add(std::move(*set));
    } else if (!bad_) {
      const char32_t rune = take_escaped_rune();
      if (!bad_) add(rune);
    }
  }

  // \Q...\E: everything between stands for itself.
  void take_quotation() {
    rest_.remove_prefix(2);
    const std::size_t end = std::min(rest_.find(U"\\E"), rest_.size());
    for (const char32_t rune : rest_.substr(0, end)) add(rune);
    rest_.remove_prefix(std::min(end + 2, rest_.size()));
  }

  std::optional<RuneSet> take_escaped_class() {
    const char32_t letter = peek(1);
    if (letter == 'p' || letter == 'P') {
      std::optional<RuneSet> set = unicode_class(peek(2));
      bad_ = !set;
      if (set && letter == 'P') set->negate();
      rest_.remove_prefix(std::min<std::size_t>(3, rest_.size()));
      return set;
    }
    std::optional<RuneSet> set = perl_class(letter);
    if (set) rest_.remove_prefix(2);
    return set;
  }

  char32_t take_escaped_rune() {
    if (rest_.size() < 2) return fail();
    const char32_t c = rest_[1];
    rest_.remove_prefix(2);
    if (c < 128 && !is_ascii_letter(c) && !is_digit(c)) return c;
    switch (c) {
      case 'a':
        return '\a';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'v':
        return '\v';
      case 'x':
        return take_hexadecimal();
      default:
        return c >= '0' && c <= '7' ? take_octal(c) : fail();
    }
  }

  // A single digit other than 0 would be a back-reference, which Go refuses.
  char32_t take_octal(char32_t first) {
    const auto is_octal = [](char32_t c) { return c >= '0' && c <= '7'; };
    if (first != '0' && !is_octal(peek(0))) return fail();
    char32_t value = first - '0';
    for (int i = 0; i < 2 && is_octal(peek(0)); ++i) {
      value = value * 8 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  // \x61 or \x{1F433}.
  char32_t take_hexadecimal() {
    const bool braces = peek(0) == '{';
    if (braces) rest_.remove_prefix(1);
    char32_t value = 0;
    int digits = 0;
    for (; digits < 2 || (braces && peek(0) != '}'); ++digits) {
      const char32_t c = peek(0);
      if (is_digit(c))
        value = value * 16 + (c - '0');
      else if (c >= 'a' && c <= 'f')
        value = value * 16 + (c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        value = value * 16 + (c - 'A' + 10);
      else if (braces && c == '}' && digits > 0)
        break;
      else
        return fail();
      if (value > 0x10FFFF) return fail();
      rest_.remove_prefix(1);
    }
    if (braces) rest_.remove_prefix(1);
    return value;
  }

  void take_class() {
    rest_.remove_prefix(1);
    const bool inverted = peek(0) == '^';
    if (inverted) rest_.remove_prefix(1);
    RuneSet set;
    for (bool first = true; !bad_ && (first || peek(0) != ']'); first = false) take_class_part(set);
    if (bad_) return;
    rest_.remove_prefix(1);
    if (inverted) set.negate();
    add(std::move(set));
  }

  void take_class_part(RuneSet& set) {
    if (rest_.size() > 2 && starts_with(U"[:")) {
      const std::size_t end = rest_.find(U":]", 2);
      if (end != Runes::npos) {
        const std::optional<RuneSet> named = posix_class(rest_.substr(2, end - 2));
        bad_ = !named;
        if (named) set.add(*named);
        rest_.remove_prefix(end + 2);
        return;
      }
    }
    if (peek(0) == '\\') {
      const std::optional<RuneSet> escaped = take_escaped_class();
      if (escaped) set.add(*escaped);
      if (escaped || bad_) return;
    }
    const char32_t low = take_class_rune();
    char32_t high = low;
    if (!bad_ && rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
      rest_.remove_prefix(1);
      high = take_class_rune();
      bad_ = bad_ || high < low;
    }
    if (!bad_) set.add(low, high);
  }

  char32_t take_class_rune() {
    if (rest_.empty()) return fail();
    if (rest_[0] == '\\') return take_escaped_rune();
    const char32_t rune = rest_[0];
    rest_.remove_prefix(1);
    return rune;
  }

  char32_t fail() {
    bad_ = true;
    return 0;
  }

  static constexpr int most_repetitions = 1000;
  static constexpr int most_repeated = 20'000;  // by all repetitions together; Go has such a bound as well
  static constexpr int unlimited = -1;

  Runes rest_;
  std::vector<RegexItems> alternatives_;
  RegexItems items_;  // of the present alternative
  // What a repetition would apply to: not to another repetition, nor to the place behind `|`.
  enum class Last : std::uint8_t { nothing, item, repetition } last_ = Last::nothing;
  int repeated_ = 0;
  bool bad_ = false;
};

}  // namespace

std::optional<std::vector<RegexItems>> translate_pattern(std::string_view pattern) {
  const std::u32string expression = write_expression(pattern);
  return Parser(expression).parse();
}

}  // namespace keyline::analysis
