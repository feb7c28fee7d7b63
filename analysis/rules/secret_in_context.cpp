// A COPY or ADD that brings a file with secrets along.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/rules/context_sources.h"
#include "analysis/rules/ignore_lines.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// An environment file is private where the project says so by giving an example of it. Frameworks have others that are
// meant to be shipped.
bool is_private_environment(const BuildContext& context, std::string_view path) {
  if (path.ends_with(".local")) return true;
  return std::any_of(context.entries().begin(), context.entries().end(), [&](const ContextEntry& entry) {
    const std::string_view folder = path.substr(0, path.size() - base_name(path).size());
    if (!entry.path.starts_with(folder)) return false;
    const std::string_view name = std::string_view(entry.path).substr(folder.size());
    if (name.find("env") > 1) return false;
    return name.ends_with("example") || name.ends_with("sample") || name.ends_with("template");
  });
}

bool is_named(const StepFacts& facts, std::string_view path) {
  const std::string_view name = base_name(path);
  for (StepId step = 0; step < facts.model().steps.size(); ++step) {
    if (facts.model().steps[step].keyword == Keyword::from) continue;
    const std::string_view text = facts.source(step);
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      const bool whole =
          end == text.size() || std::string_view(" \t\r\n\"';,)&|").find(text[end]) != std::string_view::npos;
      if (whole) return true;
    }
  }
  return false;
}

struct Secret {
  std::string path;
  std::string_view kind;
};

std::vector<Secret> find_secrets(const BuildContext& context) {
  std::vector<Secret> found;
  for (const ContextEntry& entry : context.entries()) {
    if (entry.kind != EntryKind::file) continue;
    std::string_view kind = secret_in(context, entry);
    if (kind.empty() && is_environment_file(entry.path) && is_private_environment(context, entry.path))
      kind = "the environment of one machine";
    if (!kind.empty()) found.push_back({entry.path, kind});
  }
  return found;
}

void check(const StepFacts& facts, Findings& findings) {
  if (facts.file_steps().empty() || !facts.context().context.complete()) return;
  std::vector<Secret> secrets = facts.study(find_secrets);
  std::erase_if(secrets, [&](const Secret& secret) { return is_named(facts, secret.path); });
  if (secrets.empty()) return;
  std::vector<ContextSource> sources = context_sources(facts);
  std::erase_if(sources, [](const ContextSource& source) { return source.mount; });
  for (const ContextSource& source : sources) {
    std::vector<std::string> paths, shown, lines, kinds;
    std::erase_if(secrets, [&](const Secret& secret) {
      if (!source.brings(secret.path)) return false;
      paths.push_back(secret.path);
      shown.push_back(fmt::format("`{}`", secret.path));
      lines.push_back(literal_pattern(secret.path));
      add_unique(kinds, std::string(secret.kind));
      return true;
    });
    if (paths.empty()) continue;
    const SyntaxTree& tree = facts.context().tree;
    Finding finding{.span = source.span};
    finding.message =
        fmt::format("whoever gets this layer can read {}: `{}` brings {} ({})", paths.size() == 1 ? "it" : "them",
                    slice(*tree.text, source.span), list_paths(shown), list_words(kinds));
    Fix fix = hide_paths(facts, sources, lines, paths);
    fix.unproven = "that no step needs the file; a RUN can take it with --mount=type=secret, which leaves no copy";
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule secret_in_context;
const Rule secret_in_context{
    .id = "secret-in-context",
    .summary = "A COPY brings a file with secrets into the image",
    .severity = Severity::warning,
    .why =
        R"(What a COPY brings stays in its layer, also when a later step removes the file: in the image if the stage ends up there, and
in every cache that the layers are exported to. The file counts in the cache key as well, so that each change of it
re-runs the steps below. A secret mount does neither.)",
    .silent = R"(- The context is not known, or .dockerignore hides the file.
- An instruction names the file, so that it is wanted.
- `.env` without a `.env.example` (or the like) beside it: some frameworks ship such files. Examples themselves.
- Keys and credentials in folders of tests, examples, documentation and other people's code.
- `.npmrc` without a token in it, or with one that comes from a variable.
- Bind mounts: they leave nothing in the image.)",
    .unproven = R"(That no step needs the file.)",
    .example = {.before = R"(-- .env --
API_TOKEN=4f2c1e9
-- .env.example --
API_TOKEN=
-- app.py --
print("hello")
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
)",
                .after = R"(-- .dockerignore --
.env
)"},
    .check = check,
};

}  // namespace keyline::analysis
