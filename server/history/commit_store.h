#pragma once
// What commits changed, remembered from one run to the next under the commit's id, which fixes it for ever: so only new
// commits are read from a repository. One SQLite file in the user's cache directory, for all repositories and of
// bounded size. It can be found out again, so a damaged file is thrown away, and any other fault means that nothing is
// remembered. Nothing here throws.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/replay/tree_history.h"

namespace keyline::server {

// A change with its texts in it.
struct NamedChange {
  std::string path;
  analysis::TreeKind before = analysis::TreeKind::absent;
  analysis::TreeKind after = analysis::TreeKind::absent;
  std::string target_before, target_after;  // of links
  friend bool operator==(const NamedChange&, const NamedChange&) = default;
};

std::string encode_changes(const std::vector<NamedChange>& changes);
std::optional<std::vector<NamedChange>> decode_changes(std::string_view bytes);

struct CommitLimits {
  std::uint64_t bytes = std::uint64_t{128} << 20U;           // of the file; what was not used for longest goes
  std::uint64_t bytes_of_commit = std::uint64_t{16} << 20U;  // one that is larger is read anew each time
};

class CommitStore {
 public:
  // "" remembers nothing.
  explicit CommitStore(std::string file, CommitLimits limits = {}) : file_(std::move(file)), limits_(limits) {}

  // Gives what is known of these commits, with the index of each.
  using Receiver = std::function<void(std::size_t index, std::vector<NamedChange> changes)>;
  void read(const std::vector<std::string>& ids, const Receiver& receive);
  // Remembers new commits: id and encoded changes. `now` is in seconds since 1970.
  void add(const std::vector<std::pair<std::string, std::string>>& commits, std::int64_t now);
  // Notes that these commits were of use.
  void touch(const std::vector<std::string>& ids, std::int64_t now);

 private:
  std::string file_;
  CommitLimits limits_;
};

// In the user's cache directory; "" when there is none.
std::string default_commit_file();

}  // namespace keyline::server
