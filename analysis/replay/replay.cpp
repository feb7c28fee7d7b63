#include "analysis/replay/replay.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "analysis/replay/links.h"
#include "analysis/replay/reach.h"

namespace keyline::analysis {

namespace {

using Hits = std::vector<Hit>;  // by source

void raise(Hits& hits, const Hits& others) {
  for (std::size_t i = 0; i < hits.size(); ++i) hits[i] = std::max(hits[i], others[i]);
}

// The part of a path below a directory; nothing when it lies elsewhere.
std::optional<std::string_view> below(std::string_view path, std::string_view directory) {
  if (directory.empty()) return path;
  if (!path.starts_with(directory) || path.size() <= directory.size() + 1 || path[directory.size()] != '/')
    return std::nullopt;
  return path.substr(directory.size() + 1);
}

class Replayer {
 public:
  Replayer(const ReplayBuild& build, const TreeHistory& history)
      : build_(build),
        history_(history),
        reach_(build.tree, build.model, build.options, build.dockerignore),
        class_of_path_(history.paths.size(), none) {
    for (const auto& [path, target] : history.links) set_link(path, target);
  }

  Replay run() {
    Detours after = detours();
    for (const CommitChanges& commit : history_.commits) {
      const Detours before = take_back_links(commit) ? detours() : after;
      add(commit, before, after);
      after = before;
    }
    count();
    return std::move(replay_);
  }

 private:
  using Detours = std::vector<std::vector<Detour>>;  // by source

  void set_link(std::uint32_t path, std::uint32_t target) {
    const std::optional<std::string_view> name = below(history_.paths[path], build_.directory);
    if (!name) return;
    if (target == none) {
      links_.erase(std::string(*name));
    } else if (reach_.visible(*name)) {
      links_.insert_or_assign(std::string(*name), history_.targets[target]);
    }
  }

  // Makes the links those of the commit's parent; false when they are the same.
  bool take_back_links(const CommitChanges& commit) {
    bool changed = false;
    for (const PathChange& change : commit.changes) {
      if (change.before != TreeKind::symlink && change.after != TreeKind::symlink) continue;
      changed = true;
      set_link(change.path, change.before == TreeKind::symlink ? change.target_before : none);
    }
    return changed;
  }

  Detours detours() const {
    Detours all(reach_.sources().size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const ReachSource& source = reach_.sources()[i];
      if (source.known) all[i] = detours_of(links_, source.path, source.wildcard);
    }
    return all;
  }

  // Paths with the same hits form a class, and a history has many paths and few classes.
  std::uint32_t class_of(std::uint32_t path) {
    std::uint32_t& known = class_of_path_[path];
    if (known != none) return known;
    Hits hits(reach_.sources().size(), Hit::no);
    const std::optional<std::string_view> name = below(history_.paths[path], build_.directory);
    if (name && reach_.visible(*name)) {
      for (std::size_t i = 0; i < hits.size(); ++i) hits[i] = reach_.hit(i, *name);
    }
    const auto [place, added] = class_ids_.try_emplace(hits, static_cast<std::uint32_t>(classes_.size()));
    if (added) classes_.push_back(std::move(hits));
    return known = place->second;
  }

  void add(const CommitChanges& commit, const Detours& before, const Detours& after) {
    Hits hits(reach_.sources().size(), Hit::no);
    std::vector<bool> seen(classes_.size());
    for (const PathChange& change : commit.changes) {
      const std::uint32_t id = class_of(change.path);
      if (id < seen.size() && seen[id]) continue;
      if (id >= seen.size()) seen.resize(id + 1);
      seen[id] = true;
      raise(hits, classes_[id]);
    }
    follow(commit, before, after, hits);
    const std::uint32_t pattern = pattern_of(hits);
    replay_.pattern_of_commit.push_back(pattern);
    if (std::ranges::all_of(hits, [](Hit hit) { return hit == Hit::no; })) return;
    for (const PathChange& change : commit.changes) ++counts_[pattern][change.path];
  }

  // What links add: files elsewhere that a source takes through them. A source that is led another way takes other
  // files, which may hold the same.
  void follow(const CommitChanges& commit, const Detours& before, const Detours& after, Hits& hits) {
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (before[i].empty() && after[i].empty()) continue;
      const bool led_elsewhere = before[i] != after[i];
      if (led_elsewhere) hits[i] = Hit::maybe;
      for (const PathChange& change : commit.changes) {
        const bool link = change.before == TreeKind::symlink || change.after == TreeKind::symlink;
        const Hit hit = std::max(hit_through(i, before[i], change.path), hit_through(i, after[i], change.path));
        if (hit == Hit::no && !(led_elsewhere && link)) continue;
        through_links_.emplace(change.path, reach_.sources()[i].step);
        if (!led_elsewhere) hits[i] = std::max(hits[i], hit);
      }
    }
  }

  Hit hit_through(std::size_t source, const std::vector<Detour>& detours, std::uint32_t path) const {
    Hit hit = Hit::no;
    const std::optional<std::string_view> name = below(history_.paths[path], build_.directory);
    if (!name || detours.empty() || !reach_.visible(*name)) return hit;
    for (const Detour& detour : detours)
      hit = std::max(hit, reach_.hit_as(source, detour.source, detour.wildcard, *name));
    return hit;
  }

  std::uint32_t pattern_of(const Hits& hits) {
    const auto [place, added] = pattern_ids_.try_emplace(hits, static_cast<std::uint32_t>(replay_.patterns.size()));
    if (!added) return place->second;
    Change certain;
    Change possible;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const StepId step = reach_.sources()[i].step;
      if (hits[i] == Hit::certain) certain.steps.push_back(step);
      if (hits[i] != Hit::no) possible.steps.push_back(step);
    }
    std::vector<StepEffect> effects = invalidate(build_.model, certain);
    if (certain.steps.size() != possible.steps.size()) {
      const std::vector<StepEffect> others = invalidate(build_.model, possible);
      for (StepId id = 0; id < effects.size(); ++id) {
        if (effects[id].effect != Effect::unaffected || others[id].effect == Effect::unaffected) continue;
        effects[id] = others[id];
        effects[id].effect = Effect::if_content_differs;
      }
    }
    replay_.patterns.push_back(std::move(effects));
    counts_.emplace_back();
    return place->second;
  }

  bool reaches(std::uint32_t path, StepId step) const {
    const Hits& hits = classes_[class_of_path_[path]];
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (hits[i] != Hit::no && reach_.sources()[i].step == step) return true;
    }
    return through_links_.contains({path, step});
  }

  void count() {
    const Model& model = build_.model;
    replay_.commits = static_cast<std::uint32_t>(history_.commits.size());
    replay_.steps.resize(model.steps.size());
    std::vector<std::uint32_t> commits(replay_.patterns.size());  // of each pattern
    for (const std::uint32_t pattern : replay_.pattern_of_commit) ++commits[pattern];
    for (StepId id = 0; id < model.steps.size(); ++id) {
      const Step& step = model.steps[id];
      ReplayedStep& counted = replay_.steps[id];
      counted.counted = (step.op == Op::exec || step.op == Op::file) && model.stages[step.stage].reachable;
      if (!counted.counted) continue;
      for (std::size_t pattern = 0; pattern < commits.size(); ++pattern) {
        const Effect effect = replay_.patterns[pattern][id].effect;
        if (effect == Effect::always) counted.reran += commits[pattern];
        if (effect == Effect::if_content_differs) counted.maybe += commits[pattern];
      }
      attribute(id, counted.reran > 0 ? Effect::always : Effect::if_content_differs, commits, counted);
    }
  }

  // The paths and the steps they reached first, over all commits that had this effect on the step.
  void attribute(StepId id, Effect effect, const std::vector<std::uint32_t>& commits, ReplayedStep& counted) const {
    std::unordered_map<std::uint32_t, std::uint32_t> paths;
    std::map<StepId, std::uint32_t> entries;
    for (std::size_t pattern = 0; pattern < commits.size(); ++pattern) {
      if (replay_.patterns[pattern][id].effect != effect) continue;
      const StepId entry = entry_of(replay_.patterns[pattern], id);
      entries[entry] += commits[pattern];
      for (const auto& [path, times] : counts_[pattern]) {
        if (reaches(path, entry)) paths[path] += times;
      }
    }
    for (const auto& [path, times] : paths) counted.paths.push_back({path, times});
    std::sort(counted.paths.begin(), counted.paths.end(), [&](const PathCount& a, const PathCount& b) {
      return a.commits != b.commits ? a.commits > b.commits : history_.paths[a.path] < history_.paths[b.path];
    });
    for (const auto& [step, times] : entries) counted.entries.push_back({step, times});
    std::stable_sort(counted.entries.begin(), counted.entries.end(),
                     [](const ReplayedStep::Entry& a, const ReplayedStep::Entry& b) { return a.commits > b.commits; });
  }

  const ReplayBuild& build_;
  const TreeHistory& history_;
  Reach reach_;
  Links links_;  // of the context at the commit under way
  std::vector<std::uint32_t> class_of_path_;
  std::vector<Hits> classes_;
  std::map<Hits, std::uint32_t> class_ids_;
  std::map<Hits, std::uint32_t> pattern_ids_;
  std::vector<std::unordered_map<std::uint32_t, std::uint32_t>> counts_;  // by pattern: path -> commits
  std::set<std::pair<std::uint32_t, StepId>> through_links_;              // paths that reached a step that way
  Replay replay_;
};

}  // namespace

Replay replay(const ReplayBuild& build, const TreeHistory& history) { return Replayer(build, history).run(); }

StepId entry_of(const std::vector<StepEffect>& effects, StepId step) {
  while (effects[step].through != none) step = effects[step].through;
  return step;
}

}  // namespace keyline::analysis
