#include "analysis/navigate/layout.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

std::string_view indentation_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

bool is_comment(std::string_view line) { return line.substr(indentation_of(line).size()).starts_with('#'); }

// Lines of one instruction's header, as they stand.
struct Line {
  Span span;  // without its ending
  std::string_view text;
  bool blank() const { return trim_space(text).empty(); }
  // Where the escape character stands that continues the line.
  std::optional<std::size_t> continuation(char escape) const {
    std::size_t end = text.size();
    while (end > 0 && is_blank(text[end - 1])) --end;
    if (end == 0 || text[end - 1] != escape || is_comment(text)) return std::nullopt;
    if (end >= 2 && text[end - 2] == escape) return std::nullopt;
    return end - 1;
  }
};

std::vector<Line> header_lines(const Snapshot& snapshot, const Item& item) {
  std::vector<Line> lines;
  const std::uint32_t first = snapshot.lines.line_at(item.begin);
  const std::uint32_t end = std::min(first + item.instruction->header_lines, snapshot.lines.line_count());
  for (std::uint32_t line = first; line < end; ++line) {
    const Span span = snapshot.lines.line(snapshot.text(), line);
    lines.push_back({span, slice(snapshot.text(), span)});
  }
  return lines;
}

// The indentation that most continued lines have, if any has one; among equals the smaller.
std::optional<std::string> usual_indentation(const std::vector<Line>& lines,
                                             std::map<std::string, std::size_t> counts) {
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string indentation(indentation_of(lines[i].text));
    if (!lines[i].blank() && !indentation.empty()) ++counts[indentation];
  }
  const auto best = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& one, const auto& other) { return one.second < other.second; });
  return best == counts.end() ? std::nullopt : std::optional(best->first);
}

// What the first continued lines of the file's instructions are indented by, beyond the instruction itself.
std::string file_indentation(const Snapshot& snapshot, const LayoutOptions& options) {
  std::map<std::string, std::size_t> counts;
  for (const Item& item : snapshot.tree.items) {
    if (item.instruction->header_lines < 2) continue;
    const std::uint32_t second = snapshot.lines.line_at(item.begin) + 1;
    if (second >= snapshot.lines.line_count()) continue;
    const std::string_view line = slice(snapshot.text(), snapshot.lines.line(snapshot.text(), second));
    if (!indentation_of(line).empty() && !trim_space(line).empty()) ++counts[std::string(indentation_of(line))];
  }
  if (const auto usual = usual_indentation({}, std::move(counts))) return *usual;
  return options.insert_spaces ? std::string(std::clamp(options.tab_size, 1U, 16U), ' ') : "\t";
}

// The instruction's text with runs of blanks outside quotes as one: what may differ and what may not.
std::string essence(std::string_view text) {
  std::string result;
  char quote = '\0';
  bool blank = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == '\0' && is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && !result.empty()) result += ' ';
    blank = false;
    result += c;
    if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
      result += text[++at];
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  return result;
}

bool same_words(const std::vector<Word>& one, const std::vector<Word>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const Word& a, const Word& b) { return essence(a.text) == essence(b.text); });
}

// Whether the edits leave the instruction what it is, and the text in one piece.
bool is_harmless(const Snapshot& snapshot, const Item& item, const EditList& edits) {
  const std::string_view text = snapshot.text();
  EditList own;
  for (const Edit& edit : edits.edits()) {
    if (!own.add({{edit.span.begin - item.begin, edit.span.end - item.begin}, edit.text})) return false;
  }
  const std::string directive =
      snapshot.tree.escape == '\\' ? "" : "# escape=" + std::string(1, snapshot.tree.escape) + "\n";
  const auto parsed = [&](std::string instruction) {
    return parse(std::make_shared<const std::string>(directive + std::move(instruction)));
  };
  const std::string before(slice(text, item.span()));
  const SyntaxTree old_tree = parsed(before), new_tree = parsed(own.apply(before));
  if (old_tree.items.size() != 1 || new_tree.items.size() != 1) return false;
  const Instruction& was = *old_tree.items[0].instruction;
  const Instruction& is = *new_tree.items[0].instruction;
  return essence(was.line.text) == essence(is.line.text) && same_words(was.arguments, is.arguments) &&
         was.flags.size() == is.flags.size() && was.json == is.json && was.heredocs.size() == is.heredocs.size() &&
         was.problems.size() == is.problems.size() && was.header_lines == is.header_lines;
}

class Formatter {
 public:
  Formatter(const Snapshot& snapshot, const LayoutOptions& options)
      : snapshot_(snapshot), indentation_(file_indentation(snapshot, options)) {}

  EditList format(const Item& item) const {
    const std::vector<Line> lines = header_lines(snapshot_, item);
    EditList edits;
    if (lines.size() < 2) return edits;
    const std::string own(indentation_of(lines.front().text));
    const std::string usual = usual_indentation(lines, {}).value_or(own + indentation_);
    const std::optional<std::size_t> column = escape_column(lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Line& line = lines[i];
      std::size_t width = line.text.size();
      // Lines that hang deeper or otherwise are the author's; only what has no indentation at all is given one.
      const bool bare = i > 0 && !line.blank() && indentation_of(line.text).empty();
      if (bare) (void)edits.add({{line.span.begin, line.span.begin}, usual});
      if (bare) width += usual.size();
      format_end(line, column, width - line.text.size(), edits);
    }
    return edits.empty() || is_harmless(snapshot_, item, edits) ? edits : EditList();
  }

 private:
  // The column in which the author has the escape characters, when there are blanks in front to keep them there.
  std::optional<std::size_t> escape_column(const std::vector<Line>& lines) const {
    std::map<std::size_t, std::size_t> columns;
    std::size_t aligned = 0, all = 0;
    for (const Line& line : lines) {
      const auto at = line.continuation(snapshot_.tree.escape);
      if (!at || line.text.find('\t') != std::string_view::npos) continue;
      ++all;
      ++columns[*at];
      if (*at >= 2 && line.text[*at - 1] == ' ' && line.text[*at - 2] == ' ') ++aligned;
    }
    if (aligned == 0 || all < 3) return std::nullopt;
    const auto usual = std::max_element(columns.begin(), columns.end(),
                                        [](const auto& one, const auto& other) { return one.second < other.second; });
    return usual->second * 2 > all ? std::optional(usual->first) : std::nullopt;
  }

  // What stands between the last word, the escape character and the line's end.
  void format_end(const Line& line, std::optional<std::size_t> column, std::size_t moved, EditList& edits) const {
    const auto at = line.continuation(snapshot_.tree.escape);
    if (!at) return;
    const Offset escape = line.span.begin + static_cast<Offset>(*at);
    std::size_t word = *at;
    while (word > 0 && line.text[word - 1] == ' ') --word;
    // Without a blank the words of two lines are one, and stay one.
    if (column && word < *at && word > 0 && line.text.find('\t') == std::string_view::npos && word + moved < *column) {
      const std::size_t blanks = *column - word - moved;
      if (blanks != *at - word)
        (void)edits.add({{line.span.begin + static_cast<Offset>(word), escape}, std::string(blanks, ' ')});
    }
    if (escape + 1 < line.span.end) (void)edits.add({{escape + 1, line.span.end}, ""});
  }

  const Snapshot& snapshot_;
  std::string indentation_;
};

}  // namespace

EditList format(const Snapshot& snapshot, Span within, const LayoutOptions& options) {
  EditList edits;
  const Formatter formatter(snapshot, options);
  for (const Item& item : snapshot.tree.items) {
    const bool above = item.span().end <= within.begin && item.span().end < snapshot.text().size();
    if (above || item.begin > within.end) continue;
    (void)edits.add_all(formatter.format(item));
  }
  return edits;
}

EditList indent_new_line(const Snapshot& snapshot, std::uint32_t line, const LayoutOptions& options) {
  EditList edits;
  if (line == 0 || line >= snapshot.lines.line_count()) return edits;
  const std::string_view text = snapshot.text();
  const Span above = snapshot.lines.line(text, line - 1), here = snapshot.lines.line(text, line);
  const Item* item = snapshot.tree.item_at(above.begin);
  if (item == nullptr) return edits;
  const std::uint32_t first = snapshot.lines.line_at(item->begin);
  const Line broken{above, slice(text, above)};
  const auto escape = broken.continuation(snapshot.tree.escape);
  if (line - 1 >= first + item->instruction->header_lines || !escape) return edits;
  if (*escape > 0 && !is_blank(broken.text[*escape - 1])) return edits;  // one word in two lines
  const std::string_view written = indentation_of(slice(text, here));
  std::string wanted(indentation_of(broken.text));
  if (line - 1 == first) wanted += file_indentation(snapshot, options);
  if (written == wanted) return edits;
  (void)edits.add({{here.begin, here.begin + static_cast<Offset>(written.size())}, wanted});
  return edits;
}

}  // namespace keyline::analysis
