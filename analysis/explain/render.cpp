#include <fmt/format.h>

#include <algorithm>

#include "analysis/explain/explanation.h"

namespace keyline::analysis {

namespace {

// Text that Markdown must not read as markup.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\*_[]<>|#").find(c) != std::string_view::npos) result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

// A code span: its fence is longer than any run of backticks inside.
std::string code(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  std::string line;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    line += c == '\n' ? ' ' : c;
  }
  const std::string fence(longest + 1, '`');
  const char* pad = longest > 0 ? " " : "";
  return fence + pad + line + pad + fence;
}

}  // namespace

std::string to_markdown(const Explanation& explanation) {
  std::string text = fmt::format("**{}**\n\n{}\n", code(explanation.title), escaped(explanation.forecast));
  for (const ExplanationSection& section : explanation.sections) {
    text += fmt::format("\n**{}**\n\n", section.title);
    for (const ExplanationRow& row : section.rows) {
      text += "- ";
      if (!row.label.empty()) text += escaped(row.label);
      if (!row.value.empty()) text += fmt::format("{}{}", row.label.empty() ? "" : ": ", code(row.value));
      if (!row.origin.empty()) text += fmt::format(" ({})", escaped(row.origin));
      text += '\n';
    }
  }
  for (const std::string& note : explanation.notes) text += fmt::format("\n{}\n", escaped(note));
  return text;
}

std::string to_text(const Explanation& explanation) {
  std::string text = fmt::format("{}\n  {}\n", explanation.title, explanation.forecast);
  for (const ExplanationSection& section : explanation.sections) {
    text += fmt::format("\n  {}\n", section.title);
    std::size_t width = 0;
    for (const ExplanationRow& row : section.rows) width = std::max(width, row.label.size());
    width = std::min<std::size_t>(width, 40);
    for (const ExplanationRow& row : section.rows) {
      std::string line = fmt::format("    {:<{}}  {}", row.label, width, row.value);
      std::replace(line.begin(), line.end(), '\n', ' ');
      if (!row.origin.empty()) line += fmt::format("  ({})", row.origin);
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
  }
  for (const std::string& note : explanation.notes) text += fmt::format("\n  {}\n", note);
  return text;
}

}  // namespace keyline::analysis
