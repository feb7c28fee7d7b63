#pragma once
// The build directory on disk, listed once into a BuildContext that never changes afterwards (content_hashes.h makes
// another one of it that knows what the files contain). Ignored directories are
// not entered, links not followed, and nothing but regular files is ever opened. Reading is bounded and can be stopped;
// it does not fail: whatever keeps it from seeing everything leaves the context incomplete, with the reason.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "server/environment/disk_walk.h"

namespace keyline::server {

struct DiskContextRequest {
  std::string directory;   // absolute
  std::string dockerfile;  // absolute; may lie outside of the directory
  // Texts that an editor holds, by absolute path. They stand in for a .dockerignore on disk.
  std::map<std::string, std::string> open_texts;
  // Whether rules may want to read a file, by its path in the context; empty: none.
  std::function<bool(std::string_view path)> wanted;
  // Whether somebody wants to know which permissions a checkout would give the files.
  bool checkout_modes = false;
  WalkLimits limits;
  analysis::BuildEvidence builds = {};  // handed on
};

class DiskContext final : public analysis::BuildContext {
 public:
  bool complete() const override { return reason_.empty(); }
  std::string unknown_reason() const override { return reason_; }
  const std::vector<analysis::ContextEntry>& entries() const override { return entries_; }
  const std::vector<analysis::HiddenEntry>& hidden() const override { return hidden_; }
  const analysis::Dockerignore& dockerignore() const override { return dockerignore_; }
  analysis::IgnoreFile ignore_file() const override { return ignore_file_; }
  std::optional<std::string_view> text(std::string_view path) const override;
  std::string_view dockerfile_path() const override { return dockerfile_path_; }
  const analysis::BuildEvidence& builds() const override { return builds_; }

  const std::string& directory() const { return directory_; }
  // The absolute path of the ignore file that applies; "" when there is none.
  const std::string& dockerignore_file() const { return dockerignore_file_; }
  // What the disk said about the file of each entry; empty for what is no regular file.
  const std::vector<FileStamp>& stamps() const { return stamps_; }

 private:
  friend class DiskContextReader;
  friend class ContentHasher;

  std::string directory_;
  std::string dockerfile_path_;
  std::string dockerignore_file_;
  std::string reason_;
  analysis::Dockerignore dockerignore_;
  analysis::IgnoreFile ignore_file_;
  std::vector<analysis::ContextEntry> entries_;
  std::vector<FileStamp> stamps_;
  std::vector<analysis::HiddenEntry> hidden_;
  std::map<std::string, std::string, std::less<>> texts_;
  analysis::BuildEvidence builds_;
};

// A path relative to the directory that it lies in; "" when it does not. Both absolute.
std::string path_within(const std::string& directory, const std::string& path);

std::shared_ptr<DiskContext> load_disk_context(const DiskContextRequest& request, std::stop_token stop);

}  // namespace keyline::server
