// A COPY of what does not change with the sources, below a step that does.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/image_directories.h"
#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/programs.h"
#include "analysis/rules/context_copies.h"

namespace keyline::analysis {

namespace {

class LinkStudy {
 public:
  explicit LinkStudy(const StepFacts& facts)
      : facts_(facts),
        model_(facts.model()),
        copies_(facts.context_copies()),
        answers_(model_.stages.size(), Answer::not_asked) {}

  // The step above that re-runs with the sources though the COPY has no need to; none: there is nothing to be gained,
  // or --link might do something else than the COPY does.
  StepId detached_from(StepId copy) {
    const Step& step = model_.steps[copy];
    if (step.keyword != Keyword::copy || step.onbuild || !step.known || step.independent || !step.destination.known)
      return none;
    // With --chown the directories on the way belong to somebody else, and --chmod makes BuildKit ignore --link.
    const std::vector<Flag>& flags = facts_.instruction(copy).flags;
    if (!std::all_of(flags.begin(), flags.end(), [](const Flag& flag) { return flag.name() == "from"; })) return none;
    const bool apart =
        !step.origins.empty() && std::all_of(step.origins.begin(), step.origins.end(), [&](const auto& origin) {
          return origin.kind == Origin::Kind::image ||
                 (origin.kind == Origin::Kind::stage && !changes_with_sources(origin.stage));
        });
    if (!apart) return none;
    for (const StepId above : chain_above(model_, copy)) {
      if (brings_sources(above)) return goes_to_ordinary_place(copy) ? above : none;
    }
    return none;
  }

 private:
  enum class Answer : std::uint8_t { not_asked, no, yes };

  // Whether the step brings the project's sources, or what a stage makes of them.
  bool brings_sources(StepId id) const {
    const auto copies_sources = [&](StepId step) {
      const std::vector<ContextCopy>& files = copies_.of(step);
      return std::any_of(files.begin(), files.end(), [](const ContextCopy& copy) {
        return copy.whole ||
               (copy.directory &&
                lists("src source sources app lib cmd internal pkg server client web api", base_name(copy.source)));
      });
    };
    if (copies_sources(id)) return true;
    const std::vector<Origin>& origins = model_.steps[id].origins;
    return model_.steps[id].keyword == Keyword::copy &&
           std::any_of(origins.begin(), origins.end(), [&](const Origin& origin) {
             if (origin.kind != Origin::Kind::stage || origin.stage == none) return false;
             const StepId last = model_.stages[origin.stage].last_op;
             if (last == none) return false;
             const std::vector<StepId> chain = chain_above(model_, last);
             return copies_sources(last) || std::any_of(chain.begin(), chain.end(), copies_sources);
           });
  }

  // Whether anything of the context enters the stage: what is copied from it may be another thing then.
  bool changes_with_sources(StageId stage) {
    if (stage == none) return true;
    if (answers_[stage] != Answer::not_asked) return answers_[stage] == Answer::yes;
    answers_[stage] = Answer::yes;
    bool changes = false;
    for (StepId at = model_.stages[stage].last_op; at != none && !changes; at = model_.steps[at].parent) {
      const std::vector<Origin>& origins = model_.steps[at].origins;
      changes = std::any_of(origins.begin(), origins.end(), [&](const Origin& origin) {
        return origin.kind == Origin::Kind::context || origin.kind == Origin::Kind::named_context ||
               (origin.kind == Origin::Kind::stage && changes_with_sources(origin.stage));
      });
    }
    answers_[stage] = changes ? Answer::yes : Answer::no;
    return changes;
  }

  // Whether all directories on the way are such that it makes no difference who brings them.
  bool goes_to_ordinary_place(StepId copy) const {
    const std::string& destination = facts_.destination(copy);
    if (destination.size() < 2) return false;
    const bool directory = facts_.instruction(copy).arguments.back().text.ends_with('/');
    std::string_view way = directory ? std::string_view(destination) : directory_of(destination);
    if (way.empty()) way = "/";
    for (std::string_view at = way; at.size() > 1; at = directory_of(at)) {
      if (!is_ordinary_directory(at)) return false;
    }
    // A tree may bring anything into a directory of the system, a file only itself.
    const bool ours = is_ordinary_directory(destination);
    if (!ours && !is_ordinary_directory(way)) return false;
    const std::vector<StepId> above = chain_above(model_, copy);
    return std::none_of(above.begin(), above.end(),
                        [&](StepId step) { return may_change(step, way.size() > 1 ? way : destination); });
  }

  // Whether the step may give the directory, or one around or in it, another owner or mode, or make it a link.
  bool may_change(StepId id, std::string_view directory) const {
    const Step& step = model_.steps[id];
    const std::string& user = step.user.text;
    const bool root =
        user.empty() || user == "root" || user == "0" || user.starts_with("root:") || user.starts_with("0:");
    const auto related = [&](std::string_view path) {
      return path.empty() || is_within(path, directory) || is_within(directory, path);
    };
    switch (step.keyword) {
      case Keyword::copy:
      case Keyword::add: {
        const std::vector<Flag>& flags = facts_.instruction(id).flags;
        const bool owned = std::any_of(flags.begin(), flags.end(), [](const Flag& flag) {
          return flag.name() == "chown" || flag.name() == "chmod";
        });
        const std::string& destination = facts_.destination(id);
        // What lies below it came with the copy, links and modes included.
        const bool around = destination != directory && is_within(directory, destination);
        return (owned && related(destination)) || around;
      }
      case Keyword::workdir:
        return !root && related(workdir_of(step));
      case Keyword::run:
        return (!root && !lists("/usr/local/bin /usr/local/sbin", directory)) || run_may_change(id, related);
      default:
        return false;
    }
  }

  template <typename Related>
  bool run_may_change(StepId id, Related related) const {
    if (!is_plain_run(facts_.context(), id) || !facts_.instruction(id).script.complete) return true;
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::size_t program = facts_.program(id, i);
      if (program >= commands[i].words.size()) continue;
      const std::string name = program_name(commands[i].words[program].text);
      if (!lists("chown chmod chgrp ln mv cp install useradd adduser usermod setfacl rsync tar", name)) continue;
      const std::vector<std::string> paths = touched_paths(commands[i], facts_.directories(id)[i], {});
      if (std::any_of(paths.begin(), paths.end(), related)) return true;
    }
    return false;
  }

  const StepFacts& facts_;
  const Model& model_;
  const ContextCopies& copies_;
  std::vector<Answer> answers_;
};

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const auto version = frontend_version(context.tree);
  if (version && *version < std::pair(1, 4)) return;
  LinkStudy study(facts);
  for (const StepId copy : facts.file_steps()) {
    if (!facts.is_built(context.model.steps[copy].stage)) continue;
    const StepId above = study.detached_from(copy);
    if (above == none || facts.environment(copy).image.windows) continue;
    const Item& item = context.tree.items[context.model.steps[copy].item];
    const Span cause = first_line(context.tree, context.model.steps[above].span);
    Finding finding{.span = first_line(context.tree, context.model.steps[copy].span)};
    finding.message = fmt::format("copied again whenever `{}` brings something else, though it takes nothing of that",
                                  slice(*context.tree.text, cause));
    finding.related.push_back({cause, "stands above it"});
    Fix fix{.title = "Add `--link`, which makes a layer of its own of it", .safety = Safety::review};
    fix.unproven =
        "that no directory on the way is a link in the image, or belongs to anybody but root, or has another mode than "
        "755: --link would put such a directory in its place";
    const Offset behind = item.absolute(item.instruction->name.span).end;
    if (fix.edits.add({{behind, behind}, " --link"})) finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule link_would_detach;
const Rule link_would_detach{
    .id = "link-would-detach",
    .summary = "A COPY that needs nothing of what stands above it re-runs with the sources",
    .severity = Severity::information,
    .why =
        R"(The key of a COPY is made of what it copies and of the step above it: below a COPY of the sources, files from another
image are copied again with every edit. `COPY --link` makes a layer of its own that is put on top of whatever stands
above, and is reused as long as its own files are the same, also on a new base image. A RUN below still re-runs: it sees
all files.)",
    .silent =
        R"(- What is copied comes from the context, or from a stage into which anything of the context goes.
- No COPY of sources stands above, in the same stage or in one that it is built from.
- The destination is in a directory of the system other than `/usr/local/bin`, `/opt` and `/srv`: it may be a link, or have
  an owner or mode that `--link` would replace. Or a step above gives an owner or mode to it, makes links there, or
  copies a directory around it.
- `--chown`, `--chmod` or another flag is given, a user other than root is in force, or the frontend that the syntax line
  names does not have it (before 1.4).)",
    .unproven =
        R"(That no directory on the way to the destination is a link in the base image, or has another owner than root or another
mode than 755: `--link` puts one of its own there. Where the order of the lines does not matter, moving the COPY up does
the same without that risk.)",
    .example = {.before = R"(-- .dockerignore --
.git
-- app.py --
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /usr/local/bin/uv
CMD ["python", "app.py"]
)",
                .after = R"(FROM python:3.12-slim
WORKDIR /app
COPY . .
COPY --link --from=ghcr.io/astral-sh/uv:0.5 /uv /usr/local/bin/uv
CMD ["python", "app.py"]
)"},
    .check = check,
};

}  // namespace keyline::analysis
