#pragma once
// What `keyline replay` found for one Dockerfile, and its forms. Counts are of commits; what depends on the content
// that other stages produce is never counted as a re-run, only as one more that may be.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/replay/tree_history.h"
#include "server/cli/terminal.h"

namespace keyline::server {

struct ReplayRow {
  std::uint32_t line = 0;  // from 1; 0: the Dockerfile of today has no such step
  std::string step;        // "[build 3/6] RUN npm ci"
  std::uint32_t reran = 0;
  std::uint32_t maybe = 0;
  std::uint32_t commits = 0;      // of those looked at, how many had the step
  std::optional<double> seconds;  // that one run takes
  struct Cause {
    std::string path;  // from the root of the repository
    std::uint32_t commits = 0;
  };
  std::vector<Cause> paths;  // the first few, most commits first
  std::size_t all_paths = 0;
  struct Through {
    std::uint32_t line = 0;
    std::uint32_t commits = 0;
  };
  std::vector<Through> through;  // the lines whose files changed, most commits first; the row's own may be among them
  // By commit, newest first: '-' no such step then, '.' reused, '?' may have re-run, 'x' re-ran.
  std::string by_commit;
};

struct ReplayReport {
  std::string file;
  std::string fault;  // why there is nothing to tell; "": there is
  std::uint32_t commits = 0;
  std::string newest, oldest;  // ids
  std::int64_t newest_time = 0, oldest_time = 0;
  bool as_committed = false;
  std::uint32_t without_dockerfile = 0;  // as committed: commits that had no such file, or whose parent had none
  std::vector<ReplayRow> rows;
  // By commit, newest first.
  std::vector<std::string> ids;
  std::vector<std::int64_t> times;
  // What the fixes of findings about order and context would make of it; without titles there are none.
  std::vector<std::string> proposed_fixes;
  std::vector<ReplayRow> proposed;
};

std::string replay_as_text(const std::vector<ReplayReport>& reports, const Terminal& terminal);
nlohmann::ordered_json replay_as_json(const std::vector<ReplayReport>& reports);

// "2026-08-22", in UTC.
std::string day_of(std::int64_t time);

}  // namespace keyline::server
