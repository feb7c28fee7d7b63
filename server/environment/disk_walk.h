#pragma once
// Everything below a directory that .dockerignore lets through, by several threads at once. The same answer as
// analysis::Listing gives for the same files (a test compares them), but each directory is judged by itself, and what
// is ignored is neither asked about nor entered.

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "server/environment/directory.h"

namespace keyline::server {

struct WalkLimits {
  std::size_t most_entries = 1'000'000;  // sent or hidden
  std::size_t most_path_bytes = std::size_t{128} << 20U;
};

struct DiskWalk {
  std::vector<analysis::ContextEntry> entries;  // sorted by path
  std::vector<FileStamp> stamps;                // of each entry; empty for what is no regular file
  std::vector<analysis::HiddenEntry> hidden;    // sorted by path
  std::string fault;                            // why this is not all; "" when it is
};

// `name` is what the user calls the directory.
DiskWalk walk_disk(const OpenFile& directory, const std::string& name, const analysis::Dockerignore& dockerignore,
                   const WalkLimits& limits, const std::stop_token& stop);

}  // namespace keyline::server
