#pragma once
// The objects of a git repository, read through the user's own git: `rev-parse`, `ls-tree` and `cat-file` only. Nothing
// is checked out; no hook, filter, pager or network transport of the repository runs. git itself is found in PATH.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.h"

namespace keyline::server {

enum class GitMode : std::uint8_t { file, executable, symlink, directory, submodule };

struct GitEntry {
  GitMode mode = GitMode::file;
  std::string object;
  std::string path;  // below what was listed
};

class GitObjects {
 public:
  // The repository around `directory`; the error says why there is none, in git's words.
  static protocol::Result<GitObjects> around(const std::string& directory);

  // Of the working tree, absolute.
  const std::string& root() const { return root_; }
  // From there: "" for the root itself, nothing when it lies outside of the working tree.
  std::optional<std::string> path_inside(const std::string& path) const;
  // The tree of whatever git rev-parse takes.
  protocol::Result<std::string> tree_of(const std::string& revision) const;
  // All that lies in `directory` ("": the root) of the tree, at any depth, parents first.
  protocol::Result<std::vector<GitEntry>> list(const std::string& tree, const std::string& directory) const;
  // Gives the bytes of each blob with its index in `objects` (names, or "tree:path" without line breaks), in that
  // order. What is no blob, or is not there, is left out: clones may be partial.
  using Receiver = std::function<void(std::size_t index, std::string_view bytes)>;
  protocol::Result<void> read(const std::vector<std::string>& objects, const Receiver& receive) const;

 private:
  explicit GitObjects(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

}  // namespace keyline::server
