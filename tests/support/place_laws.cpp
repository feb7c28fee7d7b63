#include "tests/support/place_laws.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/navigate/layout.h"
#include "analysis/navigate/outline.h"
#include "analysis/navigate/tokens.h"

namespace keyline::tests {

namespace {

using analysis::Snapshot;
using analysis::Span;

bool holds(Span outer, Span inner) { return outer.begin <= inner.begin && inner.end <= outer.end; }

Span whole(const Snapshot& snapshot) { return {0, static_cast<analysis::Offset>(snapshot.text().size())}; }

void check_outline(const std::vector<analysis::OutlineEntry>& entries, Span within, std::vector<std::string>& faults) {
  for (const analysis::OutlineEntry& entry : entries) {
    if (entry.name.empty()) faults.emplace_back("an entry of the outline has no name");
    if (!holds(within, entry.span)) faults.push_back("the outline does not nest at " + entry.name);
    if (!holds(entry.span, entry.selection)) faults.push_back("the selection lies outside of " + entry.name);
    check_outline(entry.children, entry.span, faults);
  }
}

void check_tokens(const Snapshot& snapshot, std::vector<std::string>& faults) {
  const std::vector<analysis::Token> all = tokens(snapshot, whole(snapshot));
  analysis::Offset end = 0;
  for (const analysis::Token& token : all) {
    const std::string_view text = slice(snapshot.text(), token.span);
    if (token.span.begin < end || text.empty() || text.find_first_of("\n\r") != text.npos)
      faults.push_back(
          fmt::format("a token is out of order, empty or of two lines: {}-{}", token.span.begin, token.span.end));
    end = token.span.end;
  }
  // The tokens of every line are those that the whole has there.
  for (std::uint32_t line = 0; line < snapshot.lines.line_count(); ++line) {
    const Span span = snapshot.lines.line(snapshot.text(), line);
    std::vector<analysis::Token> wanted;
    for (const analysis::Token& token : all)
      if (token.span.end >= span.begin && token.span.begin <= span.end) wanted.push_back(token);
    if (tokens(snapshot, span) != wanted) faults.push_back(fmt::format("line {} has other tokens by itself", line + 1));
  }
}

void check_selections(const Snapshot& snapshot, std::vector<std::string>& faults) {
  const analysis::Offset pace = 1 + whole(snapshot).end / 150;
  for (analysis::Offset at = 0; at <= whole(snapshot).end; at += pace) {
    const std::vector<Span> spans = selection_spans(snapshot, at);
    bool nested = true;
    for (std::size_t i = 1; i < spans.size(); ++i) nested = nested && holds(spans[i], spans[i - 1]);
    if (spans.empty() || !nested || !spans.front().touches(at) || spans.back() != whole(snapshot))
      faults.push_back(fmt::format("the selection at byte {} does not grow", at));
  }
}

std::string without_blanks(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result), [](char c) { return c != ' ' && c != '\t'; });
  return result;
}

// Everything the model makes of it but for blanks between words.
std::string meaning(const Snapshot& snapshot) {
  std::string text;
  for (const analysis::Item& item : snapshot.tree.items) {
    const analysis::Instruction& instruction = *item.instruction;
    text += fmt::format("{} {} {}\n", instruction.name.text, instruction.json, instruction.lines);
    for (const analysis::Flag& flag : instruction.flags) text += flag.text + "\n";
    for (const analysis::Word& word : instruction.arguments) text += without_blanks(word.text) + "\n";
    for (const analysis::Heredoc& heredoc : instruction.heredocs)
      text += slice(snapshot.text(), item.absolute(heredoc.body));
    for (const analysis::ShellCommand& command : instruction.script.commands)
      for (const analysis::ShellWord& word : command.words) text += word.text + "\n";
  }
  return text + fmt::format("{} problems\n", snapshot.problems.size());
}

void check_layout(const Snapshot& snapshot, const Analyse& analyse, std::vector<std::string>& faults) {
  for (const analysis::LayoutOptions& options : {analysis::LayoutOptions{4, true}, analysis::LayoutOptions{2, false}}) {
    const analysis::EditList edits = format(snapshot, whole(snapshot), options);
    const std::string text = edits.apply(snapshot.text());
    const auto once = analyse(text);
    if (meaning(*once) != meaning(snapshot)) faults.push_back("formatting changes the meaning:\n" + text);
    if (without_blanks(text) != without_blanks(snapshot.text()))
      faults.push_back("formatting changes more than blanks:\n" + text);
    if (!format(*once, whole(*once), options).empty()) faults.push_back("formatting does not come to rest:\n" + text);
  }
}

}  // namespace

std::vector<std::string> faults_of_places(const Snapshot& snapshot, const Analyse& analyse) {
  std::vector<std::string> faults;
  check_outline(outline(snapshot), whole(snapshot), faults);
  for (const analysis::Fold& fold : folds(snapshot))
    if (fold.first_line >= fold.last_line || fold.last_line >= snapshot.lines.line_count())
      faults.push_back(fmt::format("a fold of lines {} to {}", fold.first_line, fold.last_line));
  check_tokens(snapshot, faults);
  check_selections(snapshot, faults);
  check_layout(snapshot, analyse, faults);
  return faults;
}

}  // namespace keyline::tests
