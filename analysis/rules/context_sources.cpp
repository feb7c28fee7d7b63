#include "analysis/rules/context_sources.h"

#include <fmt/format.h>
#include <algorithm>
#include <unordered_map>

#include "analysis/context/git_ignores.h"
#include "analysis/context/source_match.h"
#include "analysis/knowledge/paths.h"
#include "analysis/rules/ignore_lines.h"

namespace keyline::analysis {

namespace {

void add_origin(const StepFacts& facts, StepId id, const Origin& origin, std::vector<ContextSource>& all) {
  const RuleContext& context = facts.context();
  const Step& step = facts.model().steps[id];
  ContextSource source{.step = id, .span = first_line(context.tree, step.span)};
  source.mount = origin.mount < step.mounts.size();
  if (source.mount) source.span = first_line(context.tree, step.mounts[origin.mount].span);
  if (origin.paths.empty()) source.roots.emplace_back();
  for (const Value& path : origin.paths) {
    if (!path.known) continue;
    const SourceMatch& match = facts.study(match_source, path.text);
    source.wildcard = source.wildcard || match.wildcard;
    if (match.whole_context) {
      source.roots.emplace_back();
      continue;
    }
    for (const std::uint32_t root : match.roots) source.roots.push_back(context.context.entries()[root].path);
  }
  std::string excludes;
  for (const Flag& flag : facts.instruction(id).flags) {
    if (flag.name() == "exclude") excludes += fmt::format("{}\n", flag.value().value_or(""));
  }
  source.excludes = Dockerignore(excludes);
  all.push_back(std::move(source));
}

// Whether something in the image is known to make what the context has as well.
bool is_made_in_image(const StepFacts& facts, const VolatilePath& kind) {
  if (kind.made_by.empty()) return true;
  for (StepId step = 0; step < facts.model().steps.size(); ++step) {
    for (const Install& install : facts.installs(step)) {
      const bool made = !install.words.empty() && lists(kind.made_by, program_name(install.words.front().text));
      if (made && (!kind.installed || (install.verb == Verb::install && !install.names_packages))) return true;
    }
    if (kind.installed) continue;
    for (const ShellCommand& command : facts.commands(step)) {
      const std::size_t program = program_word(command);
      if (program < command.words.size() && lists(kind.made_by, program_name(command.words[program].text))) return true;
    }
  }
  return false;
}

bool reads_history(const ShellCommand& command) {
  const std::size_t program = program_word(command);
  if (program >= command.words.size() || command.words[program].text != "git") return false;
  return std::none_of(command.words.begin(), command.words.end(),
                      [](const ShellWord& word) { return lists("clone config init --version fetch lfs", word.text); });
}

// Builds ask git for a version in ways that no file of the project need tell: only what is known not to is trusted.
bool runs_only_known_commands(const StepFacts& facts, StepId run) {
  if (facts.model().steps[run].keyword != Keyword::run) return true;
  return is_plain_run(facts.context(), run) && facts.has_known_commands(run);
}

bool may_be_built_from(const StepFacts& facts, const std::vector<const ContextSource*>& sources) {
  return std::any_of(sources.begin(), sources.end(), [&](const ContextSource* source) {
    const std::span<const StepId> above = facts.standing_on(source->step);
    return !runs_only_known_commands(facts, source->step) ||
           !std::all_of(above.begin(), above.end(), [&](StepId step) { return runs_only_known_commands(facts, step); });
  });
}

// Of a project's many manifests, those at its top speak for it.
bool has_manifest_that_asks_git(const BuildContext& context) {
  return std::any_of(context.entries().begin(), context.entries().end(), [&](const ContextEntry& entry) {
    if (std::count(entry.path.begin(), entry.path.end(), '/') > 1) return false;
    const std::optional<std::string_view> text = context.text(entry.path);
    return text && asks_git(*text);
  });
}

bool may_want_history(const StepFacts& facts) {
  for (StepId step = 0; step < facts.model().steps.size(); ++step) {
    const std::vector<ShellCommand>& commands = facts.commands(step);
    if (std::any_of(commands.begin(), commands.end(), reads_history)) return true;
    if (facts.model().steps[step].keyword != Keyword::run) continue;
    const std::string_view text = facts.source(step);
    if (asks_git(text) || text.find("/.git") != std::string_view::npos || text.find(" .git") != std::string_view::npos)
      return true;
  }
  return facts.study(has_manifest_that_asks_git);
}

std::string pattern_of(const VolatilePath& kind, const std::string& path) {
  const std::string_view name = base_name(path);
  if (name.size() == path.size() || !kind.beside.empty()) return literal_pattern(path);
  return fmt::format("**/{}", literal_pattern(name));
}

std::string title_of(const BuildContext& context, const std::vector<std::string>& lines) {
  std::vector<std::string> quoted;
  quoted.reserve(lines.size());
  for (const std::string& line : lines) quoted.push_back(fmt::format("`{}`", line));
  const std::string name = ignore_file_name(context);
  if (has_dockerignore(context)) return fmt::format("Add {} to {}", list_words(quoted), name);
  return fmt::format("Create {} with the line{} {}", name, quoted.size() == 1 ? "" : "s", list_words(quoted));
}

// Whether the edit hides the paths and nothing that a source asks for.
bool hides(const EditList& edits, const BuildContext& context, const std::vector<ContextSource>& sources,
           const std::vector<std::string>& paths) {
  const Dockerignore after(edits.apply(context.dockerignore().text()));
  const auto hidden = [&](const std::string& path) { return after.match(path).ignored; };
  return std::all_of(paths.begin(), paths.end(), hidden) &&
         std::none_of(sources.begin(), sources.end(), [&](const ContextSource& source) {
           return std::any_of(source.roots.begin(), source.roots.end(),
                              [&](const std::string& root) { return !root.empty() && hidden(root); });
         });
}

// Another Dockerfile that is built with the same .dockerignore may ask for what this one does not.
bool others_name(const BuildContext& context, const std::vector<std::string>& paths) {
  return std::any_of(context.entries().begin(), context.entries().end(), [&](const ContextEntry& entry) {
    if (entry.kind != EntryKind::file || !is_dockerfile_name(base_name(entry.path)) ||
        entry.path == context.dockerfile_path())
      return false;
    const std::optional<std::string_view> text = context.text(entry.path);
    return !text || std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return text->find(base_name(path)) != std::string_view::npos;
    });
  });
}

GitIgnores git_ignores(const BuildContext& context) { return GitIgnores(context); }

// A clean checkout has none of these paths: its image is the one without them.
bool is_never_recorded(const StepFacts& facts, const std::vector<std::string>& paths) {
  const GitIgnores& ignores = facts.study(git_ignores);
  return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) { return ignores.ignores(path); });
}

// All volatile paths of the context, without those below another.
std::vector<BroughtPath> find_volatile_paths(const BuildContext& context) {
  std::vector<BroughtPath> found;
  std::unordered_map<std::size_t, std::size_t> skipped;  // ranges below those that were found
  const std::vector<ContextEntry>& entries = context.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (auto range = skipped.find(i); range != skipped.end(); range = skipped.find(i)) i = range->second;
    if (i >= entries.size()) break;
    const VolatilePath* kind = volatile_path(context, entries[i]);
    if (kind == nullptr) continue;
    BroughtPath path{.kind = kind, .path = entries[i].path, .pattern = pattern_of(*kind, entries[i].path)};
    path.files = 1;
    if (entries[i].kind == EntryKind::directory) {
      const auto [begin, end] = range_below(context, entries[i].path);
      path.files = static_cast<std::uint64_t>(std::count_if(
          entries.begin() + static_cast<std::ptrdiff_t>(begin), entries.begin() + static_cast<std::ptrdiff_t>(end),
          [](const ContextEntry& entry) { return entry.kind != EntryKind::directory; }));
      if (begin < end) skipped.emplace(begin, end);
    }
    found.push_back(std::move(path));
  }
  return found;
}

}  // namespace

bool ContextSource::names(std::string_view path) const {
  return !wildcard && std::any_of(roots.begin(), roots.end(),
                                  [&](const std::string& root) { return !root.empty() && is_within(root, path); });
}

bool ContextSource::brings(std::string_view path) const {
  return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
    if (!is_within(path, root) || (path == root && !wildcard)) return false;
    return !excludes.match(path).ignored && !excludes.match(path_below(path, root)).ignored;
  });
}

std::vector<ContextSource> context_sources(const StepFacts& facts) {
  std::vector<ContextSource> all;
  if (!facts.context().context.complete()) return all;
  const Model& model = facts.model();
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (step.onbuild || !step.known || !facts.is_built(step.stage)) continue;
    for (const Origin& origin : step.origins) {
      if (origin.kind == Origin::Kind::context) add_origin(facts, id, origin, all);
    }
  }
  return all;
}

std::vector<BroughtPath> brought_paths(const StepFacts& facts, const std::vector<ContextSource>& sources) {
  const bool broad = std::any_of(sources.begin(), sources.end(), [](const ContextSource& each) {
    return std::any_of(each.roots.begin(), each.roots.end(), [](const std::string& root) { return root.empty(); });
  });
  if (!broad) return {};
  std::vector<BroughtPath> found = facts.study(find_volatile_paths);
  std::erase_if(found, [&](BroughtPath& path) {
    for (const ContextSource& source : sources) {
      if (source.names(path.path)) return true;
      if (source.brings(path.path)) path.sources.push_back(&source);
    }
    if (path.sources.empty() || !is_made_in_image(facts, *path.kind)) return true;
    return path.kind->is_repository() && (may_be_built_from(facts, path.sources) || may_want_history(facts));
  });
  return found;
}

void report_brought_paths(const StepFacts& facts, const BroughtWords& words, Findings& findings) {
  const RuleContext& context = facts.context();
  const std::vector<ContextSource> sources = context_sources(facts);
  const std::vector<BroughtPath> brought = brought_paths(facts, sources);
  if (brought.empty()) return;
  for (const ContextSource& source : sources) {
    std::vector<std::string> occasions, paths, shown, patterns;
    bool named_by_wildcard = false;
    Finding finding{.span = source.span};
    for (const BroughtPath& path : brought) {
      if (path.sources.front() != &source) continue;
      add_unique(occasions, std::string(path.kind->changed));
      paths.push_back(path.path);
      shown.push_back(path.files > 1 ? fmt::format("`{}` ({} files)", path.path, path.files)
                                     : fmt::format("`{}`", path.path));
      add_unique(patterns, path.pattern);
      for (const ContextSource* other : path.sources) {
        const std::vector<std::string>& roots = other->roots;
        named_by_wildcard |= other->wildcard && std::find(roots.begin(), roots.end(), path.path) != roots.end();
        if (other == &source || std::any_of(finding.related.begin(), finding.related.end(),
                                            [&](const Related& each) { return each.span == other->span; }))
          continue;
        finding.related.push_back({other->span, "brings them too"});
      }
    }
    if (paths.empty()) continue;
    std::erase_if(patterns, [&](const std::string& pattern) {
      return std::find(patterns.begin(), patterns.end(), "**/" + pattern) != patterns.end();
    });
    finding.message =
        fmt::format("{} re-runs after {}: {}",
                    source.mount ? "the RUN" : fmt::format("`{}`", slice(*context.tree.text, source.span)),
                    list_words(occasions), words.cause(list_paths(shown), ignore_file_name(context.context)));
    Fix fix = hide_paths(facts, sources, patterns, paths);
    if (fix.applicable() && !named_by_wildcard && is_never_recorded(facts, paths) &&
        !others_name(context.context, paths)) {
      fix.safety = Safety::safe;
      fix.unproven.clear();
    }
    finding.fixes.push_back(std::move(fix));
    findings.push_back(std::move(finding));
  }
}

Fix hide_paths(const StepFacts& facts, const std::vector<ContextSource>& sources,
               const std::vector<std::string>& patterns, const std::vector<std::string>& paths) {
  const BuildContext& context = facts.context().context;
  std::vector<std::string> literals;
  literals.reserve(paths.size());
  for (const std::string& path : paths) literals.push_back(literal_pattern(path));
  for (const std::vector<std::string>& lines : {patterns, literals}) {
    Fix fix{.title = title_of(context, lines), .unproven = "that no step reads what these lines hide"};
    if (!add_ignore_lines(fix.dockerignore_edits, context, lines)) break;
    if (hides(fix.dockerignore_edits, context, sources, paths)) return fix;
  }
  return {.title = title_of(context, patterns),
          .safety = Safety::sketch,
          .unproven = "that no step reads what these lines hide"};
}

bool has_dockerignore(const BuildContext& context) {
  if (context.ignore_file().exists || find_entry(context, ".dockerignore") != nullptr) return true;
  if (!context.dockerignore().patterns().empty()) return true;
  const std::string_view dockerfile = context.dockerfile_path();
  return !dockerfile.empty() && find_entry(context, fmt::format("{}.dockerignore", dockerfile)) != nullptr;
}

std::string list_paths(const std::vector<std::string>& paths) {
  constexpr std::size_t most = 4;
  std::vector<std::string> shown(paths.begin(),
                                 paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), most)));
  if (paths.size() > most) {
    shown.resize(most - 1);
    shown.push_back(fmt::format("{} more", paths.size() - most + 1));
  }
  return list_words(shown);
}

}  // namespace keyline::analysis
