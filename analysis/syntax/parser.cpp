#include "analysis/syntax/parser.h"

#include <algorithm>
#include <cstring>

#include "analysis/syntax/instruction.h"
#include "analysis/text/ascii.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

std::size_t end_of_line(std::string_view text, std::size_t begin) {
  const std::size_t newline = text.find('\n', begin);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// One line of the directive block: "# name = value". Empty when the line is none, which ends the block.
std::optional<Directive> read_directive(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  std::size_t at = skip_space(line, 1);
  const std::size_t name = at;
  if (at == line.size() || !ascii_letter(line[at])) return std::nullopt;
  while (at < line.size() && (ascii_letter(line[at]) || (line[at] >= '0' && line[at] <= '9'))) ++at;
  Directive directive;
  directive.name = to_lower(line.substr(name, at - name));
  // \s of Go's regular expressions: no \v.
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; };
  while (at < line.size() && blank(line[at])) ++at;
  if (at == line.size() || line[at] != '=') return std::nullopt;
  ++at;
  while (at < line.size() && blank(line[at])) ++at;
  std::size_t end = line.size();
  while (end > at && blank(line[end - 1])) --end;
  if (at == end) return std::nullopt;
  if (directive.name != "syntax" && directive.name != "escape" && directive.name != "check") return std::nullopt;
  directive.value = line.substr(at, end - at);
  directive.span = {0, static_cast<Offset>(end)};
  directive.value_span = {static_cast<Offset>(at), static_cast<Offset>(end)};
  return directive;
}

// Lengths of what two texts have in common at their beginnings and ends; the two never overlap.
struct Common {
  std::size_t prefix;
  std::size_t suffix;
};

Common common_parts(std::string_view a, std::string_view b) {
  const std::size_t shortest = std::min(a.size(), b.size());
  constexpr std::size_t block = 256;
  std::size_t prefix = 0;
  while (prefix + block <= shortest && std::memcmp(a.data() + prefix, b.data() + prefix, block) == 0) prefix += block;
  while (prefix < shortest && a[prefix] == b[prefix]) ++prefix;
  const std::size_t most = shortest - prefix;
  std::size_t suffix = 0;
  while (suffix + block <= most &&
         std::memcmp(a.data() + a.size() - suffix - block, b.data() + b.size() - suffix - block, block) == 0)
    suffix += block;
  while (suffix < most && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) ++suffix;
  return {prefix, suffix};
}

class Parser {
 public:
  Parser(std::shared_ptr<const std::string> text, const SyntaxTree* previous, ParseCount& count)
      : text_(*text), previous_(previous), count_(count), heredoc_ends_(*text) {
    tree_.text = std::move(text);
  }

  SyntaxTree parse() {
    read_directives();
    if (previous_ != nullptr) keep_prefix();
    while (at_ < text_.size()) {
      if (keep_suffix()) break;
      read_line();
    }
    if (tree_.items.empty()) {
      // BuildKit says so when it has read the last line.
      const Offset end = static_cast<Offset>(text_.size() - (text_.ends_with('\n') ? 1 : 0));
      tree_.problems.push_back({{end, end}, "file with no instructions"});
    }
    return std::move(tree_);
  }

 private:
  void read_directives();
  void read_directives_below_shebang();
  void keep_prefix();
  bool keep_suffix();
  void read_line();

  std::string_view text_;
  const SyntaxTree* previous_;
  ParseCount& count_;
  HeredocEnds heredoc_ends_;
  SyntaxTree tree_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 0;
  std::size_t resume_ = SIZE_MAX;  // from here on, the text is the end of the previous one
  std::size_t next_old_ = 0;       // the first of the previous items that may be taken over behind it
};

void Parser::read_directives() {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  while (at_ < text_.size()) {
    const std::size_t end = end_of_line(text_, at_);
    std::size_t visible = end;
    while (visible > at_ && (text_[visible - 1] == '\n' || text_[visible - 1] == '\r')) --visible;
    const std::size_t begin = skip_space(text_.substr(0, visible), at_);
    auto directive = read_directive(text_.substr(begin, visible - begin));
    if (!directive) {
      // The line that ends the block belongs to what the block depends on.
      tree_.directives_end = static_cast<Offset>(at_);
      if (line_ == 0) read_directives_below_shebang();
      return;
    }
    const Offset offset = static_cast<Offset>(begin);
    directive->span = directive->span.shifted(offset);
    directive->value_span = directive->value_span.shifted(offset);
    directive->line = line_;
    if (tree_.directive(directive->name) != nullptr) {
      tree_.problems.push_back({directive->span, "only one " + directive->name + " parser directive can be used"});
    } else if (directive->name == "escape" && directive->value != "\\" && directive->value != "`") {
      tree_.problems.push_back(
          {directive->value_span, "invalid escape token '" + directive->value + "' does not match ` or \\"});
    } else if (directive->name == "escape") {
      tree_.escape = directive->value.front();
    }
    tree_.directives.push_back(std::move(*directive));
    at_ = end;
    ++line_;
  }
  tree_.directives_end = static_cast<Offset>(at_);
}

// directives.go:parseDirective looks for `syntax` and `check` below a "#!" line too, though for Parse the block has
// ended there: such a line is a comment as well, and `escape` has no effect.
void Parser::read_directives_below_shebang() {
  if (!text_.substr(at_).starts_with("#!")) return;
  std::uint32_t line = line_;
  for (std::size_t begin = end_of_line(text_, at_); begin < text_.size(); begin = end_of_line(text_, begin)) {
    ++line;
    const std::size_t end = end_of_line(text_, begin);
    auto directive = read_directive(text_.substr(begin, end - begin));
    if (!directive || tree_.directive(directive->name) != nullptr) return;
    if (directive->name == "escape") continue;
    directive->span = directive->span.shifted(static_cast<Offset>(begin));
    directive->value_span = directive->value_span.shifted(static_cast<Offset>(begin));
    directive->line = line;
    tree_.directives.push_back(std::move(*directive));
  }
}

void Parser::keep_prefix() {
  if (previous_->escape != tree_.escape) return;
  const std::string_view old(*previous_->text);
  const Common common = common_parts(old, text_);
  // The blocks at the top must end alike, or lines change between directive, comment and instruction.
  const std::size_t start = at_;
  if (common.prefix < start || previous_->directives_end != start) return;
  const std::vector<Item>& items = previous_->items;
  const std::size_t resume_old = old.size() - common.suffix;
  resume_ = text_.size() - common.suffix;
  for (const Item& item : items) {
    const std::size_t end = item.span().end;
    // An item whose last line has no line ending would grow with what is appended to it.
    if (end > common.prefix || old[end - 1] != '\n' || item.instruction->reads_ahead) break;
    tree_.items.push_back(item);
    at_ = end;
    line_ = item.line + item.instruction->lines;
    ++count_.reused;
  }
  next_old_ = static_cast<std::size_t>(
      std::lower_bound(items.begin(), items.end(), resume_old,
                       [](const Item& item, std::size_t offset) { return item.begin < offset; }) -
      items.begin());
}

// At the start of a line behind the edit where an item of the previous tree started too: the rest is the same.
bool Parser::keep_suffix() {
  if (at_ < resume_) return false;
  const std::vector<Item>& items = previous_->items;
  const std::size_t old_at = at_ - text_.size() + previous_->text->size();
  while (next_old_ < items.size() && items[next_old_].begin < old_at) ++next_old_;
  if (next_old_ == items.size() || items[next_old_].begin != old_at) return false;
  const std::uint32_t old_line = items[next_old_].line;
  tree_.items.reserve(tree_.items.size() + items.size() - next_old_);
  for (std::size_t i = next_old_; i < items.size(); ++i) {
    Item item = items[i];
    item.begin = static_cast<Offset>(item.begin - old_at + at_);
    item.line = item.line - old_line + line_;
    tree_.items.push_back(std::move(item));
    ++count_.reused;
  }
  return true;
}

void Parser::read_line() {
  const std::size_t end = end_of_line(text_, at_);
  const std::size_t visible = skip_space(text_.substr(0, end), at_);
  if (visible == end || text_[visible] == '#') {
    at_ = end;
    ++line_;
    return;
  }
  auto instruction =
      std::make_shared<Instruction>(read_instruction(text_, static_cast<Offset>(at_), tree_.escape, heredoc_ends_));
  ++count_.parsed;
  const Offset begin = static_cast<Offset>(at_);
  at_ += instruction->size;
  const std::uint32_t line = line_;
  line_ += instruction->lines;
  tree_.items.push_back({begin, line, std::move(instruction)});
}

}  // namespace

SyntaxTree parse(std::shared_ptr<const std::string> text, const SyntaxTree* previous, ParseCount* count) {
  ParseCount ignored;
  return Parser(std::move(text), previous, count != nullptr ? *count : ignored).parse();
}

}  // namespace keyline::analysis
