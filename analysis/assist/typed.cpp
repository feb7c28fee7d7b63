#include "analysis/assist/typed.h"

#include <algorithm>

namespace keyline::analysis {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The item whose lines the cursor is in; at the end of a text without a last line ending, the last one.
std::uint32_t item_under(const Snapshot& snapshot, Offset offset) {
  const std::vector<Item>& items = snapshot.tree.items;
  const auto next =
      std::upper_bound(items.begin(), items.end(), offset, [](Offset at, const Item& item) { return at < item.begin; });
  if (next == items.begin()) return none;
  const auto item = next - 1;
  const Offset end = item->span().end;
  const bool open = end == snapshot.text().size() && (end == 0 || snapshot.text()[end - 1] != '\n');
  if (offset > end || (offset == end && !open)) return none;
  return static_cast<std::uint32_t>(item - items.begin());
}

class WordReader {
 public:
  WordReader(const Snapshot& snapshot, Offset begin, Offset end)
      : text_(snapshot.text()), escape_(snapshot.tree.escape), at_(begin), end_(end) {}

  std::vector<TypedWord> read() && {
    begin_word();
    while (at_ < end_) step();
    words_.back().span.end = end_;
    return std::move(words_);
  }

 private:
  void begin_word() { words_.push_back({"", {at_, at_}}); }

  void step() {
    const char c = text_[at_];
    if (c == escape_ && skip_line_end()) return skip_comments();
    if (quote_ == '\0' && (is_blank(c) || c == '\n' || c == '\r')) {
      TypedWord& word = words_.back();
      word.span.end = at_++;
      if (word.text.empty()) words_.pop_back();
      return begin_word();
    }
    if (c == quote_)
      quote_ = '\0';
    else if (quote_ == '\0' && (c == '"' || c == '\''))
      quote_ = c;
    words_.back().text += c;
    ++at_;
  }

  // A continuation: the escape, blanks, the end of the line.
  bool skip_line_end() {
    Offset at = at_ + 1;
    while (at < end_ && (is_blank(text_[at]) || text_[at] == '\r')) ++at;
    if (at >= end_ || text_[at] != '\n') return false;
    at_ = at + 1;
    if (words_.back().text.empty()) words_.back().span = {at_, at_};
    return true;
  }

  void skip_comments() {
    while (true) {
      Offset at = at_;
      while (at < end_ && is_blank(text_[at])) ++at;
      if (at >= end_ || (text_[at] != '#' && text_[at] != '\n')) return;
      const std::size_t line_end = text_.find('\n', at);
      if (line_end == std::string_view::npos || line_end >= end_) return;
      at_ = static_cast<Offset>(line_end) + 1;
      if (words_.back().text.empty()) words_.back().span = {at_, at_};
    }
  }

  std::string_view text_;
  char escape_;
  Offset at_;
  Offset end_;
  char quote_ = '\0';
  std::vector<TypedWord> words_;
};

}  // namespace

std::size_t Typed::arguments() const {
  std::size_t count = 0;
  for (std::size_t i = keyword_index + 1; i + 1 < words.size(); ++i) {
    if (count > 0 || !words[i].text.starts_with("--")) ++count;
  }
  return count;
}

bool Typed::among_flags() const { return words.size() > keyword_index + 1 && arguments() == 0; }

Typed typed_at(const Snapshot& snapshot, Offset offset) {
  Typed typed;
  offset = std::min(offset, static_cast<Offset>(snapshot.text().size()));
  typed.item = item_under(snapshot, offset);
  const std::size_t line_end = offset == 0 ? std::string_view::npos : snapshot.text().rfind('\n', offset - 1);
  const auto line = static_cast<Offset>(line_end == std::string_view::npos ? 0 : line_end + 1);
  const std::string_view before = slice(snapshot.text(), {line, offset});
  if (typed.item != none) {
    const Item& item = snapshot.tree.items[typed.item];
    for (const Heredoc& heredoc : item.instruction->heredocs) {
      if (item.absolute(heredoc.body).contains(offset)) typed.place = Typed::Place::heredoc;
    }
  }
  const std::size_t first = before.find_first_not_of(" \t");
  if (typed.place != Typed::Place::heredoc)
    typed.place =
        first != std::string_view::npos && before[first] == '#' ? Typed::Place::comment : Typed::Place::instruction;
  const bool whole_line = typed.item == none || typed.place != Typed::Place::instruction;
  typed.words = WordReader(snapshot, whole_line ? line : snapshot.tree.items[typed.item].begin, offset).read();
  if (typed.item == none) return typed;
  typed.keyword = snapshot.tree.items[typed.item].instruction->keyword;
  if (typed.keyword == Keyword::onbuild && typed.words.size() > 2) {
    typed.keyword = keyword_from(typed.words[1].text);
    typed.keyword_index = 1;
  }
  return typed;
}

}  // namespace keyline::analysis
