// A source that is there, but hidden by .dockerignore.

#include <fmt/format.h>

#include "analysis/rules/absent_sources.h"
#include "analysis/rules/ignore_lines.h"

namespace keyline::analysis {

namespace {

bool shows(const EditList& edits, const Dockerignore& dockerignore, std::string_view path) {
  return !Dockerignore(edits.apply(dockerignore.text())).match(path).ignored;
}

// The line goes when it hides this path alone; else the path is brought back below it.
void propose(const BuildContext& context, const AbsentSource& source, Finding& finding) {
  const Dockerignore& dockerignore = context.dockerignore();
  const IgnorePattern& pattern = dockerignore.patterns()[source.hidden->pattern];
  // A link may lead to what is hidden.
  const std::string& path = dockerignore.match(source.path).ignored ? source.path : source.hidden->path;
  const std::string name = ignore_file_name(context);
  const std::string doubt = "that the path is meant to be in the build";
  Fix remove{.title = fmt::format("Take line {}, `{}`, out of {}", pattern.line + 1, pattern.text, name)};
  remove.unproven = doubt;
  if (pattern.text == literal_pattern(path) &&
      remove_ignore_line(remove.dockerignore_edits, context, source.hidden->pattern) &&
      shows(remove.dockerignore_edits, dockerignore, path)) {
    finding.fixes.push_back(std::move(remove));
    return;
  }
  const std::string line = "!" + literal_pattern(path);
  Fix add{.title = fmt::format("Add `{}` to {}", line, name), .unproven = doubt};
  const bool works =
      add_ignore_lines(add.dockerignore_edits, context, {line}) && shows(add.dockerignore_edits, dockerignore, path);
  if (!works) add.safety = Safety::sketch;
  finding.fixes.push_back(std::move(add));
}

void check(const StepFacts& facts, Findings& findings) {
  const BuildContext& context = facts.context().context;
  const Dockerignore& dockerignore = context.dockerignore();
  if (context.hidden().empty()) return;
  for (const AbsentSource& source : absent_sources(facts)) {
    if (source.hidden == nullptr) continue;
    const IgnorePattern& pattern = dockerignore.patterns()[source.hidden->pattern];
    Finding finding{.span = source.span};
    finding.message =
        fmt::format("the build fails here: {} asks for \"{}\", which line {} of {} (`{}`) hides", asker(facts, source),
                    source.path, pattern.line + 1, ignore_file_name(context), pattern.text);
    propose(context, source, finding);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule copy_source_ignored;
const Rule copy_source_ignored{
    .id = "copy-source-ignored",
    .summary = "A COPY, ADD or bind mount asks for what .dockerignore hides",
    .severity = Severity::error,
    .why =
        R"(What a line of .dockerignore matches is not in the build context: the builder never sees it. BuildKit then reports a file
that plainly exists as "not found". The last line that matches decides, and one that starts with `!` brings back.

BuildKit's check CopyIgnoredFile compares the source with the lines alone. It also speaks about directories of which
something is brought back, where the build works, and says nothing about mounts.)",
    .silent = R"(- The context is not known.
- Something below the directory is brought back by a `!` line.
- The path has a wildcard: what matches nothing copies nothing, without an error.
- It depends on an argument's default: a build may give another value.
- The target does not need the stage.)",
    .unproven = R"(That the path is meant to be in the build: the line may be right, and the instruction wrong.)",
    .example = {.before = R"(-- .dockerignore --
*.md
-- README.md --
# Tool
-- Dockerfile --
FROM python:3.12-slim
COPY README.md /usr/share/doc/tool/
)",
                .after = R"(-- .dockerignore --
*.md
!README.md
)"},
    .check = check,
};

}  // namespace keyline::analysis
