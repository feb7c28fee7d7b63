// A RUN that writes the moment or a random value into the image, and is then taken from the cache.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/rules/context_copies.h"

namespace keyline::analysis {

namespace {

// What of the command's text would be another value in each run; "" when there is none.
std::string_view passing_value(std::string_view text) {
  for (const std::string_view value : {"$(date", "`date", "$(uuidgen", "`uuidgen", "$RANDOM", "${RANDOM}"}) {
    const std::size_t at = text.find(value);
    if (at == std::string_view::npos) continue;
    const char next = at + value.size() < text.size() ? text[at + value.size()] : ' ';
    const bool word = value.back() == '}' || std::string_view(" )`\"/").find(next) != std::string_view::npos;
    const std::string_view call = text.substr(at, text.find_first_of(")`", at + 2) - at);
    const bool fixed = call.find("-d ") != std::string_view::npos || call.find("--date") != std::string_view::npos ||
                       call.find("-r ") != std::string_view::npos || call.find('@') != std::string_view::npos;
    if (word && !fixed)
      return value.find("date") != std::string_view::npos   ? "date"
             : value.find("uuid") != std::string_view::npos ? "uuidgen"
                                                            : "$RANDOM";
  }
  return {};
}

bool writes_file(const ShellCommand& command) {
  return std::any_of(command.redirections.begin(), command.redirections.end(), [](const ShellWord& target) {
    return target.text.find_first_not_of("&-0123456789") != std::string::npos && !target.text.starts_with("/dev/");
  });
}

std::string_view baked_value(const ShellCommand& command, std::string_view text) {
  if (!writes_file(command)) return {};
  const std::size_t program = program_word(command);
  if (program < command.words.size() && !command.subshell) {
    const std::string& name = command.words[program].text;
    const bool fixed = std::any_of(command.words.begin(), command.words.end(), [](const ShellWord& word) {
      return word.text.starts_with("-d") || word.text.starts_with("-r") || word.text.starts_with("--");
    });
    if (name == "uuidgen" || (name == "date" && !fixed)) return name == "date" ? "date" : "uuidgen";
  }
  return passing_value(text);
}

// Whether something makes the step run again anyway: an argument that differs in every build, or the sources above it
// or in a mount.
bool runs_often(const StepFacts& facts, const ContextCopies& copies, StepId run) {
  const std::vector<Step>& steps = facts.model().steps;
  const auto mounts_sources = [](const Origin& origin) { return origin.kind == Origin::Kind::context; };
  if (std::any_of(steps[run].origins.begin(), steps[run].origins.end(), mounts_sources)) return true;
  for (StepId id = 0; id < run; ++id) {
    if (steps[id].keyword != Keyword::arg || steps[id].stage != steps[run].stage) continue;
    for (const Word& word : facts.instruction(id).arguments) {
      const std::string_view name = std::string_view(word.text).substr(0, word.text.find('='));
      if (busts_the_cache(name) || changes_with_every_build(name)) return true;
    }
  }
  const CopyList above = copies.above(run);
  return std::any_of(above.begin(), above.end(), [](const ContextCopy* copy) { return copy->directory; });
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const ContextCopies& copies = facts.context_copies();
  for (StepId run = 0; run < context.model.steps.size(); ++run) {
    for (const ShellCommand& command : facts.commands(run)) {
      const Span span = context.absolute(run, command.span);
      const std::string_view value = baked_value(command, slice(*context.tree.text, span));
      if (value.empty()) continue;
      if (runs_often(facts, copies, run)) break;
      Finding finding{.span = first_line(context.tree, span)};
      finding.message = fmt::format(
          "what `{}` says stays as it was in the first build: the step is taken from the cache "
          "as long as its text is the same",
          value);
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace

extern const Rule build_value_frozen;
const Rule build_value_frozen{
    .id = "build-value-frozen",
    .summary = "A RUN writes a date or a random value that the cache then keeps",
    .severity = Severity::information,
    .why =
        R"(A RUN is looked up by its text, its environment and what stands above it, not by what it would print. `date` and `$RANDOM`
do not make it run again: the value of the first build is in every image until something above changes, on each builder
another one. A value that is passed as an argument, and declared right above, is the one of this build; a label or an
annotation needs no step at all.)",
    .silent = R"(- The value goes into no file: it is printed, or kept in a variable.
- An argument that differs in every build, or one made to bust the cache, is in the step's environment.
- A COPY of a directory stands above, or files of the context are mounted: then the value is that of the last change of the sources.
- `date` is asked for a given moment (`-d`, `-r`).)",
    .unproven = "",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.22
RUN date > /built
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
