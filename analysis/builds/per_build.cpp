#include "analysis/builds/per_build.h"

#include <algorithm>
#include <array>

#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

constexpr std::array<std::string_view, 9> expressions{"github.sha",
                                                      "github.run_id",
                                                      "github.run_number",
                                                      "github.run_attempt",
                                                      "github.event.head_commit",
                                                      "github.event.after",
                                                      "github.event.pull_request.head.sha",
                                                      "steps.meta.outputs.json",
                                                      "steps.meta.outputs.labels"};

constexpr std::array<std::string_view, 7> commands{"date",     "git rev-parse", "git describe", "git log",
                                                   "git show", "uuidgen",       "git status"};

constexpr std::array<std::string_view, 9> variables{
    "CI_COMMIT_SHA",     "CI_COMMIT_SHORT_SHA", "CI_COMMIT_BEFORE_SHA", "CI_COMMIT_TIMESTAMP",
    "CI_JOB_ID",         "CI_PIPELINE_ID",      "CI_PIPELINE_IID",      "RANDOM",
    "GITHUB_RUN_ATTEMPT"};

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// Where a word stands in the text by itself: `date` and not `update`.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || (!is_name(text[at - 1]) && text[at - 1] != '-' && text[at - 1] != '.');
    const std::size_t end = at + word.size();
    if (begins && (end == text.size() || (!is_name(text[end]) && text[end] != '-'))) return true;
  }
  return false;
}

bool command_per_build(std::string_view command) {
  return std::any_of(commands.begin(), commands.end(), [&](std::string_view each) { return has_word(command, each); });
}

bool variable_per_build(std::string_view name) {
  return std::find(variables.begin(), variables.end(), name) != variables.end() || changes_with_every_build(name);
}

// Behind the bracket at `open`, counting those inside.
std::size_t closing(std::string_view text, std::size_t open, char opener, char closer) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == opener) ++depth;
    if (text[i] == closer && --depth == 0) return i + 1;
  }
  return text.size();
}

}  // namespace

std::size_t end_of_variable_name(std::string_view text, std::size_t at) {
  while (at < text.size() && is_name(text[at])) ++at;
  return at;
}

bool expression_per_build(std::string_view expression) {
  return std::any_of(expressions.begin(), expressions.end(),
                     [&](std::string_view each) { return has_word(expression, each); });
}

std::string part_per_build(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') {
      const std::size_t end = std::min(text.find('`', i + 1), text.size() - 1) + 1;
      if (command_per_build(text.substr(i, end - i))) return std::string(text.substr(i, end - i));
      i = end - 1;
      continue;
    }
    if (text[i] != '$' || i + 1 >= text.size()) continue;
    if (text.substr(i).starts_with("${{")) {
      const std::size_t end = std::min(text.find("}}", i), text.size() - 2) + 2;
      if (expression_per_build(text.substr(i + 3, end - i - 3))) return std::string(text.substr(i, end - i));
      i = end - 1;
    } else if (text[i + 1] == '(') {
      const std::size_t end = closing(text, i + 1, '(', ')');
      const std::string_view inner = text.substr(i + 2, end - i - 2);
      const std::string_view name = trim_space(inner.substr(0, std::min(inner.find(')'), inner.size())));
      // In a Makefile $(NAME) is a variable.
      if (command_per_build(inner) || variable_per_build(name)) return std::string(text.substr(i, end - i));
      i = end - 1;
    } else {
      const bool braced = text[i + 1] == '{';
      const std::size_t begin = i + (braced ? 2 : 1);
      const std::size_t end = end_of_variable_name(text, begin);
      if (variable_per_build(text.substr(begin, end - begin))) {
        const std::size_t whole = braced ? std::min(text.find('}', end), text.size() - 1) + 1 : end;
        return std::string(text.substr(i, whole - i));
      }
    }
  }
  return {};
}

}  // namespace keyline::analysis
