// A RUN that does nothing but change the mode or owner of files that a COPY just brought.

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/context_copies.h"
#include "analysis/rules/edits.h"

namespace keyline::analysis {

namespace {

// What one command does, in the words of the COPY's flag.
struct Change {
  std::string flag;   // "--chmod=755"
  bool exact = true;  // for any file; else only for one with the usual mode
  std::vector<std::string> paths;
};

std::optional<std::string> flag_of(const std::string& program, const std::string& operand, bool& exact) {
  if (program == "chmod") {
    const bool octal =
        operand.size() >= 3 && operand.size() <= 4 && operand.find_first_not_of("01234567") == std::string::npos;
    exact = octal;
    if (octal) return fmt::format("--chmod={}", operand);
    if (operand == "+x" || operand == "a+x" || operand == "ugo+x") return "--chmod=755";
    return std::nullopt;
  }
  // Without a group, chown keeps that of root, and the flag would take one with the user's number.
  const std::size_t colon = operand.find(':');
  const std::string user = operand.substr(0, colon);
  const std::string group = colon == std::string::npos ? "0" : operand.substr(colon + 1);
  if (user.empty() || group.empty()) return std::nullopt;
  return fmt::format("--chown={}:{}", user, group);
}

std::optional<Change> read_change(const ShellCommand& command, const std::string& directory) {
  const std::vector<ShellWord>& words = command.words;
  if (words.size() < 3 || command.depth != 0 || command.conditional || !command.redirections.empty())
    return std::nullopt;
  const std::string& program = words[0].text;
  if ((program != "chmod" && program != "chown") || !command.assignments.empty()) return std::nullopt;
  Change change;
  const auto flag = flag_of(program, words[1].text, change.exact);
  if (!flag) return std::nullopt;
  change.flag = *flag;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].literal) return std::nullopt;
    if (i == 1) continue;
    const std::string path = resolve_path(directory, words[i].text);
    if (path.empty() || words[i].text.starts_with('-')) return std::nullopt;
    change.paths.push_back(path);
  }
  return change;
}

// A COPY of one file, and what is asked of it.
struct Target {
  StepId copy = none;
  std::vector<std::string> flags;
  std::string path;
};

class OwnerStudy {
 public:
  // `changed` has, by RUN, the paths that such RUNs above are found to change.
  OwnerStudy(const StepFacts& facts, const ContextCopies& copies,
             const std::map<StepId, std::set<std::string>>& changed)
      : facts_(facts), copies_(copies), changed_(changed) {}

  // Nothing unless all that the RUN does could be said in the COPYs.
  std::optional<Finding> study(StepId run) {
    const std::vector<ShellCommand>& commands = facts_.commands(run);
    if (commands.empty() || !facts_.instruction(run).script.complete) return std::nullopt;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const auto change = read_change(commands[i], facts_.directories(run)[i]);
      if (!change || (commands[i].join != ShellJoin::first && commands[i].join != ShellJoin::and_then &&
                      commands[i].join != ShellJoin::sequence))
        return std::nullopt;
      for (const std::string& path : change->paths) {
        if (!assign(run, *change, path)) return std::nullopt;
      }
    }
    return finding_of(run);
  }

  std::set<std::string> paths() const {
    std::set<std::string> result;
    for (const Target& target : targets_) result.insert(target.path);
    return result;
  }

 private:
  // Finds the COPY that brought the file and adds the flag to what is asked of it.
  bool assign(StepId run, const Change& change, const std::string& path) {
    const Model& model = facts_.model();
    for (StepId at = model.steps[run].parent; at != none; at = model.steps[at].parent) {
      const Step& step = model.steps[at];
      // A RUN in between may be the one that creates the owner, or that makes the file another one.
      if (step.stage != model.steps[run].stage || step.onbuild) return false;
      if (step.keyword == Keyword::run && !leaves_alone(at, path)) return false;
      if (step.keyword != Keyword::copy && step.keyword != Keyword::add) continue;
      if (!brings_file(at, path)) {
        // Whatever else it brings may lie there too.
        const std::string& other = facts_.destination(at);
        if (other.empty() || is_within(path, other)) return false;
        continue;
      }
      return add(at, change, path);
    }
    return false;
  }

  // Whether all that the RUN does is to change other files in the same way.
  bool leaves_alone(StepId run, const std::string& path) const {
    const auto found = changed_.find(run);
    return found != changed_.end() && !found->second.contains(path);
  }

  bool brings_file(StepId copy, const std::string& path) const {
    const std::vector<ContextCopy>& files = copies_.of(copy);
    if (files.size() != 1 || facts_.model().steps[copy].sources.size() != 1 || files.front().directory) return false;
    const ContextCopy& file = files.front();
    const std::string_view name = base_name(file.source);
    if (name.find_first_of("*?[") != std::string_view::npos || name.find(".tar") != std::string_view::npos)
      return false;
    const bool in_directory = facts_.instruction(copy).arguments.back().text.ends_with('/') || file.destination == "/";
    if (in_directory || base_name(path) == name) {
      if (resolve_path(file.destination, name) == path) return true;
    }
    return !in_directory && file.destination == path;
  }

  bool add(StepId copy, const Change& change, const std::string& path) {
    const Instruction& instruction = facts_.instruction(copy);
    const std::string_view name = std::string_view(change.flag).substr(2, 5);
    for (const Flag& flag : instruction.flags) {
      if (flag.name() == name || flag.name() == "link" || flag.name() == "parents") return false;
    }
    auto target = std::find_if(targets_.begin(), targets_.end(), [&](const Target& each) { return each.copy == copy; });
    if (target == targets_.end())
      target = targets_.insert(targets_.end(), Target{.copy = copy, .flags = {}, .path = path});
    for (const std::string& flag : target->flags) {
      if (std::string_view(flag).substr(2, 5) == name) return false;
    }
    target->flags.push_back(change.flag);
    if (!change.exact && !has_usual_mode(copies_.of(copy).front().source)) usual_mode_ = false;
    if (name == "chown") owner_ = true;
    return true;
  }

  bool has_usual_mode(const std::string& source) const {
    const ContextEntry* entry = find_entry(facts_.context().context, source);
    constexpr std::uint32_t executable = 0111;
    constexpr std::uint32_t usual = 0755;
    return entry != nullptr && entry->kind == EntryKind::file && (entry->mode | executable) == usual;
  }

  std::optional<Finding> finding_of(StepId run) const {
    const SyntaxTree& tree = facts_.context().tree;
    const Model& model = facts_.model();
    std::vector<std::string> paths;
    std::vector<std::string> flags;
    Fix fix;
    bool written = remove_block(fix.edits, tree, model.steps[run].item);
    for (const Target& target : targets_) {
      paths.push_back(fmt::format("`{}`", target.path));
      std::string text;
      for (const std::string& flag : target.flags) {
        add_unique(flags, fmt::format("`{}`", flag));
        text += " " + flag;
      }
      const Item& item = tree.items[model.steps[target.copy].item];
      const Offset behind = item.absolute(item.instruction->name.span).end;
      written = written && fix.edits.add({{behind, behind}, text});
    }
    Finding finding{.span = first_line(tree, model.steps[run].span)};
    finding.message = fmt::format("a step of its own stores {} once more: {} can do it when {} copied",
                                  list_words(paths), list_words(flags), paths.size() == 1 ? "it is" : "they are");
    for (const Target& target : targets_)
      finding.related.push_back(
          {first_line(tree, model.steps[target.copy].span), fmt::format("brings `{}`", target.path)});
    fix.title = fmt::format("Copy with {} instead", list_words(flags));
    fix.safety = usual_mode_ && !owner_ ? Safety::safe : Safety::review;
    if (!usual_mode_) fix.unproven = "that the file's mode is 644 or 755 where it is copied from";
    if (owner_) fix.unproven = "that the directory it is copied to exists by then, and the owner too if it is a name";
    if (!written) fix = {.title = fix.title, .safety = Safety::sketch};
    finding.fixes.push_back(std::move(fix));
    return finding;
  }

  const StepFacts& facts_;
  const ContextCopies& copies_;
  const std::map<StepId, std::set<std::string>>& changed_;
  std::vector<Target> targets_;
  bool usual_mode_ = true;
  bool owner_ = false;
};

void check(const StepFacts& facts, Findings& findings) {
  const auto version = frontend_version(facts.context().tree);
  if (version && *version < std::pair(1, 2)) return;
  const ContextCopies& copies = facts.context_copies();
  std::map<StepId, std::set<std::string>> changed;
  for (StepId run = 0; run < facts.model().steps.size(); ++run) {
    OwnerStudy study(facts, copies, changed);
    auto finding = study.study(run);
    if (!finding) continue;
    findings.push_back(std::move(*finding));
    changed.emplace(run, study.paths());
  }
}

}  // namespace

extern const Rule owner_change_after_copy;
const Rule owner_change_after_copy{
    .id = "owner-change-after-copy",
    .summary = "A step of its own changes the mode or owner of a file that was just copied",
    .severity = Severity::information,
    .why =
        R"(A layer holds whole files: changing the mode or the owner of one stores it a second time, in a step that runs again with
each new content. `COPY --chmod` and `COPY --chown` write the file once, as it is to be; with a mode that is given, that of
the build directory no longer counts, which often differs between a laptop and CI.)",
    .silent = R"(- The RUN does something else as well, or changes a directory or what a pattern matches.
- The COPY brings several files, or a RUN stands between.
- The change has no such form: `chmod u+x`, `chown user:` with the user's login group.)",
    .unproven =
        R"(With `chmod +x`: that the file's mode is 644 or 755, when the context is not known. With `chown`: that the
directory exists where the file is copied to, for the owner gets a new one as well, and that a name is known by then.)",
    .example = {.before = R"(-- entrypoint.sh --
#!/bin/sh
-- Dockerfile --
FROM alpine:3.22
COPY entrypoint.sh /
RUN chmod +x /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
)",
                .after = R"(FROM alpine:3.22
COPY --chmod=755 entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
)"},
    .check = check,
};

}  // namespace keyline::analysis
