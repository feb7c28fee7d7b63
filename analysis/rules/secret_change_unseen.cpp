// A RUN that puts what a secret says into the image: another secret alone never re-runs it.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/programs.h"
#include "analysis/knowledge/volatile_inputs.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// How a command may come by a secret: the file, or the variable.
struct Secret {
  std::string path;      // "" when there is only the variable
  std::string variable;  // "" when there is only the file
};

// Without a target the file is called as its id, unless there is a variable instead.
std::string secret_path(const Mount& mount) {
  if (!mount.target.known || !mount.id.known) return {};
  if (!mount.target.text.empty()) return mount.target.text;
  return mount.env ? std::string() : fmt::format("/run/secrets/{}", base_name(mount.id.text));
}

bool is_word_end(char c) { return std::string_view(" \t\n\"'`;|&<>()}:,").find(c) != std::string_view::npos; }

bool mentions(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (at + word.size() == text.size() || is_word_end(text[at + word.size()])) return true;
  }
  return false;
}

bool uses(const Secret& secret, std::string_view text) {
  return mentions(text, secret.path) ||
         (!secret.variable.empty() &&
          (mentions(text, '$' + secret.variable) || text.find("${" + secret.variable) != std::string_view::npos));
}

// The file that the command leaves its output in: "cp /run/secrets/ca.pem /etc/ssl/", "cat ... > /etc/app.conf".
std::string written_file(const Secret& secret, const ShellCommand& command, std::string_view text) {
  if (command.subshell || !uses(secret, text)) return {};
  const auto is_file = [](const ShellWord& target) {
    return target.text.find_first_not_of("&-0123456789") != std::string::npos && !target.text.starts_with("/dev/") &&
           !target.text.starts_with("/tmp/") && !target.text.starts_with("/run/");
  };
  const std::size_t program = program_word(command);
  if (program >= command.words.size()) return {};
  const std::string name = program_name(command.words[program].text);
  const ShellWord& last = command.words.back();
  if (lists("cp install", name)) return is_file(last) && !mentions(last.text, secret.path) ? last.text : std::string();
  if (!lists("cat echo printf envsubst sed jq yq base64 tr", name)) return {};
  const auto written =
      std::find_if(command.redirections.begin(), command.redirections.end(),
                   [&](const ShellWord& each) { return is_file(each) && !mentions(each.text, secret.path); });
  return written == command.redirections.end() ? std::string() : written->text;
}

// Files of the kind whose values a build writes into what it makes, and a command that builds.
bool is_built_in(const Secret& secret, const ShellCommand& command) {
  if (!base_name(secret.path).starts_with(".env")) return false;
  const std::size_t program = wrapped_program(command);
  if (program >= command.words.size()) return false;
  const std::string name = program_name(command.words[program].text);
  return lists("npm yarn pnpm bun next vite ng nuxt astro gatsby react-scripts", name) &&
         std::any_of(command.words.begin() + static_cast<std::ptrdiff_t>(program) + 1, command.words.end(),
                     [](const ShellWord& word) { return word.text == "build" || word.text.starts_with("build:"); });
}

// A command below removes the file again, so that nothing of the secret stays.
bool is_removed(const std::vector<ShellCommand>& commands, std::size_t from, const std::string& file) {
  return std::any_of(
      commands.begin() + static_cast<std::ptrdiff_t>(from), commands.end(), [&](const ShellCommand& command) {
        const bool removes = std::any_of(command.words.begin(), command.words.end(),
                                         [](const auto& word) { return lists("rm shred unlink logout", word.text); });
        return removes && std::any_of(command.words.begin(), command.words.end(), [&](const auto& word) {
                 return word.text.starts_with('/') || word.text == file || base_name(word.text) == base_name(file) ||
                        word.text == "trap";
               });
      });
}

// What the RUN makes of the secret, for the message; "" when nothing is sure to stay of it.
std::string what_stays(const StepFacts& facts, StepId run, const Secret& secret, Span& span) {
  const std::vector<ShellCommand>& commands = facts.commands(run);
  const bool traps = facts.source(run).find("trap ") != std::string_view::npos;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    span = facts.context().absolute(run, commands[i].span);
    if (is_built_in(secret, commands[i])) return "what it builds";
    const std::string file = written_file(secret, commands[i], slice(*facts.context().tree.text, span));
    if (!file.empty() && !traps && !is_removed(commands, i + 1, file)) return file;
  }
  return {};
}

// Whether an argument is there to re-run the step.
bool has_switch(const StepFacts& facts, StepId run) {
  const std::vector<Step>& steps = facts.model().steps;
  for (StepId id = 0; id < run; ++id) {
    if (steps[id].keyword != Keyword::arg || steps[id].stage != steps[run].stage) continue;
    for (const Word& word : facts.instruction(id).arguments) {
      const std::string_view name = std::string_view(word.text).substr(0, word.text.find('='));
      if (busts_the_cache(name) || changes_with_every_build(name) || name.find("SECRET") != std::string_view::npos)
        return true;
    }
  }
  return false;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  for (StepId run = 0; run < context.model.steps.size(); ++run) {
    if (!is_plain_run(context, run)) continue;
    for (const Mount& mount : context.model.steps[run].mounts) {
      if (mount.type != Mount::Type::secret) continue;
      const Secret secret{secret_path(mount), mount.env.value_or("")};
      if (secret.path.empty() && secret.variable.empty()) continue;
      Span span;
      const std::string stays = what_stays(facts, run, secret, span);
      if (stays.empty() || has_switch(facts, run)) continue;
      Finding finding{.span = first_line(context.tree, span)};
      finding.message = fmt::format(
          "another secret does not re-run this step, and {} keeps what the old one said: what a secret says "
          "is no part of the cache key",
          stays);
      finding.related.push_back({first_line(context.tree, mount.span), "the secret"});
      finding.fixes.push_back(
          {.title = "Declare `ARG CACHEBUST` above the step, and pass another value when the secret changes",
           .safety = Safety::sketch,
           .unproven = "which value tells one secret from the next: a number or a date, nothing made of the secret"});
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace

extern const Rule secret_change_unseen;
const Rule secret_change_unseen{
    .id = "secret-change-unseen",
    .summary = "What a secret says stays in the image, and another secret does not re-run the step",
    .severity = Severity::information,
    .why =
        R"(BuildKit leaves the content of a secret out of the cache key: it must not be possible to guess one from a key. A RUN that
only signs in with it is reused with good reason. But where the content itself ends up in the image, in a configuration
file or in a bundle that was built with the values of an `.env`, the step is reused with the old content after the secret
has changed, for as long as nothing else re-runs it. An argument that is declared above the step and gets another value
with each new secret makes the two change together. Such an image carries the secret, too: whoever has the one can read
the other.)",
    .silent = R"(- The secret is only used: for a download, a token, a signature.
- The file that was written with it is removed in the same RUN.
- An argument like `CACHEBUST`, or one that differs in every build, stands above the step in its stage.)",
    .unproven =
        R"(When the secret changes: nothing in the build says so. The argument and its value are for a human to name.)",
    .example = {.before = R"(-- package.json --
{ "scripts": { "build": "vite build" } }
-- package-lock.json --
{}
-- .dockerignore --
node_modules
-- Dockerfile --
FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN --mount=type=secret,id=env,target=/app/.env npm run build
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis
