#include "analysis/syntax/words.h"

#include <algorithm>

#include "analysis/syntax/expand.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

Span span_of(std::size_t begin, std::size_t end) { return {static_cast<Offset>(begin), static_cast<Offset>(end)}; }

// BuildKit looks at single bytes here, so a byte of a multi-byte character can be one of Latin-1's blanks, and each
// byte kept becomes a character of its own.
char32_t byte_rune(char c) { return static_cast<unsigned char>(c); }

}  // namespace

FlagSplit split_flags(std::string_view text, char escape) {
  FlagSplit result;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_space(byte_rune(text[at]))) ++at;
    result.rest = static_cast<Offset>(at);
    if (at == text.size() || text[at] != '-' || at + 1 == text.size() || text[at + 1] != '-') return result;

    const std::size_t begin = at;
    std::string word;
    bool quoted = false;  // an empty quoted word still counts
    char quote = 0;
    for (; at < text.size(); ++at) {
      char c = text[at];
      if (quote == 0) {
        if (is_space(byte_rune(c))) break;
        if (c == '\'' || c == '"') {
          quote = c;
          quoted = true;
          continue;
        }
      } else if (c == quote) {
        quote = 0;
        continue;
      }
      if (c == escape) {
        if (at + 1 == text.size()) continue;  // at the very end it is dropped
        c = text[++at];
      }
      append_rune(word, byte_rune(c));
    }
    if (word == "--") {
      result.rest = static_cast<Offset>(at);
      return result;
    }
    if (quoted || !word.empty()) result.flags.push_back({std::move(word), span_of(begin, at)});
    result.rest = static_cast<Offset>(at);
    if (at == text.size()) return result;
  }
}

std::vector<Word> split_blanks(std::string_view text) {
  std::vector<Word> words;
  if (text.empty()) return words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && !is_blank(text[at])) continue;
    words.push_back({std::string(text.substr(begin, at - begin)), span_of(begin, at)});
    while (at + 1 < text.size() && is_blank(text[at + 1])) ++at;
    begin = at + 1;
  }
  return words;
}

std::vector<Word> split_first_blank(std::string_view text) {
  const std::size_t blank = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_blank) - text.begin());
  std::vector<Word> words = {{std::string(text.substr(0, blank)), span_of(0, blank)}};
  if (blank == text.size()) return words;
  std::size_t second = blank;
  while (second < text.size() && is_blank(text[second])) ++second;
  words.push_back({std::string(text.substr(second)), span_of(second, text.size())});
  return words;
}

std::vector<Word> split_quoted(std::string_view text, char escape) {
  std::vector<Word> words;
  const char32_t escape_rune = byte_rune(escape);
  std::size_t at = 0;
  while (true) {
    at = skip_space(text, at);
    if (at == text.size()) return words;
    const std::size_t begin = at;
    std::string word;
    bool quoted = false;
    char32_t quote = 0;
    while (at < text.size()) {
      Rune rune = rune_at(text, at);
      if (quote == 0 && is_space(rune.value)) break;
      at += rune.length;
      if (quote == 0 && (rune.value == '\'' || rune.value == '"')) {
        quote = rune.value;
        quoted = true;
      } else if (quote != 0 && rune.value == quote) {
        quote = 0;
      }
      if (rune.value == escape_rune && quote != '\'') {
        if (at == text.size()) break;  // at the very end it is dropped
        append_rune(word, rune.value);
        rune = rune_at(text, at);
        at += rune.length;
      }
      append_rune(word, rune.value);
    }
    if (quoted || !word.empty()) words.push_back({std::move(word), span_of(begin, at)});
  }
}

namespace {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  JsonArray read() {
    JsonArray result;
    blanks();
    if (!take('[')) return result;
    bool only_strings = true;
    blanks();
    if (!take(']')) {
      do {
        blanks();
        if (at_ < text_.size() && text_[at_] == '"') {
          const std::size_t begin = at_;
          std::string value;
          if (!string(value)) return result;
          result.strings.push_back({std::move(value), span_of(begin, at_)});
        } else {
          only_strings = false;
          if (!value(0)) return result;
        }
        blanks();
      } while (take(','));
      if (!take(']')) return result;
    }
    blanks();
    if (at_ != text_.size()) return result;
    result.state = only_strings ? JsonArray::State::strings : JsonArray::State::not_strings;
    return result;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'))
      ++at_;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(byte_rune(text_[at_]))) ++at_;
    return at_ > begin;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    return true;
  }
  std::optional<char32_t> hex4() {
    if (at_ + 4 > text_.size()) return std::nullopt;
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      if (c >= '0' && c <= '9')
        value = value * 16 + static_cast<char32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        value = value * 16 + static_cast<char32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        value = value * 16 + static_cast<char32_t>(c - 'A' + 10);
      else
        return std::nullopt;
    }
    return value;
  }
  bool unicode_escape(std::string& out) {
    auto value = hex4();
    if (!value) return false;
    if (*value >= 0xD800 && *value <= 0xDFFF) {  // half a pair alone becomes U+FFFD
      const std::size_t mark = at_;
      char32_t combined = 0xFFFD;
      if (*value < 0xDC00 && take_word("\\u")) {
        const auto low = hex4();
        if (!low) return false;
        if (*low >= 0xDC00 && *low <= 0xDFFF)
          combined = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
        else
          at_ = mark;
      }
      value = combined;
    }
    append_rune(out, *value);
    return true;
  }
  bool string(std::string& out) {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const Rune rune = rune_at(text_, at_);
      if (rune.value < 0x20) return false;
      at_ += rune.length;
      if (rune.value == '"') return true;
      if (rune.value != '\\') {
        append_rune(out, rune.value);
        continue;
      }
      if (at_ == text_.size()) return false;
      switch (text_[at_++]) {
        case '"':
          out += '"';
          break;
        case '\\':
          out += '\\';
          break;
        case '/':
          out += '/';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'n':
          out += '\n';
          break;
        case 'r':
          out += '\r';
          break;
        case 't':
          out += '\t';
          break;
        case 'u':
          if (!unicode_escape(out)) return false;
          break;
        default:
          return false;
      }
    }
    return false;
  }
  bool value(int depth) {
    if (depth > 200) return false;
    blanks();
    std::string ignored;
    if (at_ < text_.size() && text_[at_] == '"') return string(ignored);
    if (take_word("true") || take_word("false") || take_word("null")) return true;
    if (take('[')) {
      blanks();
      if (take(']')) return true;
      do {
        if (!value(depth + 1)) return false;
        blanks();
      } while (take(','));
      return take(']');
    }
    if (take('{')) {
      blanks();
      if (take('}')) return true;
      do {
        blanks();
        if (!string(ignored)) return false;
        blanks();
        if (!take(':') || !value(depth + 1)) return false;
        blanks();
      } while (take(','));
      return take('}');
    }
    return number();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

JsonArray parse_json_array(std::string_view text) {
  const std::size_t begin = skip_space(text, 0);
  if (begin == text.size() || text[begin] != '[') return {};
  JsonArray array = JsonReader(text.substr(begin)).read();
  for (Word& word : array.strings) word.span = word.span.shifted(static_cast<Offset>(begin));
  return array;
}

std::optional<Heredoc> parse_heredoc_marker(std::string_view word) {
  Heredoc heredoc;
  std::size_t at = 0;
  while (at < word.size() && is_digit(byte_rune(word[at]))) {
    heredoc.descriptor = heredoc.descriptor * 10 + static_cast<unsigned>(word[at] - '0');
    ++at;
  }
  if (word.substr(at, 2) != "<<") return std::nullopt;
  at += 2;
  if (at < word.size() && word[at] == '-') {
    heredoc.chomp = true;
    ++at;
  }
  while (at < word.size() && (is_blank(word[at]) || word[at] == '\n')) ++at;
  const std::string_view rest = word.substr(at);
  if (rest.empty() || rest.find('<') != std::string_view::npos) return std::nullopt;

  const VariableLookup no_variables = [](std::string_view) { return VariableValue{}; };
  const auto plain = split_words(rest, no_variables, {.keep_unset = true});
  const auto raw = split_words(rest, no_variables, {.keep_quotes = true, .keep_unset = true});
  if (!plain || plain->size() != 1 || !raw || raw->size() != 1) return std::nullopt;
  const auto quotes = [](const std::string& text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return c == '\'' || c == '"'; });
  };
  heredoc.name = plain->front();
  heredoc.expand = quotes(plain->front()) == quotes(raw->front());
  return heredoc;
}

std::vector<Heredoc> heredocs_of_line(std::string_view line) {
  std::vector<Heredoc> heredocs;
  const VariableLookup no_variables = [](std::string_view) { return VariableValue{}; };
  const auto words = split_words(line, no_variables, {.keep_quotes = true, .keep_escapes = true, .keep_unset = true});
  if (!words) return heredocs;
  for (const std::string& word : *words) {
    if (auto heredoc = parse_heredoc_marker(word)) heredocs.push_back(std::move(*heredoc));
  }
  return heredocs;
}

}  // namespace keyline::analysis
