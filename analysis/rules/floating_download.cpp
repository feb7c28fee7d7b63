// A RUN that downloads whatever is newest, and is then reused for as long as its text stays the same.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/programs.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view clone_value_options =
    "-b --branch --depth -c --config -o --origin -j --jobs --reference --filter --shallow-since --separate-git-dir -u "
    "--upload-pack --template --server-option --bundle-uri --recurse-submodules --revision";

// `git clone` of a default branch, or of a branch whose name is no release: "https://host/project".
std::string floating_clone(const ShellCommand& command, std::size_t program) {
  const std::vector<ShellWord>& words = command.words;
  if (program + 1 >= words.size() || words[program + 1].text != "clone") return {};
  std::string repository;
  for (std::size_t i = program + 2; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    if (!words[i].literal) return {};
    const std::size_t equals = word.find('=');
    if (lists("-b --branch --revision", std::string_view(word).substr(0, equals))) {
      const std::string_view name = equals != std::string::npos ? std::string_view(word).substr(equals + 1)
                                    : i + 1 < words.size()      ? std::string_view(words[i + 1].text)
                                                                : std::string_view();
      if (word.starts_with("--revision") || !lists("master main develop dev trunk HEAD", name)) return {};
    }
    if (word.starts_with('-')) {
      if (lists(clone_value_options, word)) ++i;
      continue;
    }
    if (repository.empty()) repository = word;
  }
  const bool remote = repository.find("://") != std::string::npos || repository.starts_with("git@");
  return remote ? repository : std::string();
}

// A URL that says "latest" and names no version.
std::string floating_url(const ShellCommand& command, std::size_t program) {
  for (std::size_t i = program + 1; i < command.words.size(); ++i) {
    const std::string& word = command.words[i].text;
    const std::size_t scheme = word.find("://");
    if (scheme == std::string::npos || !command.words[i].literal) continue;
    const std::size_t path = word.find('/', scheme + 3);
    if (path == std::string::npos) continue;
    const std::string_view rest = std::string_view(word).substr(path);
    const std::size_t at = rest.find("latest");
    if (at == std::string_view::npos || at == 0) continue;
    const std::string_view before = "/-_.=";
    const std::size_t end = at + 6;
    const bool open = before.find(rest[at - 1]) != std::string_view::npos;
    if (open && (end == rest.size() || std::string_view("/-_.?&").find(rest[end]) != std::string_view::npos))
      return word;
  }
  return {};
}

// "go install host/tool@latest"
std::string floating_package(const ShellCommand& command, std::size_t program) {
  for (std::size_t i = program + 1; i < command.words.size(); ++i) {
    const std::string& word = command.words[i].text;
    if (word.ends_with("@latest") && !word.starts_with('-')) return word;
  }
  return {};
}

std::string floating(const ShellCommand& command, std::size_t program) {
  if (program >= command.words.size()) return {};
  const std::string name = program_name(command.words[program].text);
  if (name == "git") return floating_clone(command, program);
  if (name == "curl" || name == "wget") return floating_url(command, program);
  if (lists("go npm pnpm yarn", name)) return floating_package(command, program);
  return {};
}

bool mentions_any(std::string_view source, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return source.find(word) != std::string_view::npos; });
}

// The step or one below it picks a commit, or compares a checksum.
bool is_pinned_below(const StepFacts& facts, StepId step) {
  const auto pins = [&](StepId each) {
    return is_plain_run(facts.context(), each) &&
           mentions_any(facts.source(each), {"git checkout", " checkout ", "reset --hard", "git fetch", "sha256sum",
                                             "sha512sum", "sha1sum", "md5sum", "shasum", "gpgv", "--verify"});
  };
  const std::span<const StepId> below = facts.standing_on(step);
  return pins(step) || std::any_of(below.begin(), below.end(), pins);
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId step = 0; step < context.model.steps.size(); ++step) {
    if (!is_plain_run(context, step) || !mentions_any(facts.source(step), {"clone", "latest"})) continue;
    for (std::size_t i = 0; i < facts.commands(step).size(); ++i) {
      const ShellCommand& command = facts.commands(step)[i];
      const std::string what = floating(command, facts.program(step, i));
      if (what.empty() || is_pinned_below(facts, step)) continue;
      Finding finding{.span = first_line(context.tree, context.absolute(step, command.span))};
      finding.message =
          fmt::format("a reused step keeps the {} of long ago: its text does not change when that does", what);
      const bool git = program_name(command.words[facts.program(step, i)].text) == "git";
      finding.fixes.push_back({.title = git ? fmt::format("Use `ADD {}#<commit> <directory>`", what)
                                            : "Name a version, or pass it as an ARG",
                               .safety = Safety::sketch,
                               .unproven = "which one is meant is for a human to say"});
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace

extern const Rule floating_download;
const Rule floating_download{
    .id = "floating-download",
    .summary = "A RUN downloads whatever is newest, and is reused as it is",
    .severity = Severity::information,
    .why =
        R"(The cache key of a RUN is made of its text, not of what it finds on the network. `git clone` of a branch, a URL with
`latest` in it and `go install tool@latest` therefore bring what was newest when the step last ran; on another builder, or
after a change above, they bring something else. A commit or a version in the text makes both the same: the step is reused
while that stays, and re-runs when it changes. `ADD <repository>#<branch>` looks at the branch in every build.)",
    .silent =
        R"(- The command names a version, a tag or a variable; or the step or one below it checks out a commit or compares a checksum.
- Packages of package managers, which manifests and lock files pin.
- Repositories and URLs that a variable makes up.)",
    .unproven = R"(Which version is meant: that is for a human to say.)",
    .example = {.before = R"(-- Dockerfile --
FROM golang:1.24
RUN go install golang.org/x/tools/cmd/stringer@latest
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
