#include "analysis/navigate/tokens.h"

#include <algorithm>
#include <optional>

#include "analysis/navigate/mentions.h"
#include "analysis/navigate/shell_tokens.h"
#include "analysis/text/ascii.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

// Letters of one stretch of text, painted one over the other; what was painted last shows.
class Canvas {
 public:
  Canvas(std::string_view text, Span span) : text_(slice(text, span)), begin_(span.begin), letters_(text_.size()) {}

  void paint(Span span, TokenType type, bool declares = false) {
    if (span.begin < begin_ || span.end < span.begin) return;
    ++strokes_;
    const std::size_t last = std::min<std::size_t>(span.end - begin_, letters_.size());
    for (std::size_t at = span.begin - begin_; at < last; ++at) letters_[at] = {strokes_, type, declares};
  }

  void take(std::vector<Token>& tokens) const {
    for (std::size_t at = 0; at < letters_.size();) {
      std::size_t end = at + 1;
      if (letters_[at].stroke == 0 || text_[at] == '\n' || text_[at] == '\r') {
        at = end;
        continue;
      }
      while (end < letters_.size() && letters_[end].stroke == letters_[at].stroke && text_[end] != '\n' &&
             text_[end] != '\r')
        ++end;
      Span span{begin_ + static_cast<Offset>(at), begin_ + static_cast<Offset>(end)};
      // A string that goes on in the next line has no colour in that line's indentation.
      while (!span.empty() && is_blank(text_[span.begin - begin_])) ++span.begin;
      while (!span.empty() && is_blank(text_[span.end - 1 - begin_])) --span.end;
      if (!span.empty()) tokens.push_back({span, letters_[at].type, letters_[at].declares});
      at = end;
    }
  }

 private:
  struct Letter {
    std::uint32_t stroke = 0;
    TokenType type = TokenType::keyword;
    bool declares = false;
  };
  std::string_view text_;
  Offset begin_;
  std::vector<Letter> letters_;
  std::uint32_t strokes_ = 0;
};

class Painter {
 public:
  Painter(const Snapshot& snapshot, std::uint32_t index)
      : snapshot_(snapshot),
        index_(index),
        item_(snapshot.tree.items[index]),
        written_(*item_.instruction),
        canvas_(snapshot.text(), item_.span()) {}

  void take(std::vector<Token>& tokens) {
    comments_between_lines();
    const Instruction* instruction = &written_;
    for (; instruction->trigger; instruction = instruction->trigger.get()) keyword(*instruction);
    keyword(*instruction);
    for (const Flag& flag : instruction->flags) paint_flag(item_.absolute(flag.span));
    arguments(*instruction);
    heredocs(*instruction);
    names();
    canvas_.take(tokens);
  }

 private:
  std::string_view text() const { return snapshot_.text(); }
  PaintToken painter() {
    return [this](Span span, TokenType type) { canvas_.paint(span, type); };
  }

  void keyword(const Instruction& instruction) {
    if (instruction.keyword != Keyword::unknown)
      canvas_.paint(item_.absolute(instruction.name.span), TokenType::keyword);
  }

  // Comment lines inside a continued instruction; the first line is none.
  void comments_between_lines() {
    const std::uint32_t first = snapshot_.lines.line_at(item_.begin);
    for (std::uint32_t line = first + 1; line < first + written_.header_lines; ++line) {
      Span span = snapshot_.lines.line(text(), line);
      span.begin += static_cast<Offset>(skip_space(slice(text(), span), 0));
      if (slice(text(), span).starts_with('#')) canvas_.paint(span, TokenType::comment);
    }
  }

  // --name=value, --mount=type=cache,target=/x
  void paint_flag(Span span) {
    const std::string_view flag = slice(text(), span);
    const std::size_t equals = flag.find('=');
    const auto place = [&](std::size_t begin, std::size_t end) {
      return Span{span.begin + static_cast<Offset>(begin), span.begin + static_cast<Offset>(end)};
    };
    canvas_.paint(place(0, std::min(equals, flag.size())), TokenType::parameter);
    if (equals == std::string_view::npos) return;
    canvas_.paint(place(equals, equals + 1), TokenType::operator_);
    const bool fields = flag.starts_with("--mount");
    for (std::size_t begin = equals + 1; begin < flag.size();) {
      const std::size_t end = fields ? std::min(flag.find(',', begin), flag.size()) : flag.size();
      const std::size_t inner = fields ? flag.substr(begin, end - begin).find('=') : std::string_view::npos;
      if (fields) {
        const std::size_t key = begin + std::min(inner, end - begin);
        canvas_.paint(place(begin, key), TokenType::property);
        if (inner != std::string_view::npos) {
          canvas_.paint(place(key, key + 1), TokenType::operator_);
          canvas_.paint(place(key + 1, end), TokenType::string);
        }
      } else {
        canvas_.paint(place(begin, end), TokenType::string);
      }
      if (end < flag.size()) canvas_.paint(place(end, end + 1), TokenType::operator_);
      begin = end + 1;
    }
    paint_variables(flag.substr(equals), span.begin + static_cast<Offset>(equals), painter());
  }

  void word(const Word& word, TokenType type) { canvas_.paint(item_.absolute(word.span), type); }

  void arguments(const Instruction& instruction) {
    const std::vector<Word>& words = instruction.arguments;
    switch (instruction.keyword) {
      case Keyword::from:
        if (!words.empty()) word(words[0], TokenType::image);
        if (words.size() > 1 && to_lower(words[1].text) == "as") word(words[1], TokenType::keyword);
        if (words.size() > 2) word(words[2], TokenType::stage);
        break;
      case Keyword::env:
      case Keyword::label:
        for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
          word(words[i], instruction.keyword == Keyword::env ? TokenType::variable : TokenType::property);
          word(words[i + 1], TokenType::string);
          if (!words[i + 2].text.empty()) word(words[i + 2], TokenType::operator_);
        }
        break;
      case Keyword::arg:
        for (const Word& each : words) argument_pair(item_.absolute(each.span));
        break;
      case Keyword::run:
      case Keyword::cmd:
      case Keyword::entrypoint:
      case Keyword::healthcheck:
        shell(instruction);
        return;
      case Keyword::expose:
        for (const Word& each : words) word(each, TokenType::number);
        break;
      case Keyword::unknown:
      case Keyword::onbuild:
        return;
      default:
        for (const Word& each : words)
          word(each, each.text.starts_with("<<") ? TokenType::operator_ : TokenType::string);
    }
    const Span rest = item_.absolute(written_.line.source(instruction.rest));
    paint_variables(slice(text(), rest), rest.begin, painter());
    comments_between_lines();
  }

  void argument_pair(Span span) {
    const std::size_t equals = slice(text(), span).find('=');
    const Offset end = equals == std::string_view::npos ? span.end : span.begin + static_cast<Offset>(equals);
    canvas_.paint({span.begin, end}, TokenType::variable);
    if (end == span.end) return;
    canvas_.paint({end, end + 1}, TokenType::operator_);
    canvas_.paint({end + 1, span.end}, TokenType::string);
  }

  void shell(const Instruction& instruction) {
    if (instruction.json) {
      for (const Word& each : instruction.arguments) word(each, TokenType::string);
      return;
    }
    if (instruction.keyword == Keyword::healthcheck) {
      if (instruction.arguments.empty()) return;
      word(instruction.arguments.front(), TokenType::keyword);
      if (instruction.arguments.size() > 1) paint_line(item_.absolute(instruction.arguments.back().span));
      return;
    }
    if (!instruction.rest.empty()) paint_line(item_.absolute(written_.line.source(instruction.rest)));
  }

  void paint_line(Span span) { paint_shell({slice(text(), span), span.begin, true, snapshot_.tree.escape}, painter()); }

  // A body is a script of the shell, unless it says whose it is, or goes into a file.
  void heredocs(const Instruction& instruction) {
    for (const Heredoc& heredoc : written_.heredocs) {
      if (!heredoc.terminated) continue;
      const Span body = item_.absolute(heredoc.body);
      const std::string_view content = slice(text(), body);
      const bool script =
          instruction.keyword == Keyword::run && written_.heredocs.size() == 1 &&
          (!content.starts_with("#!") || content.substr(0, content.find('\n')).find("sh") != content.npos);
      if (script && written_.script.commands.size() > 0) {
        paint_shell({content, body.begin, false, '\\'}, painter());
      } else {
        canvas_.paint(body, TokenType::string);
        if (heredoc.expand) paint_variables(content, body.begin, painter());
      }
    }
  }

  // What the names in it are, whatever they look like.
  void names() {
    for (const Name& name : mentions(snapshot_, index_, Look::names)) {
      switch (name.kind) {
        case NameKind::stage:
          canvas_.paint(name.span, TokenType::stage, name.declares);
          break;
        case NameKind::image:
          if (name.literal) canvas_.paint(name.span, TokenType::image);
          break;
        case NameKind::heredoc:
          canvas_.paint(name.span, TokenType::operator_);
          break;
        case NameKind::variable:
          if (name.declares && name.literal) canvas_.paint(name.span, TokenType::variable, true);
          break;
        default:
          break;
      }
    }
  }

  const Snapshot& snapshot_;
  std::uint32_t index_;
  const Item& item_;
  const Instruction& written_;
  Canvas canvas_;
};

void comment_lines(const Snapshot& snapshot, Offset begin, Offset end, std::vector<Token>& tokens) {
  if (begin >= end) return;
  for (std::uint32_t line = snapshot.lines.line_at(begin); line < snapshot.lines.line_count(); ++line) {
    Span span = snapshot.lines.line(snapshot.text(), line);
    if (span.begin >= end) return;
    span.begin = std::max(begin, span.begin + static_cast<Offset>(skip_space(slice(snapshot.text(), span), 0)));
    if (span.begin < span.end && snapshot.text()[span.begin] == '#')
      tokens.push_back({span, TokenType::comment, false});
  }
}

void directives(const Snapshot& snapshot, Span within, std::vector<Token>& tokens) {
  for (const Directive& directive : snapshot.tree.directives) {
    const Span line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(directive.span.begin));
    if (line.end < within.begin || line.begin > within.end) continue;
    Span name{line.begin, directive.value_span.begin};
    name.begin += static_cast<Offset>(skip_space(slice(snapshot.text(), line), 0));
    while (name.end > name.begin && is_blank(snapshot.text()[name.end - 1])) --name.end;
    if (!name.empty()) tokens.push_back({name, TokenType::directive, false});
    if (!directive.value_span.empty()) tokens.push_back({directive.value_span, TokenType::string, false});
  }
}

}  // namespace

const std::vector<std::string>& token_type_names() {
  static const std::vector<std::string> names{"keyword",   "comment",  "string",    "number", "operator", "variable",
                                              "parameter", "function", "namespace", "class",  "property", "macro"};
  return names;
}

std::vector<Token> tokens(const Snapshot& snapshot, Span within) {
  std::vector<Token> found;
  directives(snapshot, within, found);
  const std::vector<Item>& items = snapshot.tree.items;
  // The last that begins before the range may reach into it.
  auto item = std::upper_bound(items.begin(), items.end(), within.begin,
                               [](Offset at, const Item& each) { return at < each.begin; });
  if (item != items.begin()) --item;
  const Offset top = snapshot.tree.directives.empty() ? 0 : snapshot.tree.directives.back().value_span.end;
  const Offset first_line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(within.begin)).begin;
  Offset gap = std::max({top, first_line, item == items.begin() ? 0 : std::prev(item)->span().end});
  for (; item != items.end() && item->begin <= within.end; ++item) {
    comment_lines(snapshot, gap, item->begin, found);
    Painter(snapshot, static_cast<std::uint32_t>(item - items.begin())).take(found);
    gap = std::max(gap, item->span().end);
  }
  const Offset end = item == items.end() ? static_cast<Offset>(snapshot.text().size()) : item->begin;
  comment_lines(snapshot, gap, std::min(end, within.end), found);
  std::erase_if(found,
                [&](const Token& token) { return token.span.end < within.begin || token.span.begin > within.end; });
  return found;
}

}  // namespace keyline::analysis
