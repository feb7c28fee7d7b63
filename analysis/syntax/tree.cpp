#include "analysis/syntax/tree.h"

#include <algorithm>
#include <array>

#include "analysis/text/ascii.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

constexpr std::array<std::string_view, 18> keyword_names = {
    "ADD",   "ARG",        "CMD",     "COPY", "ENTRYPOINT", "ENV",        "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "MAINTAINER", "ONBUILD", "RUN",  "SHELL",      "STOPSIGNAL", "USER",   "VOLUME", "WORKDIR",
};

}  // namespace

std::string_view keyword_name(Keyword keyword) {
  return keyword == Keyword::unknown ? std::string_view() : keyword_names[static_cast<std::size_t>(keyword)];
}

Keyword keyword_from(std::string_view word) {
  for (std::size_t i = 0; i < keyword_names.size(); ++i) {
    if (word.size() == keyword_names[i].size() &&
        std::equal(word.begin(), word.end(), keyword_names[i].begin(), [](char a, char b) { return upper(a) == b; })) {
      return static_cast<Keyword>(i);
    }
  }
  return Keyword::unknown;
}

std::string_view Flag::name() const {
  std::string_view rest(text);
  rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
  return rest.substr(0, rest.find('='));
}

std::optional<std::string_view> Flag::value() const {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  return std::string_view(text).substr(equals + 1);
}

void LogicalLine::append(std::string_view part, Offset source) {
  if (part.empty()) return;
  pieces_.push_back({static_cast<Offset>(text.size()), source});
  text.append(part);
}

Offset LogicalLine::source(Offset logical) const {
  if (pieces_.empty()) return 0;
  const auto behind = std::upper_bound(pieces_.begin(), pieces_.end(), logical,
                                       [](Offset offset, const Piece& piece) { return offset < piece.logical; });
  const Piece& piece = behind == pieces_.begin() ? *behind : *std::prev(behind);
  return piece.source + (logical - piece.logical);
}

Span LogicalLine::source(Span logical) const {
  if (logical.empty()) {
    const Offset at = source(logical.begin);
    return {at, at};
  }
  // The end is the last byte's end: a span that ends with a piece must not reach into the next line.
  return {source(logical.begin), source(logical.end - 1) + 1};
}

const Flag* Instruction::flag(std::string_view wanted) const {
  for (auto it = flags.rbegin(); it != flags.rend(); ++it) {
    if (it->name() == wanted) return &*it;
  }
  return nullptr;
}

const Directive* SyntaxTree::directive(std::string_view name) const {
  for (const Directive& directive : directives) {
    if (directive.name == name) return &directive;
  }
  return nullptr;
}

const Item* SyntaxTree::item_at(Offset offset) const {
  const auto behind =
      std::upper_bound(items.begin(), items.end(), offset, [](Offset at, const Item& item) { return at < item.begin; });
  if (behind == items.begin()) return nullptr;
  const Item& item = *std::prev(behind);
  const Span span = item.span();
  if (span.contains(offset)) return &item;
  // Behind the last byte of a file that does not end in a newline, the cursor still stands on the instruction.
  return offset == span.end && offset == text->size() && !text->empty() && text->back() != '\n' ? &item : nullptr;
}

std::vector<Word> SyntaxTree::comments_above(const Item& item) const {
  const std::size_t index = static_cast<std::size_t>(&item - items.data());
  const Offset from = std::max(index == 0 ? 0 : items[index - 1].span().end, directives_end);
  std::vector<Word> comments;
  const std::string_view all(*text);
  for (std::size_t at = from == 0 && all.starts_with("\xEF\xBB\xBF") ? 3 : from; at < item.begin;) {
    const std::size_t newline = std::min(all.find('\n', at), all.size());
    const std::size_t visible = skip_space(all.substr(0, newline), at);
    if (visible < newline && all[visible] == '#') {
      // parser.go:Parse drops the line's first byte, which is a blank and not the "#" where the comment is indented.
      const std::string_view comment = trim_space(all.substr(at + 1, newline - at - 1));
      if (comment.empty()) {
        comments.clear();
      } else {
        const Offset begin = static_cast<Offset>(comment.data() - all.data());
        comments.push_back({std::string(comment), {begin, begin + static_cast<Offset>(comment.size())}});
      }
    }
    at = newline + 1;
  }
  return comments;
}

std::string print(const SyntaxTree& tree) {
  const std::string_view text(*tree.text);
  std::string result;
  result.reserve(text.size());
  Offset at = 0;
  const auto copy_to = [&](Offset end) {
    result.append(slice(text, {at, end}));
    at = end;
  };
  for (const Item& item : tree.items) {
    copy_to(item.begin);
    const LogicalLine& line = item.instruction->line;
    for (std::size_t i = 0; i < line.pieces().size(); ++i) {
      const LogicalLine::Piece& piece = line.pieces()[i];
      const Offset end =
          i + 1 < line.pieces().size() ? line.pieces()[i + 1].logical : static_cast<Offset>(line.text.size());
      copy_to(item.begin + piece.source);
      result.append(line.text, piece.logical, end - piece.logical);
      at += end - piece.logical;
    }
    copy_to(item.span().end);
  }
  copy_to(static_cast<Offset>(text.size()));
  return result;
}

}  // namespace keyline::analysis
