// A RUN that installs packages of the system below a COPY of sources that it has no use for.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/context_copies.h"
#include "analysis/rules/edits.h"

namespace keyline::analysis {

namespace {

// Where programs look for settings and files without being told: what is copied there may change what an install does.
bool is_system_place(std::string_view path) {
  if (is_within(path, "/usr/src") || is_within(path, "/var/www") || is_within(path, "/usr/share/nginx")) return false;
  constexpr std::string_view directories = "bin boot dev etc lib lib32 lib64 proc root run sbin sys tmp usr var";
  return path.size() < 2 || lists(directories, path.substr(1, path.find('/', 1) - 1));
}

// Where packages put files too: nginx adds a page of its own to /var/www/html unless there is one.
bool is_place_of_packages(std::string_view path) {
  return is_within(path, "/var/www") || is_within(path, "/usr/share/nginx") || path == "/opt";
}

// COPYs that stand one after the other, and the RUNs right below them that could stand above.
struct Block {
  std::vector<StepId> copies;
  std::vector<const ContextCopy*> sources;
  std::vector<StepId> runs;
  bool broad = false;  // some source is a directory
  bool proven = true;
};

class BlockReader {
 public:
  BlockReader(const StepFacts& facts, const ContextCopies& copies) : facts_(facts), all_(copies) {}

  std::vector<Block> read(const Stage& stage) && {
    for (const StepId id : stage.steps) {
      if (!extends(id)) finish();
      if (block_.copies.empty()) add_copy(id);
    }
    finish();
    return std::move(blocks_);
  }

 private:
  void finish() {
    if (block_.broad && !block_.runs.empty()) blocks_.push_back(std::move(block_));
    block_ = {};
  }

  // Whether the step belongs to the block, or at least does not end it.
  bool extends(StepId id) {
    const Step& step = facts_.model().steps[id];
    if (block_.copies.empty() || step.onbuild) return false;
    switch (step.keyword) {
      case Keyword::label:
      case Keyword::expose:
      case Keyword::cmd:
      case Keyword::entrypoint:
      case Keyword::healthcheck:
      case Keyword::maintainer:
      case Keyword::stopsignal:
        return true;
      case Keyword::copy:
      case Keyword::add:
        return block_.runs.empty() && add_copy(id);
      case Keyword::run:
        if (!is_independent(id)) return false;
        block_.runs.push_back(id);
        return true;
      default:
        return false;
    }
  }

  bool add_copy(StepId id) {
    const Step& step = facts_.model().steps[id];
    if ((step.keyword != Keyword::copy && step.keyword != Keyword::add) || step.onbuild || !step.known) return false;
    const std::string& destination = facts_.destination(id);
    const bool from_context = std::all_of(step.origins.begin(), step.origins.end(),
                                          [](const Origin& origin) { return origin.kind == Origin::Kind::context; });
    if (!from_context || all_.of(id).empty() || is_system_place(destination)) return false;
    block_.proven = block_.proven && !is_place_of_packages(destination);
    block_.copies.push_back(id);
    for (const ContextCopy& copy : all_.of(id)) {
      block_.sources.push_back(&copy);
      block_.broad = block_.broad || copy.directory;
    }
    return true;
  }

  bool is_independent(StepId id) {
    const std::vector<Mount>& mounts = facts_.model().steps[id].mounts;
    const bool takes_files =
        std::any_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.type == Mount::Type::bind; });
    if (takes_files || !facts_.is_plain(id)) return false;
    const std::vector<ShellCommand>& commands = facts_.commands(id);
    bool installs = false;
    bool proven = true;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const Install* install = facts_.install_at(id, i);
      if (install != nullptr && !install->manager().system) {
        if (!facts_.is_plain_command(id, i)) return false;
        install = nullptr;
      }
      installs = installs || install != nullptr;
      proven = proven && (install != nullptr || is_contained(commands[i]));
      if (touches_copies(id, i)) return false;
    }
    block_.proven = block_.proven && proven;
    return installs;
  }

  // Commands that leave nothing in their working directory but what their words name.
  static bool is_contained(const ShellCommand& command) {
    const std::size_t program = program_word(command);
    return program >= command.words.size() ||
           lists("rm mkdir echo set true ln touch apt-mark locale-gen export", command.words[program].text);
  }

  bool touches_copies(StepId id, std::size_t index) const {
    const ShellCommand& command = facts_.commands(id)[index];
    const std::string& directory = facts_.directories(id)[index];
    if (directory.empty()) return true;
    ShellCommand output;
    output.redirections = command.redirections;
    const bool install = facts_.install_at(id, index) != nullptr;
    const std::vector<std::string> paths =
        touched_paths(install ? output : command, directory, home_directory(facts_.environment(id)));
    return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return std::any_of(block_.sources.begin(), block_.sources.end(),
                         [&](const ContextCopy* copy) { return may_bring(facts_.context().context, *copy, path); });
    });
  }

  const StepFacts& facts_;
  const ContextCopies& all_;
  Block block_;
  std::vector<Block> blocks_;
};

Finding finding_of(const StepFacts& facts, const Block& block) {
  const RuleContext& context = facts.context();
  const SyntaxTree& tree = context.tree;
  const auto broad =
      std::find_if(block.sources.begin(), block.sources.end(), [](const ContextCopy* copy) { return copy->directory; });
  const Span copy = first_line(tree, context.model.steps[(*broad)->step].span);
  std::vector<std::string> titles;
  std::vector<std::uint32_t> items;
  for (const StepId run : block.runs) {
    add_unique(titles, fmt::format("`{}`", facts.installs(run).back().title));
    items.push_back(context.model.steps[run].item);
  }
  Finding finding{.span = first_line(tree, context.model.steps[block.runs.front()].span)};
  finding.message = fmt::format("{} {} on every source edit: `{}` stands above, though {} nothing of it",
                                list_words(titles), titles.size() == 1 ? "re-runs" : "re-run", slice(*tree.text, copy),
                                titles.size() == 1 ? "it reads" : "they read");
  finding.related.push_back({copy, "re-runs it"});
  Fix fix{.title = fmt::format("Move {} above the COPY", list_words(titles)),
          .safety = block.proven ? Safety::safe : Safety::review};
  if (!block.proven) fix.unproven = "that the commands leave nothing where the COPY puts its files";
  const std::uint32_t target = context.model.steps[block.copies.front()].item;
  if (move_blocks(fix.edits, tree, items, Place::in_front, target)) {
    finding.fixes.push_back(std::move(fix));
  } else {
    finding.fixes.push_back({.title = fix.title, .safety = Safety::sketch});
  }
  return finding;
}

void check(const StepFacts& facts, Findings& findings) {
  const ContextCopies& copies = facts.context_copies();
  for (const Stage& stage : facts.model().stages) {
    for (const Block& block : BlockReader(facts, copies).read(stage)) findings.push_back(finding_of(facts, block));
  }
}

}  // namespace

extern const Rule independent_step_after_copy;
const Rule independent_step_after_copy{
    .id = "independent-step-after-copy",
    .summary = "Packages of the system are installed below a COPY of sources",
    .severity = Severity::warning,
    .why =
        R"(Each step stands on the one above it, and its cache key on that one's. Below a COPY of the sources, an install of system
packages re-runs with every edited file although it reads none of them. Above it, the install re-runs when its own line
changes.)",
    .silent = R"(- Only single files are copied, or they go where programs look for settings (`/etc`, `/usr`, `/root`).
- A command of the RUN names a path that the COPY brings, or what it does is not known: a script, a build.
- Another step stands between that the RUN may need: WORKDIR, USER, ENV, ARG, another RUN.
- Packages of a language are installed: that is `copy-before-install`'s affair.)",
    .unproven =
        R"(When the RUN also downloads something or creates users, or the files go where packages put some as well (`/var/www`): that it
leaves nothing where the COPY puts its files. Then the fix is offered for review only.)",
    .example = {.before = R"(-- Dockerfile --
FROM python:3.12-alpine
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/etc/apk/cache apk add ffmpeg
CMD ["python", "app.py"]
)",
                .after = R"(FROM python:3.12-alpine
WORKDIR /app
RUN --mount=type=cache,target=/etc/apk/cache apk add ffmpeg
COPY . .
CMD ["python", "app.py"]
)"},
    .check = check,
};

}  // namespace keyline::analysis
