#pragma once
// What a row of commits changed in a project's files, each against its first parent: types, modes and contents, without
// the contents themselves. A directory is changed when it comes or goes; what lies in it speaks for itself. A submodule
// is an empty directory, as in a fresh clone. Whoever reads a repository fills this in.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/model/model.h"

namespace keyline::analysis {

enum class TreeKind : std::uint8_t { absent, file, executable, symlink, directory, submodule };

struct PathChange {
  std::uint32_t path = 0;  // index into TreeHistory::paths
  TreeKind before = TreeKind::absent;
  TreeKind after = TreeKind::absent;  // the same as before: other bytes
  // Indices into TreeHistory::targets, where that side is a link.
  std::uint32_t target_before = none;
  std::uint32_t target_after = none;
};

struct CommitChanges {
  std::string id;
  std::int64_t time = 0;  // seconds since 1970
  std::vector<PathChange> changes;
};

struct TreeHistory {
  std::vector<std::string> paths;                              // from the top of the tree, "/" between names; each once
  std::vector<std::string> targets;                            // of links; each once
  std::vector<CommitChanges> commits;                          // newest first
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;  // path and target, as the newest commit has them
};

}  // namespace keyline::analysis
