#include "analysis/syntax/shell.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

constexpr std::uint16_t deepest = 60;  // nesting of groups and substitutions that is followed

bool is_blank_char(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_operator_char(char c) {
  return c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '<' || c == '>' || c == '\n';
}
bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_name(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), is_name_char);
}

// What surrounds the command being read.
struct Around {
  std::uint16_t depth = 0;
  bool conditional = false;
  bool subshell = false;

  Around nested() const { return {static_cast<std::uint16_t>(depth + 1), conditional, subshell}; }
  Around maybe() const { return {depth, true, subshell}; }
  Around forked() const { return {depth, conditional, true}; }
};

class ShellParser {
 public:
  explicit ShellParser(std::string_view text) : text_(text) {}

  // From `begin` to the end of the text; spans count from the text's beginning.
  ShellScript parse(Around around, std::size_t begin = 0) {
    at_ = begin;
    commands(around, {});
    while (at_ < text_.size()) {  // a stray ")" or "fi": step over it and go on
      script_.complete = false;
      ++at_;
      commands(around, {});
    }
    std::stable_sort(script_.commands.begin(), script_.commands.end(),
                     [](const ShellCommand& a, const ShellCommand& b) { return a.span.begin < b.span.begin; });
    return std::move(script_);
  }

 private:
  using Stops = std::initializer_list<std::string_view>;

  void commands(Around around, Stops stops);
  bool compound(Around around);
  bool if_clause(Around around);
  bool loop_clause(Around around, std::string_view keyword);
  bool case_clause(Around around);
  bool function_clause(Around around);
  void simple(Around around, ShellJoin join);
  void nested_script(const ShellCommand& command, Around around);
  bool redirection(ShellCommand& command);
  ShellWord word(Around around);
  void dollar(ShellWord& word, Around around);
  void backquoted(ShellWord& word, Around around);
  void double_quoted(ShellWord& word, Around around);
  void blanks();
  void newline();
  bool expect(std::string_view keyword);
  std::string_view reserved() const;
  Span span(std::size_t begin) const { return {static_cast<Offset>(begin), static_cast<Offset>(at_)}; }
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  ShellScript script_;
  struct Pending {
    std::string delimiter;
    bool chomp;
  };
  std::vector<Pending> pending_heredocs_;
};

void ShellParser::blanks() {
  while (!at_end()) {
    if (is_blank_char(peek())) {
      ++at_;
    } else if (peek() == '\\' && peek(1) == '\n') {
      at_ += 2;
    } else if (peek() == '#') {
      while (!at_end() && peek() != '\n') ++at_;
    } else {
      return;
    }
  }
}

// Over a newline and the bodies of the here-documents announced on the line it ends.
void ShellParser::newline() {
  ++at_;
  for (const Pending& pending : pending_heredocs_) {
    while (!at_end()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      if (pending.chomp) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      at_ = std::min(end + 1, text_.size());
      if (line == pending.delimiter) break;
    }
  }
  pending_heredocs_.clear();
}

// The word here, when it could be a reserved one: unquoted letters, braces or "!" up to a blank or an operator.
std::string_view ShellParser::reserved() const {
  std::size_t end = at_;
  while (end < text_.size() && !is_blank_char(text_[end]) && !is_operator_char(text_[end])) ++end;
  return text_.substr(at_, end - at_);
}

bool ShellParser::expect(std::string_view keyword) {
  while (true) {
    blanks();
    if (peek() == '\n')
      newline();
    else if (peek() == ';')
      ++at_;
    else
      break;
  }
  if (reserved() != keyword) {
    script_.complete = false;
    return false;
  }
  at_ += keyword.size();
  return true;
}

// Commands up to one of the reserved words in `stops`, a ")" or the end.
void ShellParser::commands(Around around, Stops stops) {
  ShellJoin join = script_.commands.empty() ? ShellJoin::first : ShellJoin::sequence;
  Around current = around;
  while (true) {
    blanks();
    if (at_end() || peek() == ')') return;
    if (peek() == '\n') {
      newline();
      continue;
    }
    if (peek() == ';' && peek(1) == ';') return;  // the end of a case branch
    if (peek() == ';' || peek() == '&' || peek() == '|') {
      const char c = peek();
      const bool twice = peek(1) == c;
      at_ += twice || (c == '|' && peek(1) == '&') ? 2U : 1U;
      current = around;
      if (c == ';')
        join = ShellJoin::sequence;
      else if (c == '&')
        join = twice ? ShellJoin::and_then : ShellJoin::background;
      else if (twice) {
        join = ShellJoin::or_else;
        current = around.maybe();
      } else {
        join = ShellJoin::pipe;
        current = around.forked();
      }
      continue;
    }
    if (std::find(stops.begin(), stops.end(), reserved()) != stops.end()) return;
    const std::size_t before = at_;
    if (!compound(current)) simple(current, join);
    join = ShellJoin::sequence;
    current = around;
    if (at_ == before) {  // nothing could be made of it
      script_.complete = false;
      ++at_;
    }
  }
}

bool ShellParser::compound(Around around) {
  if (around.depth >= deepest) return false;
  if (peek() == '(') {
    ++at_;
    Around inside = around.nested();
    inside.subshell = true;
    commands(inside, {});
    if (peek() == ')')
      ++at_;
    else
      script_.complete = false;
    return true;
  }
  const std::string_view keyword = reserved();
  if (keyword == "!") {  // negates what follows, which is read as usual
    ++at_;
    return true;
  }
  if (keyword == "{") {
    ++at_;
    commands(around.nested(), {"}"});
    expect("}");
    return true;
  }
  if (keyword == "if") return if_clause(around);
  if (keyword == "while" || keyword == "until" || keyword == "for") return loop_clause(around, keyword);
  if (keyword == "case") return case_clause(around);
  return function_clause(around);
}

bool ShellParser::if_clause(Around around) {
  at_ += 2;
  const Around inside = around.nested();
  commands(inside, {"then"});
  if (!expect("then")) return true;
  commands(inside.maybe(), {"elif", "else", "fi"});
  while (reserved() == "elif") {
    at_ += 4;
    commands(inside.maybe(), {"then"});
    if (!expect("then")) return true;
    commands(inside.maybe(), {"elif", "else", "fi"});
  }
  if (reserved() == "else") {
    at_ += 4;
    commands(inside.maybe(), {"fi"});
  }
  expect("fi");
  return true;
}

bool ShellParser::loop_clause(Around around, std::string_view keyword) {
  at_ += keyword.size();
  const Around inside = around.nested();
  if (keyword == "for") {
    while (!at_end() && peek() != ';' && peek() != '\n') {  // the name and its words
      blanks();
      if (at_end() || is_operator_char(peek())) break;
      word(inside);
    }
  } else {
    commands(inside, {"do"});
  }
  if (!expect("do")) return true;
  commands(inside.maybe(), {"done"});
  expect("done");
  return true;
}

bool ShellParser::case_clause(Around around) {
  at_ += 4;
  const Around inside = around.nested().maybe();
  blanks();
  word(around);
  if (!expect("in")) return true;
  while (true) {
    blanks();
    if (at_end()) break;
    if (peek() == '\n') {
      newline();
      continue;
    }
    if (reserved() == "esac") break;
    if (peek() == '(') ++at_;
    while (!at_end() && peek() != ')') {  // patterns
      blanks();
      if (peek() == '|')
        ++at_;
      else if (peek() == ')' || at_end())
        break;
      else if (is_operator_char(peek())) {
        script_.complete = false;
        ++at_;
      } else
        word(inside);
    }
    if (!at_end()) ++at_;
    commands(inside, {"esac"});
    if (peek() == ';' && peek(1) == ';')
      at_ += peek(2) == '&' ? 3U : 2U;
    else if (peek() == ')')
      ++at_;
  }
  expect("esac");
  return true;
}

bool ShellParser::function_clause(Around around) {
  const std::size_t begin = at_;
  std::size_t at = at_;
  if (reserved() == "function") {
    at += 8;
    while (at < text_.size() && is_blank_char(text_[at])) ++at;
  }
  const std::size_t name = at;
  while (at < text_.size() && (is_name_char(text_[at]) || text_[at] == '-' || text_[at] == '.')) ++at;
  const bool named = at > name;
  while (at < text_.size() && is_blank_char(text_[at])) ++at;
  const bool parentheses = text_.substr(at, 1) == "(" &&
                           text_.find_first_not_of(" \t", at + 1) != std::string_view::npos &&
                           text_[text_.find_first_not_of(" \t", at + 1)] == ')';
  if (!named || (!parentheses && name == begin)) return false;
  if (parentheses) at = text_.find(')', at) + 1;
  at_ = at;
  while (blanks(), peek() == '\n') newline();
  // The body runs when the function is called; where that is, is not followed.
  if (!compound(around.nested().maybe())) script_.complete = false;
  return true;
}

bool ShellParser::redirection(ShellCommand& command) {
  std::size_t at = at_;
  while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') ++at;
  if (at >= text_.size() || (text_[at] != '<' && text_[at] != '>')) {
    if (!(peek() == '&' && peek(1) == '>')) return false;
    at = at_ + 1;
  }
  at_ = at;
  const bool input = peek() == '<';
  const bool heredoc = input && peek(1) == '<' && peek(2) != '<';
  if (heredoc) {
    at_ += 2;
    const bool chomp = peek() == '-';
    if (chomp) ++at_;
    blanks();
    const ShellWord delimiter = word({});
    pending_heredocs_.push_back({delimiter.text, chomp});
    return true;
  }
  while (peek() == '<' || peek() == '>' || peek() == '&' || peek() == '|') ++at_;
  if (peek() == '(') return true;  // process substitution: the group is read as a command of its own
  blanks();
  if (at_end() || is_operator_char(peek())) return true;
  command.redirections.push_back(word({}));
  return true;
}

void ShellParser::simple(Around around, ShellJoin join) {
  ShellCommand command;
  const std::size_t begin = at_;
  std::size_t end = at_;
  while (true) {
    blanks();
    if (at_end()) break;
    if (redirection(command)) {
      end = at_;
      if (peek() == '(') break;
      continue;
    }
    if (is_operator_char(peek())) break;
    const std::size_t word_begin = at_;
    ShellWord next = word(around);
    if (at_ == word_begin) break;
    end = at_;
    const std::string_view source = text_.substr(word_begin, at_ - word_begin);
    const std::size_t equals = source.find('=');
    if (command.words.empty() && equals != std::string_view::npos && is_name(source.substr(0, equals))) {
      ShellAssignment assignment{std::string(source.substr(0, equals)), std::move(next), span(word_begin)};
      assignment.value.text.erase(0, equals + 1);
      assignment.value.span.begin += static_cast<Offset>(equals + 1);
      command.assignments.push_back(std::move(assignment));
    } else {
      command.words.push_back(std::move(next));
    }
  }
  if (command.words.empty() && command.assignments.empty() && command.redirections.empty()) return;
  command.span = {static_cast<Offset>(begin), static_cast<Offset>(end)};
  command.join = join;
  command.depth = around.depth;
  command.conditional = around.conditional;
  command.subshell = around.subshell;
  nested_script(command, around);
  script_.commands.push_back(std::move(command));
}

// `sh -c "…"`, `bash -lc '…'`, `su - user -c "…"`, `eval "…"`: the commands in the string run too.
void ShellParser::nested_script(const ShellCommand& command, Around around) {
  const std::size_t program = program_word(command);
  if (program >= command.words.size() || around.depth + 1 >= deepest) return;
  const std::string_view name = base_name(command.words[program].text);
  const ShellWord* inner = nullptr;
  if (name == "eval") {
    if (command.words.size() == program + 2) inner = &command.words[program + 1];
  } else if (name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh" || name == "ksh" ||
             name == "su" || name == "runuser") {
    for (std::size_t i = program + 1; i + 1 < command.words.size(); ++i) {
      const std::string& option = command.words[i].text;
      if (option.size() >= 2 && option[0] == '-' && option[1] != '-' && option.back() == 'c') {
        inner = &command.words[i + 1];
        break;
      }
    }
  }
  if (inner == nullptr) return;
  Around inside = around.nested();
  inside.subshell = name != "eval";
  ShellScript nested = ShellParser(inner->text).parse(inside);
  const bool verbatim = inner->span.size() == inner->text.size() + 2;
  const auto map = [&](Span at) { return verbatim ? at.shifted(inner->span.begin + 1) : inner->span; };
  for (ShellCommand& found : nested.commands) {
    found.span = map(found.span);
    for (ShellWord& w : found.words) w.span = map(w.span);
    for (ShellWord& w : found.redirections) w.span = map(w.span);
    for (ShellAssignment& assignment : found.assignments) {
      assignment.span = map(assignment.span);
      assignment.value.span = map(assignment.value.span);
    }
    script_.commands.push_back(std::move(found));
  }
  script_.complete = script_.complete && nested.complete;
}

ShellWord ShellParser::word(Around around) {
  ShellWord result;
  const std::size_t begin = at_;
  while (!at_end()) {
    const char c = peek();
    if (is_blank_char(c) || is_operator_char(c)) break;
    switch (c) {
      case '\\':
        ++at_;
        if (!at_end() && peek() != '\n') result.text += peek();
        if (!at_end()) ++at_;
        break;
      case '\'': {
        const std::size_t close = text_.find('\'', at_ + 1);
        if (close == std::string_view::npos) script_.complete = false;
        const std::size_t end = std::min(close, text_.size());
        result.text.append(text_.substr(at_ + 1, end - at_ - 1));
        at_ = std::min(end + 1, text_.size());
        break;
      }
      case '"':
        double_quoted(result, around);
        break;
      case '$':
        dollar(result, around);
        break;
      case '`':
        backquoted(result, around);
        break;
      case '*':
      case '?':
      case '[':
        result.literal = false;
        [[fallthrough]];
      default:
        if (c == '~' && at_ == begin) result.literal = false;
        result.text += c;
        ++at_;
    }
  }
  result.span = span(begin);
  return result;
}

void ShellParser::double_quoted(ShellWord& word, Around around) {
  ++at_;
  while (!at_end() && peek() != '"') {
    if (peek() == '\\' && at_ + 1 < text_.size()) {
      const char next = peek(1);
      if (next == '"' || next == '$' || next == '`' || next == '\\')
        word.text += next;
      else if (next != '\n') {
        word.text += '\\';
        word.text += next;
      }
      at_ += 2;
    } else if (peek() == '$') {
      dollar(word, around);
    } else if (peek() == '`') {
      backquoted(word, around);
    } else {
      word.text += peek();
      ++at_;
    }
  }
  if (at_end())
    script_.complete = false;
  else
    ++at_;
}

// `$name`, `${…}`, `$(…)`, `$((…))`: the text stays as written, commands inside are read.
void ShellParser::dollar(ShellWord& word, Around around) {
  const std::size_t begin = at_;
  ++at_;
  if (peek() == '(' && peek(1) == '(') {
    int open = 0;
    while (!at_end()) {
      if (peek() == '(') ++open;
      if (peek() == ')' && --open == 0) break;
      ++at_;
    }
    if (at_end())
      script_.complete = false;
    else
      ++at_;
    word.literal = false;
  } else if (peek() == '(') {
    ++at_;
    if (around.depth + 1 < deepest) {
      Around inside = around.nested();
      inside.subshell = true;
      commands(inside, {});
    }
    if (peek() == ')')
      ++at_;
    else
      script_.complete = false;
    word.literal = false;
  } else if (peek() == '{') {
    int open = 0;
    while (!at_end()) {
      if (peek() == '\\')
        ++at_;
      else if (peek() == '{')
        ++open;
      else if (peek() == '}' && --open == 0)
        break;
      if (!at_end()) ++at_;
    }
    if (at_end())
      script_.complete = false;
    else
      ++at_;
    word.literal = false;
  } else if (is_name_char(peek())) {
    while (is_name_char(peek())) ++at_;
    word.literal = false;
  } else if (std::string_view("@*#?-$!").find(peek()) != std::string_view::npos && !at_end()) {
    ++at_;
    word.literal = false;
  }
  word.text.append(text_.substr(begin, at_ - begin));
}

void ShellParser::backquoted(ShellWord& word, Around around) {
  const std::size_t begin = at_;
  std::size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != '`') end += text_[end] == '\\' ? 2U : 1U;
  end = std::min(end, text_.size());
  const bool closed = end < text_.size();
  if (!closed) script_.complete = false;
  if (around.depth + 1 < deepest) {
    Around inside = around.nested();
    inside.subshell = true;
    ShellScript nested = ShellParser(text_.substr(0, end)).parse(inside, begin + 1);
    for (ShellCommand& command : nested.commands) script_.commands.push_back(std::move(command));
  }
  at_ = closed ? end + 1 : end;
  word.literal = false;
  word.text.append(text_.substr(begin, at_ - begin));
}

// Options of wrapper programs that take the next word as their value.
bool takes_value(std::string_view wrapper, std::string_view option) {
  const auto one_of = [&](std::initializer_list<std::string_view> options) {
    return std::find(options.begin(), options.end(), option) != options.end();
  };
  if (wrapper == "sudo" || wrapper == "doas") return one_of({"-u", "-g", "-h", "-p", "-C", "--user", "--group"});
  if (wrapper == "env") return one_of({"-u", "-C", "--unset", "--chdir"});
  if (wrapper == "nice" || wrapper == "ionice") return one_of({"-n", "-c"});
  if (wrapper == "runuser") return one_of({"-u", "-g", "-G", "-s", "--user", "--group", "--shell"});
  if (wrapper == "timeout") return one_of({"-k", "-s", "--signal", "--kill-after"});
  if (wrapper == "stdbuf") return one_of({"-i", "-o", "-e"});
  return false;
}

}  // namespace

ShellScript parse_shell(std::string_view text) {
  ShellScript script = ShellParser(text).parse({});
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    ++at;
    if (at < text.size() && text[at] == '{') ++at;
    if (at < text.size() && (text[at] == '#' || text[at] == '!')) ++at;  // length and indirection
    std::size_t end = at;
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (is_name(text.substr(at, end - at))) {
      script.variables.push_back(
          {std::string(text.substr(at, end - at)), {static_cast<Offset>(at), static_cast<Offset>(end)}});
    }
  }
  return script;
}

std::size_t program_word(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 20> wrappers = {
      "sudo", "doas",    "env",      "time",     "nice",    "exec",      "command", "nohup", "timeout",   "stdbuf",
      "gosu", "su-exec", "corepack", "xvfb-run", "runuser", "eatmydata", "ionice",  "tini",  "dumb-init", "builtin"};
  const std::vector<ShellWord>& words = command.words;
  std::size_t at = 0;
  while (at < words.size()) {
    const std::string_view name = base_name(words[at].text);
    if (name.starts_with("python") && at + 2 < words.size() && words[at + 1].text == "-m") return at + 2;
    if (std::find(wrappers.begin(), wrappers.end(), name) == wrappers.end()) return at;
    std::size_t next = at + 1;
    while (next < words.size() && words[next].text.starts_with('-')) {
      const bool last = words[next].text == "--";
      next += takes_value(name, words[next].text) ? 2U : 1U;
      if (last) break;
    }
    if (name == "env") {
      while (next < words.size() && words[next].text.find('=') != std::string::npos) ++next;
    }
    if (name == "gosu" || name == "su-exec" || name == "timeout") ++next;  // the user, the duration
    // "corepack enable" and the like are corepack's own commands; "corepack pnpm install" runs pnpm.
    if (name == "corepack" &&
        (next >= words.size() || words[next].text == "enable" || words[next].text == "prepare" ||
         words[next].text == "disable" || words[next].text == "install" || words[next].text == "use")) {
      return at;
    }
    at = next;
  }
  return words.size();
}

}  // namespace keyline::analysis
