// Each commit with the Dockerfile of its time: stretches of commits that have the same one are replayed like any other
// history; a commit that changes it, or the .dockerignore, is forecast from both whole trees, as `keyline diff` does.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/cache/history.h"
#include "analysis/replay/replay.h"
#include "server/cli/replay_file.h"
#include "server/cli/replay_parts.h"
#include "server/cli/text_file.h"
#include "server/environment/git_revision.h"
#include "server/history/step_times.h"

namespace keyline::server {

namespace {

using analysis::CommitChanges;
using analysis::Outcome;
using analysis::PathChange;
using analysis::Snapshot;
using analysis::StepId;
using analysis::TreeHistory;
using analysis::TreeKind;
using protocol::Result;

// Steps of different times are one where stage and text are the same.
class Rows {
 public:
  explicit Rows(std::size_t commits) : commits_(commits) {}

  std::size_t of(const Snapshot& snapshot, StepId step, std::map<std::string, int>& seen) {
    const std::string name = analysis::step_name(snapshot.model, snapshot.tree, step);
    const std::size_t label = name.find("] ");
    const analysis::StageId stage = snapshot.model.steps[step].stage;
    const std::string& stage_name = snapshot.model.stages[stage].name;
    std::string key = (stage_name.empty() ? std::to_string(stage) : stage_name) + '\n' +
                      (label == std::string::npos ? name : name.substr(label + 2));
    key += '\n' + std::to_string(seen[key]++);
    const auto [place, added] = places_.try_emplace(std::move(key), rows_.size());
    if (added) {
      Entry& entry = rows_.emplace_back();
      entry.row.step = name;
      entry.row.by_commit = std::string(commits_, '-');
    }
    return place->second;
  }

  ReplayRow& operator[](std::size_t row) { return rows_[row].row; }
  void add_cause(std::size_t row, const std::string& path, std::uint32_t commits) { rows_[row].paths[path] += commits; }

  std::vector<ReplayRow> take() {
    std::vector<ReplayRow> rows;
    for (Entry& entry : rows_) {
      ReplayRow& row = entry.row;
      const auto count = [&](char letter) {
        return static_cast<std::uint32_t>(std::ranges::count(row.by_commit, letter));
      };
      row.reran = count('x');
      row.maybe = count('?');
      row.commits = static_cast<std::uint32_t>(commits_) - count('-');
      row.all_paths = entry.paths.size();
      for (const auto& [path, commits] : entry.paths) row.paths.push_back({path, commits});
      std::ranges::stable_sort(
          row.paths, [](const ReplayRow::Cause& a, const ReplayRow::Cause& b) { return a.commits > b.commits; });
      if (row.paths.size() > most_causes) row.paths.resize(most_causes);
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  struct Entry {
    ReplayRow row;
    std::map<std::string, std::uint32_t> paths;
  };
  std::size_t commits_;
  std::map<std::string, std::size_t> places_;
  std::vector<Entry> rows_;
};

class CommittedReplay {
 public:
  CommittedReplay(const Build& build, const ProjectHistory& project, std::string dockerfile, std::string directory,
                  const Snapshot& today)
      : build_(build),
        project_(project),
        dockerfile_(std::move(dockerfile)),
        directory_(std::move(directory)),
        tree_(*project.tree),
        rows_(tree_.commits.size()) {
    // The steps of today come first, in their order.
    std::map<std::string, int> seen;
    for (StepId step = 0; step < today.model.steps.size(); ++step) {
      if (is_counted(today, step)) rows_[rows_.of(today, step, seen)].line = line_of_step(today, step);
    }
    links_.insert(tree_.links.begin(), tree_.links.end());
    const std::optional<std::string> file = project.git->path_inside(dockerfile_);
    const std::string prefix = project.directory.empty() ? std::string() : project.directory + '/';
    if (file) deciding_ = {*file, *file + ".dockerignore", prefix + ".dockerignore"};
  }

  // Where the commit has such a file, and its parent too.
  void run(ReplayReport& report) {
    for (std::size_t begin = 0; begin < tree_.commits.size();) {
      std::size_t end = begin;
      while (end < tree_.commits.size() && deciding_change(tree_.commits[end]).empty()) ++end;
      if (end > begin && !replay_stretch(begin, end))
        report.without_dockerfile += static_cast<std::uint32_t>(end - begin);
      if (end < tree_.commits.size()) {
        if (!forecast(end)) ++report.without_dockerfile;
        take_back_links(tree_.commits[end++]);
      }
      begin = end;
    }
    report.rows = rows_.take();
  }

 private:
  static bool is_counted(const Snapshot& snapshot, StepId step) {
    const analysis::Step& each = snapshot.model.steps[step];
    return (each.op == analysis::Op::exec || each.op == analysis::Op::file) &&
           snapshot.model.stages[each.stage].reachable;
  }

  // The path whose change makes another build of the same files; "" when the commit has none.
  std::string deciding_change(const CommitChanges& commit) const {
    for (const PathChange& change : commit.changes) {
      const std::string& path = tree_.paths[change.path];
      if (std::ranges::find(deciding_, path) != deciding_.end()) return path;
    }
    return {};
  }

  void take_back_links(const CommitChanges& commit) {
    for (const PathChange& change : commit.changes) {
      if (change.before == TreeKind::symlink) {
        links_[change.path] = change.target_before;
      } else if (change.after == TreeKind::symlink) {
        links_.erase(change.path);
      }
    }
  }

  std::shared_ptr<const Snapshot> snapshot_at(const std::string& revision) const {
    const Result<RevisionFiles> files = read_revision({revision, directory_, dockerfile_, RevisionContents::names});
    if (!files) return nullptr;
    analysis::Inputs inputs;
    inputs.text = std::make_shared<const std::string>(files->dockerfile);
    inputs.context = files->context;
    inputs.build = build_.options;
    return analysis::analyze(std::move(inputs), nullptr, {});
  }

  bool replay_stretch(std::size_t begin, std::size_t end) {
    TreeHistory stretch;
    stretch.paths = tree_.paths;
    stretch.targets = tree_.targets;
    stretch.commits.assign(tree_.commits.begin() + static_cast<std::ptrdiff_t>(begin),
                           tree_.commits.begin() + static_cast<std::ptrdiff_t>(end));
    stretch.links.assign(links_.begin(), links_.end());
    for (const CommitChanges& commit : stretch.commits) take_back_links(commit);
    const std::shared_ptr<const Snapshot> snapshot = snapshot_at(stretch.commits.front().id);
    if (!snapshot) return false;
    const analysis::Replay replay = analysis::replay(
        {snapshot->tree, snapshot->model, build_.options, snapshot->context().dockerignore(), project_.directory},
        stretch);
    std::map<std::string, int> seen;
    for (StepId step = 0; step < replay.steps.size(); ++step) {
      if (!replay.steps[step].counted) continue;
      const std::size_t row = rows_.of(*snapshot, step, seen);
      for (std::size_t i = 0; i < stretch.commits.size(); ++i)
        rows_[row].by_commit[begin + i] = letter_of(replay.effect(i, step));
      for (const analysis::PathCount& path : replay.steps[step].paths)
        rows_.add_cause(row, tree_.paths[path.path], path.commits);
    }
    return true;
  }

  // One commit, from whole trees.
  bool forecast(std::size_t commit) {
    const std::string& id = tree_.commits[commit].id;
    const std::shared_ptr<const Snapshot> before = snapshot_at(id + "^1");
    const std::shared_ptr<const Snapshot> after = before ? snapshot_at(id) : nullptr;
    if (!after) return false;
    const auto past = std::make_shared<const analysis::BuildState>(before->inputs.text, before->inputs.context,
                                                                   build_.options, analysis::NamedContexts());
    const analysis::Forecast forecast = analysis::BuildHistory({past}).forecast(after->build());
    const std::string cause = deciding_change(tree_.commits[commit]);
    std::map<std::string, int> seen;
    for (StepId step = 0; step < after->model.steps.size(); ++step) {
      if (!is_counted(*after, step)) continue;
      const std::size_t row = rows_.of(*after, step, seen);
      const Outcome outcome = forecast.steps[step].outcome;
      rows_[row].by_commit[commit] = outcome == Outcome::cached ? '.' : outcome == Outcome::reruns ? 'x' : '?';
      if (outcome != Outcome::cached) rows_.add_cause(row, cause, 1);
    }
    return true;
  }

  const Build& build_;
  const ProjectHistory& project_;
  std::string dockerfile_, directory_;
  const TreeHistory& tree_;
  Rows rows_;
  std::map<std::uint32_t, std::uint32_t> links_;  // at the commit under way: path -> target
  std::vector<std::string> deciding_;             // paths, from the root of the repository
};

}  // namespace

ReplayReport replay_file_as_committed(const std::string& path, const Build& build, ProjectHistories& histories) {
  ReplayReport report;
  report.file = path;
  report.as_committed = true;
  const Result<LoadedDockerfile> loaded = load_dockerfile(path, build);
  if (!loaded) return faulty(std::move(report), loaded.error().message);
  const Result<ProjectHistory> project = histories.of(loaded->context_root);
  if (!project) return faulty(std::move(report), project.error().message);
  describe_commits(*project->tree, report);
  const std::shared_ptr<const Snapshot> today = analysis::analyze(loaded->inputs, nullptr, {});
  CommittedReplay(build, *project, absolute_path(path), loaded->context_root, *today).run(report);
  const analysis::StepTimes seconds = step_times(absolute_path(path));
  for (ReplayRow& row : report.rows) row.seconds = seconds.of(row.step);
  return report;
}

}  // namespace keyline::server
