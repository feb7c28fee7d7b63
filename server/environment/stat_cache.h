#pragma once
// What the files of a build directory contained when they were last read, kept in the user's cache directory from one
// process to the next. One file for each build directory: a header and records of 64 bytes, sorted. It is replaced as a
// whole, so that any number of processes may read and write at once; the last one wins, and what is lost is read again.
// What is damaged or of another version counts as empty, and where nothing can be written nothing is remembered.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "server/environment/directory.h"

namespace keyline::server {

struct RememberedContent {
  std::uint64_t path = 0;  // StatCache::path_key()
  FileStamp stamp;
  analysis::ContentHash content;
};

struct StatCacheLimits {
  std::size_t most_records = 1'000'000;                  // in a file
  std::size_t most_unseen = 10'000;                      // of paths that were not met again, beside as many as were
  std::size_t most_files = 64;                           // build directories; those unused for longest go
  std::uint64_t most_bytes = std::uint64_t{256} << 20U;  // in all files
};

class StatCache {
 public:
  static std::uint64_t path_key(std::string_view path);  // path relative to the build directory

  // `folder` is where all these files lie; "" remembers nothing.
  StatCache(std::string folder, const std::string& build_directory, const StatCacheLimits& limits = {});

  // Null when the file is not known, or another one than it was.
  const analysis::ContentHash* find(std::uint64_t path, const FileStamp& stamp) const;

  // Replaces what is remembered of these paths. The others may be visible to another Dockerfile's .dockerignore, or be
  // gone: they are kept until there are too many. False when it could not be written.
  bool replace(std::vector<RememberedContent> records);
  // Tells that the file was of use, for the choice of what goes when there are too many.
  void touch() const;

  std::size_t size() const { return records_.size(); }
  const std::string& file() const { return file_; }

 private:
  void read();
  bool write() const;
  void remove_old() const;

  std::string folder_;
  std::string file_;  // "" without a folder
  std::uint64_t directory_key_ = 0;
  StatCacheLimits limits_;
  std::vector<RememberedContent> records_;  // sorted by path
};

}  // namespace keyline::server
