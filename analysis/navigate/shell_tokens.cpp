#include "analysis/navigate/shell_tokens.h"

#include <algorithm>
#include <array>

namespace keyline::analysis {

namespace {

bool is_blank_char(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_operator_char(char c) { return std::string_view(";&|()<>").find(c) != std::string_view::npos; }
bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Words that are the shell's own where a command may begin; behind these, another command may begin.
constexpr std::array<std::string_view, 10> openers{"if",    "then", "elif", "else", "while",
                                                   "until", "do",   "{",    "!",    "time"};
// Behind these, words follow or nothing does.
constexpr std::array<std::string_view, 8> closers{"fi", "done", "esac", "}", "for", "case", "in", "function"};

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr int deepest = 40;

class ShellPainter {
 public:
  ShellPainter(const ShellText& shell, const PaintToken& paint) : shell_(shell), text_(shell.text), paint_(paint) {}

  void commands(bool until_parenthesis) {
    ++depth_;
    bool at_command = true;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (until_parenthesis && c == ')') break;
      if (c == '\n') {
        line_end(at_command);
      } else if (is_blank_char(c)) {
        ++at_;
      } else if (escapes_line_end()) {
        at_ = line_end_behind(at_);
      } else if (c == '#') {
        comment();
      } else if (is_operator_char(c)) {
        at_command = operators();
      } else {
        word(at_command);
      }
    }
    --depth_;
  }

 private:
  void paint(std::size_t begin, std::size_t end, TokenType type) {
    if (begin < end) paint_({shell_.begin + static_cast<Offset>(begin), shell_.begin + static_cast<Offset>(end)}, type);
  }

  std::size_t line_end_behind(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }

  // The escape character with nothing but blanks up to the line's end.
  bool escapes_line_end() const {
    const bool escape = text_[at_] == '\\' || (shell_.continued && text_[at_] == shell_.escape);
    if (!escape) return false;
    std::size_t next = at_ + 1;
    while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t' || text_[next] == '\r')) ++next;
    return next == text_.size() || text_[next] == '\n';
  }

  void line_end(bool& at_command) {
    ++at_;
    if (shell_.continued) return skip_comment_lines();
    // An escaped line end joins two lines; any other ends the command.
    std::size_t before = at_ - 1;
    if (before > 0 && text_[before - 1] == '\r') --before;
    if (before == 0 || text_[before - 1] != '\\') at_command = true;
  }

  // BuildKit drops them before any shell reads the line.
  void skip_comment_lines() {
    while (true) {
      std::size_t next = at_;
      while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
      if (next >= text_.size() || text_[next] != '#') return;
      at_ = line_end_behind(next);
      paint(next, at_, TokenType::comment);
      if (at_ < text_.size()) ++at_;
    }
  }

  void comment() {
    const std::size_t begin = at_;
    at_ = line_end_behind(at_);
    std::size_t end = at_;
    while (end > begin && is_blank_char(text_[end - 1])) --end;
    paint(begin, end, TokenType::comment);
  }

  // True where a command may begin behind it.
  bool operators() {
    const std::size_t begin = at_;
    const char first = text_[at_++];
    if (first != '(' && first != ')') {
      while (at_ < text_.size() && is_operator_char(text_[at_]) && text_[at_] != '(' && text_[at_] != ')') ++at_;
    }
    paint(begin, at_, TokenType::operator_);
    return first != '<' && first != '>' && text_[at_ - 1] != '>';
  }

  void word(bool& at_command) {
    const std::size_t begin = at_;
    const std::string_view plain = plain_word();
    if (at_command && (contains(openers, plain) || contains(closers, plain))) {
      at_ += plain.size();
      paint(begin, at_, TokenType::keyword);
      at_command = contains(openers, plain);
      return;
    }
    if (!at_command && (plain == "in" || plain == "do")) {  // for x in …, case x in
      at_ += plain.size();
      paint(begin, at_, TokenType::keyword);
      at_command = plain == "do";
      return;
    }
    std::size_t name = begin;
    while (name < text_.size() && is_name_char(text_[name])) ++name;
    const bool named = name > begin && (text_[begin] < '0' || text_[begin] > '9');
    if (at_command && named && name < text_.size() && text_[name] == '=') {
      paint(begin, name, TokenType::variable);
      paint(name, name + 1, TokenType::operator_);
      at_ = name + 1;
      pieces(TokenType::string);
      return;
    }
    if (at_command) {
      pieces(TokenType::function);
    } else if (text_[begin] == '-' && begin + 1 < text_.size() && !is_blank_char(text_[begin + 1])) {
      const std::size_t end = std::min(text_.find_first_of("= \t\r\n\"'$;&|()<>`", begin), text_.size());
      paint(begin, end, TokenType::parameter);
      at_ = end;
      pieces(std::nullopt);
    } else {
      pieces(std::nullopt);
    }
    at_command = false;
  }

  std::string_view plain_word() const {
    std::size_t end = at_;
    while (end < text_.size() && !is_blank_char(text_[end]) && text_[end] != '\n' && !is_operator_char(text_[end]))
      ++end;
    return text_.substr(at_, end - at_);
  }

  // The rest of a word: what is neither quoted nor expanded is of type `plain`, if that is given.
  void pieces(std::optional<TokenType> plain) {
    std::size_t from = at_;
    const auto flush = [&] {
      if (plain) paint(from, at_, *plain);
    };
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_blank_char(c) || c == '\n' || is_operator_char(c) || escapes_line_end()) break;
      if (c == '\'' || c == '"' || c == '$' || c == '`') {
        flush();
        const std::size_t before = at_;
        if (c == '\'')
          single_quoted();
        else if (c == '"')
          double_quoted();
        else if (c == '$')
          dollar();
        else
          backquoted();
        if (at_ == before) ++at_;
        from = at_;
        continue;
      }
      at_ += c == '\\' && at_ + 1 < text_.size() ? 2U : 1U;
    }
    flush();
  }

  void single_quoted() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find('\'', at_ + 1), text_.size());
    if (at_ < text_.size()) ++at_;
    paint(begin, at_, TokenType::string);
  }

  void double_quoted() {
    const std::size_t begin = at_++;
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end + 1, text_.size());
    paint(begin, end, TokenType::string);
    while (at_ < end) {
      const char c = text_[at_];
      if (c == '\\') {
        at_ += 2;
      } else if (c == '$' || c == '`') {
        const std::size_t before = at_;
        if (c == '$')
          dollar();
        else
          backquoted();
        if (at_ == before) ++at_;
      } else {
        ++at_;
      }
    }
    at_ = std::max(at_, end);
    at_ = std::min(at_, text_.size());
  }

  void dollar() {
    const std::size_t begin = at_;
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (next == '(') {
      paint(begin, begin + 2, TokenType::operator_);
      at_ += 2;
      if (depth_ < deepest) commands(true);
      if (at_ < text_.size() && text_[at_] == ')') {
        paint(at_, at_ + 1, TokenType::operator_);
        ++at_;
      }
    } else if (next == '{') {
      int open = 0;
      while (at_ < text_.size() && text_[at_] != '\n') {
        if (text_[at_] == '{') ++open;
        if (text_[at_++] == '}' && --open == 0) break;
      }
      paint(begin, at_, TokenType::variable);
    } else if (is_name_char(next) ||
               (next != '\0' && std::string_view("@*#?-$!").find(next) != std::string_view::npos)) {
      at_ += 2;
      while (is_name_char(next) && at_ < text_.size() && is_name_char(text_[at_])) ++at_;
      paint(begin, at_, TokenType::variable);
    }
  }

  void backquoted() {
    const std::size_t close = text_.find('`', at_ + 1);
    if (close == std::string_view::npos) return;
    paint(at_, at_ + 1, TokenType::operator_);
    const std::string_view whole = text_;
    text_ = text_.substr(0, close);
    ++at_;
    if (depth_ < deepest) commands(false);
    text_ = whole;
    at_ = close + 1;
    paint(close, close + 1, TokenType::operator_);
  }

  const ShellText& shell_;
  std::string_view text_;
  const PaintToken& paint_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

void paint_shell(const ShellText& shell, const PaintToken& paint) { ShellPainter(shell, paint).commands(false); }

void paint_variables(std::string_view text, Offset begin, const PaintToken& paint) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    if (at > 0 && text[at - 1] == '\\') continue;
    std::size_t end = at + 1;
    if (end < text.size() && text[end] == '{') {
      end = std::min({text.find('}', end), text.find('\n', end), text.size() - 1}) + 1;
    } else {
      while (end < text.size() && is_name_char(text[end])) ++end;
    }
    if (end > at + 1) paint({begin + static_cast<Offset>(at), begin + static_cast<Offset>(end)}, TokenType::variable);
  }
}

}  // namespace keyline::analysis
