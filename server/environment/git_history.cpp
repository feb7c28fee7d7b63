#include "server/environment/git_history.h"

#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "server/environment/git_program.h"
#include "server/history/commit_store.h"

namespace keyline::server {

namespace {

using analysis::CommitChanges;
using analysis::TreeHistory;
using analysis::TreeKind;
using protocol::Result;
using protocol::Unexpected;

struct ListedCommit {
  std::string id;
  std::string parent;
  std::int64_t time = 0;
};

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

// "<time> SP <commit> SP <parent>..."; nothing for a commit without a parent, as the first one and where a clone was
// cut off.
std::optional<ListedCommit> read_commit_line(std::string_view line) {
  ListedCommit commit;
  const std::string_view time = take_word(line);
  std::from_chars(time.data(), time.data() + time.size(), commit.time);
  commit.id = take_word(line);
  commit.parent = take_word(line);
  if (commit.parent.empty()) return std::nullopt;
  return commit;
}

Result<std::vector<ListedCommit>> list_commits(const GitObjects& git, const HistoryRequest& request) {
  std::string text;
  const Result<void> ran = run_git(git.root(),
                                   {"rev-list", "--first-parent", "--parents", "--timestamp", "-n",
                                    std::to_string(request.commits), "--end-of-options", request.revision},
                                   "", [&](std::string_view bytes) { text.append(bytes); });
  if (!ran) return Unexpected(ran.error());
  std::vector<ListedCommit> commits;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (std::optional<ListedCommit> commit = read_commit_line(std::string_view(text).substr(begin, end - begin)))
      commits.push_back(*std::move(commit));
    begin = end + 1;
  }
  return commits;
}

TreeKind kind_of(std::string_view mode) {
  if (mode == "000000") return TreeKind::absent;
  if (mode == "100755") return TreeKind::executable;
  if (mode == "120000") return TreeKind::symlink;
  if (mode == "040000") return TreeKind::directory;
  if (mode == "160000") return TreeKind::submodule;
  return TreeKind::file;
}

// A change whose links are objects still.
struct RawChange {
  NamedChange change;
  std::string object_before, object_after;
};

// What `diff-tree -r -t -z --stdin` writes: "<commit>" and for each entry ":<mode> <mode> <object> <object> <status>"
// and its path, each with a NUL behind it.
class DiffReader {
 public:
  using CommitReceiver = std::function<void(std::string id, std::vector<RawChange> changes)>;
  explicit DiffReader(CommitReceiver receive) : receive_(std::move(receive)) {}

  void feed(std::string_view bytes) {
    rest_.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = rest_.find('\0', begin)) != std::string::npos; begin = end + 1)
      take(std::string_view(rest_).substr(begin, end - begin));
    rest_.erase(0, begin);
  }

  void finish() {
    if (!id_.empty()) receive_(std::exchange(id_, {}), std::exchange(changes_, {}));
    places_.clear();
    changes_.clear();
  }

 private:
  void take(std::string_view token) {
    if (expects_path_) {
      add(token);
    } else if (token.starts_with(':')) {
      read_entry(token.substr(1));
    } else {
      finish();
      id_ = token;
    }
  }

  void read_entry(std::string_view line) {
    entry_.change.before = kind_of(take_word(line));
    entry_.change.after = kind_of(take_word(line));
    entry_.object_before = take_word(line);
    entry_.object_after = take_word(line);
    expects_path_ = true;
  }

  void add(std::string_view path) {
    expects_path_ = false;
    const NamedChange& change = entry_.change;
    const bool is_same = change.before == change.after && entry_.object_before == entry_.object_after;
    // What differs in a directory is said for itself, and no clone has what is in a submodule until somebody asks.
    const bool stays_directory =
        change.before == change.after && (change.before == TreeKind::directory || change.before == TreeKind::submodule);
    if (is_same || stays_directory) return;
    // A file that becomes a directory is told as one that goes and one that comes.
    if (const auto known = places_.find(std::string(path)); known != places_.end()) {
      RawChange& first = changes_[known->second];
      if (first.change.before == TreeKind::absent) {
        first.change.before = change.before;
        first.object_before = entry_.object_before;
      } else {
        first.change.after = change.after;
        first.object_after = entry_.object_after;
      }
      return;
    }
    places_.emplace(path, changes_.size());
    changes_.push_back(entry_);
    changes_.back().change.path = path;
  }

  CommitReceiver receive_;
  std::string rest_;
  std::string id_;
  std::vector<RawChange> changes_;
  std::unordered_map<std::string, std::size_t> places_;
  RawChange entry_;
  bool expects_path_ = false;
};

class HistoryReader {
 public:
  HistoryReader(const GitObjects& git, const HistoryRequest& request,
                const std::function<void(std::size_t, std::size_t)>& progress)
      : git_(git), request_(request), progress_(progress), store_(request.store_file) {}

  Result<CommitHistory> read() {
    const Result<std::vector<ListedCommit>> listed = list_commits(git_, request_);
    if (!listed) return Unexpected(listed.error());
    commits_ = *listed;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < commits_.size(); ++i) {
      ids.push_back(commits_[i].id);
      places_.emplace(commits_[i].id, i);
    }
    changes_.resize(commits_.size());
    store_.read(ids,
                [&](std::size_t index, std::vector<NamedChange> changes) { changes_[index] = std::move(changes); });
    const std::int64_t now = seconds_now();
    store_.touch(ids, now);
    if (const Result<void> read = read_unknown(now); !read) return Unexpected(read.error());
    for (std::size_t i = 0; i < commits_.size(); ++i) add_commit(i);
    if (const Result<void> read = read_links(); !read) return Unexpected(read.error());
    return std::move(history_);
  }

 private:
  static std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  Result<void> read_unknown(std::int64_t now) {
    std::string input;
    std::size_t total = 0;
    for (std::size_t i = 0; i < commits_.size(); ++i) {
      if (changes_[i]) continue;
      input += commits_[i].id + ' ' + commits_[i].parent + '\n';
      changes_[i].emplace();  // git says nothing of a commit without changes
      unknown_.push_back(i);
      ++total;
    }
    history_.read_anew = total;
    if (total == 0) return {};
    std::map<std::size_t, std::vector<RawChange>> links;  // of commits that change some
    std::size_t done = 0;
    DiffReader reader([&](const std::string& id, std::vector<RawChange> changes) {
      const auto place = places_.find(id);
      if (place == places_.end()) return;
      take_changes(place->second, std::move(changes), links);
      progress_(++done, total);
    });
    const Result<void> ran = run_git(git_.root(),
                                     {"diff-tree", "--stdin", "-r", "-t", "-z", "--raw", "--no-abbrev", "--no-renames",
                                      "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"},
                                     input, [&](std::string_view bytes) { reader.feed(bytes); });
    if (!ran) return ran;
    reader.finish();
    if (const Result<void> read = read_targets(links); !read) return read;
    std::vector<std::pair<std::string, std::string>> fresh;
    for (const std::size_t i : unknown_) fresh.emplace_back(commits_[i].id, encode_changes(*changes_[i]));
    store_.add(fresh, now);
    return {};
  }

  void take_changes(std::size_t commit, std::vector<RawChange> changes,
                    std::map<std::size_t, std::vector<RawChange>>& links) {
    for (RawChange& raw : changes) {
      const bool link = raw.change.before == TreeKind::symlink || raw.change.after == TreeKind::symlink;
      if (link) {
        links[commit].push_back(std::move(raw));
      } else {
        changes_[commit]->push_back(std::move(raw.change));
      }
    }
  }

  // The targets of links are what their objects hold.
  Result<void> read_targets(std::map<std::size_t, std::vector<RawChange>>& links) {
    std::vector<std::string> objects;
    std::vector<std::string*> places;
    const auto want = [&](TreeKind kind, const std::string& object, std::string& target) {
      if (kind != TreeKind::symlink) return;
      objects.push_back(object);
      places.push_back(&target);
    };
    for (auto& [commit, changes] : links) {
      for (RawChange& raw : changes) {
        want(raw.change.before, raw.object_before, raw.change.target_before);
        want(raw.change.after, raw.object_after, raw.change.target_after);
      }
    }
    if (objects.empty()) return {};
    const Result<void> read =
        git_.read(objects, [&](std::size_t index, std::string_view bytes) { *places[index] = bytes; });
    if (!read) return read;
    for (auto& [commit, changes] : links) {
      for (RawChange& raw : changes) changes_[commit]->push_back(std::move(raw.change));
    }
    return {};
  }

  void add_commit(std::size_t index) {
    CommitChanges commit{commits_[index].id, commits_[index].time, {}};
    for (const NamedChange& change : *changes_[index]) {
      commit.changes.push_back({number_of(path_numbers_, history_.tree.paths, change.path), change.before, change.after,
                                target_of(change.before, change.target_before),
                                target_of(change.after, change.target_after)});
    }
    changes_[index].reset();
    history_.tree.commits.push_back(std::move(commit));
  }

  using Numbers = std::unordered_map<std::string, std::uint32_t>;
  static std::uint32_t number_of(Numbers& numbers, std::vector<std::string>& texts, const std::string& text) {
    const auto [place, added] = numbers.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
    if (added) texts.push_back(text);
    return place->second;
  }
  std::uint32_t target_of(TreeKind kind, const std::string& target) {
    return kind == TreeKind::symlink ? number_of(target_numbers_, history_.tree.targets, target) : analysis::none;
  }

  // The links that the newest commit has.
  Result<void> read_links() {
    if (commits_.empty()) return {};
    const Result<std::vector<GitEntry>> entries = git_.list(commits_.front().id, "");
    if (!entries) return Unexpected(entries.error());
    std::vector<std::string> objects;
    std::vector<const GitEntry*> links;
    for (const GitEntry& entry : *entries) {
      if (entry.mode != GitMode::symlink) continue;
      objects.push_back(entry.object);
      links.push_back(&entry);
    }
    if (links.empty()) return {};
    return git_.read(objects, [&](std::size_t index, std::string_view target) {
      history_.tree.links.emplace_back(number_of(path_numbers_, history_.tree.paths, links[index]->path),
                                       number_of(target_numbers_, history_.tree.targets, std::string(target)));
    });
  }

  const GitObjects& git_;
  const HistoryRequest& request_;
  const std::function<void(std::size_t, std::size_t)>& progress_;
  CommitStore store_;
  std::vector<ListedCommit> commits_;
  std::unordered_map<std::string, std::size_t> places_;           // by id
  std::vector<std::optional<std::vector<NamedChange>>> changes_;  // by commit
  std::vector<std::size_t> unknown_;                              // commits that the store does not know
  Numbers path_numbers_, target_numbers_;
  CommitHistory history_;
};

}  // namespace

Result<CommitHistory> read_history(const GitObjects& git, const HistoryRequest& request,
                                   const std::function<void(std::size_t, std::size_t)>& progress) {
  return HistoryReader(git, request, progress).read();
}

}  // namespace keyline::server
