// A cache mount that belongs to root, in a step that runs as somebody else.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/programs.h"
#include "analysis/rules/mount_uses.h"

namespace keyline::analysis {

namespace {

// Parts of the command run as another user than USER says.
bool changes_user(const StepFacts& facts, StepId step) {
  const std::vector<ShellCommand>& commands = facts.commands(step);
  return std::any_of(commands.begin(), commands.end(), [](const ShellCommand& command) {
    return std::any_of(command.words.begin(), command.words.end(),
                       [](const ShellWord& word) { return lists("sudo su doas gosu su-exec setpriv", word.text); });
  });
}

// Not of Windows, where mounts have no such owner, and a name that an account can have.
bool is_unix_user(const RuleContext& context, const RunEnvironment& environment) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return context.tree.escape != '`' && !environment.image.windows && !environment.user.starts_with("Container") &&
         environment.user.find_first_not_of(letters) == std::string::npos;
}

// Cache mounts that say whose their directory is. The one that makes it decides, in whichever step it stands.
std::vector<const Mount*> mounts_with_owner(const Model& model) {
  std::vector<const Mount*> found;
  for (const Step& step : model.steps) {
    for (const Mount& mount : step.mounts) {
      if (mount.type == Mount::Type::cache && (mount.uid || mount.mode)) found.push_back(&mount);
    }
  }
  return found;
}

bool belongs_to_root(const Mount& mount, const std::vector<const Mount*>& with_owner) {
  return mount.type == Mount::Type::cache && mount.target.known && mount.id.known && !mount.uid && !mount.mode &&
         mount.from.empty() && !mount.read_only &&
         std::none_of(with_owner.begin(), with_owner.end(),
                      [&](const Mount* other) { return other->id == mount.id || !other->id.known; });
}

Fix make_fix(const StepFacts& facts, const std::vector<const Mount*>& mounts, const RunEnvironment& environment) {
  const Owner owner = mount_owner(environment);
  if (!owner.known || owner.uid.empty()) {
    return {.title = "Add `uid=` and `gid=` to the mount",
            .safety = Safety::sketch,
            .unproven = fmt::format("they take numbers only, and the one of user `{}` is not known", environment.user)};
  }
  std::string words = fmt::format("uid={}", owner.uid);
  if (!owner.gid.empty()) words += fmt::format(",gid={}", owner.gid);
  Fix fix{.title = fmt::format("Add `{}` to the mount", words),
          .safety = Safety::review,
          .unproven = "that the cache is new: one that the builder has already keeps its owner"};
  for (const Mount* mount : mounts) {
    const std::string_view flag = slice(*facts.context().tree.text, mount->span);
    const std::string added = mount->gid ? fmt::format(",uid={}", owner.uid) : "," + words;
    if (!flag.ends_with('"') && !flag.ends_with('\'') && fix.edits.add({{mount->span.end, mount->span.end}, added}))
      continue;
    fix.edits = {};
    fix.safety = Safety::sketch;
    fix.unproven = "the flag is written in a way that cannot be edited safely";
    break;
  }
  return fix;
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const Model& model = context.model;
  const std::vector<const Mount*> with_owner = mounts_with_owner(model);
  for (StepId step = 0; step < model.steps.size(); ++step) {
    if (model.steps[step].mounts.empty() || !is_plain_run(context, step)) continue;
    const RunEnvironment& environment = facts.environment(step);
    if (environment.is_root() || !environment.user_known || !is_unix_user(context, environment)) continue;
    if (changes_user(facts, step)) continue;
    const std::vector<MountUse> misplaced = misplaced_mounts(facts, step, environment);
    std::vector<const Mount*> mounts;
    std::vector<std::string> targets;
    for (std::size_t i = 0; i < model.steps[step].mounts.size(); ++i) {
      const Mount& mount = model.steps[step].mounts[i];
      const auto elsewhere = [&](const MountUse& use) { return use.mount == i; };
      if (!belongs_to_root(mount, with_owner) || std::any_of(misplaced.begin(), misplaced.end(), elsewhere)) continue;
      mounts.push_back(&mount);
      add_unique(targets, mount_target(mount));
    }
    if (mounts.empty()) continue;
    Finding finding{.span = first_line(context.tree, mounts.front()->span)};
    finding.message =
        fmt::format("user `{}` cannot write to {}: a new cache mount belongs to root unless it has a `uid`",
                    environment.user, list_words(targets));
    if (const StepId user = model.steps[step].user_step; user != none)
      finding.related.push_back({first_line(context.tree, model.steps[user].span), "the user is set here"});
    finding.fixes.push_back(make_fix(facts, mounts, environment));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule cache_mount_owner;
const Rule cache_mount_owner{
    .id = "cache-mount-owner",
    .summary = "A cache mount belongs to root, and the step runs as another user",
    .severity = Severity::warning,
    .why =
        R"(BuildKit makes the directory of a new cache mount for root, with mode 0755, whoever USER says that the step runs as and
whatever the image has in that place. The tool then fails with `permission denied`, or it says that it goes on without a
cache. `uid=` and `gid=` on the mount give the new directory to the user; they take numbers only.)",
    .silent =
        R"(- The mount has `uid` or `mode`, is read-only or takes its content `from` somewhere, or another mount of the same id has them.
- The step runs as root, or which user it is depends on a variable or on the base image; Windows images.
- Commands change the user themselves: `sudo`, `su`, `gosu`.
- The mount is in a place that the tool does not use: see cache-mount-unused.)",
    .unproven =
        R"(That the builder has no such cache yet: who it belongs to is decided once. Without a number for the user, which an account
of a listed base image or a `useradd --uid` gives, there is nothing to insert.)",
    .example = {.before = R"(-- package.json --
{}
-- package-lock.json --
{}
-- Dockerfile --
FROM node:22
WORKDIR /home/node/app
USER node
COPY --chown=node package.json package-lock.json ./
RUN --mount=type=cache,target=/home/node/.npm npm ci
)",
                .after = R"(FROM node:22
WORKDIR /home/node/app
USER node
COPY --chown=node package.json package-lock.json ./
RUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci
)"},
    .check = check,
};

}  // namespace keyline::analysis
