#pragma once
// What the files of a build directory contain, as hashes. Only regular files are opened, links never followed; a file
// that cannot be read, or does not hold still, has no hash. Memory is bounded by a buffer for each thread. A second
// look reads nothing: see stat_cache.h. Can be stopped; what was read until then is kept and remembered.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "server/environment/disk_context.h"

namespace keyline::server {

// Only of what has to be read: what is remembered costs nothing.
struct HashProgress {
  std::size_t files_done = 0;
  std::size_t files = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes = 0;
};

struct HashRequest {
  // Which entries of the listing, by their index; empty: all.
  std::vector<bool> wanted;
  // Texts that an editor holds, by absolute path: they are what these files contain.
  std::map<std::string, std::string> open_texts;
  std::string cache_folder;  // where to remember hashes; "": nowhere
  // On the calling thread, now and then.
  std::function<void(const HashProgress&)> progress;
  // A file that was written to this shortly before it was read may be written to again without its times changing, as
  // long as a file system's clock stands still: its hash is not remembered (git's "racy" entries).
  std::int64_t restless = 2'000'000'000;
};

struct HashedContext {
  std::shared_ptr<DiskContext> context;
  std::size_t files_read = 0;
  bool complete = true;  // false: stopped
};

// `listed` becomes the answer when nobody else holds it, else a copy of it.
HashedContext hash_contents(std::shared_ptr<DiskContext> listed, const HashRequest& request,
                            const std::stop_token& stop);

}  // namespace keyline::server
