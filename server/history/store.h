#pragma once
// Remembers the last builds in one SQLite file of the user's cache directory, readable by nobody else: build arguments
// may hold secrets. Nothing here throws or blocks for more than a few seconds, and keyline works without a store: what
// is the matter with it is told in words, once.
// A build is one transaction under a rollback journal, so the file is whole whenever a process dies. Each operation
// opens the file anew, so any number of processes may share it, and one that was put aside or deleted is let go of.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/result.h"
#include "server/history/recorded_build.h"

namespace keyline::server {

class Database;

// $XDG_CACHE_HOME/keyline/history.sqlite, or below ~/.cache; empty when neither place is known.
std::optional<std::string> default_history_file();

struct HistoryLimits {
  std::size_t builds_of_identity = 10;
  std::uint64_t bytes = std::uint64_t{64} << 20U;  // of all builds; the oldest goes first
};

class HistoryStore {
 public:
  explicit HistoryStore(std::string file, HistoryLimits limits = {});

  protocol::Result<void> add(const RecordedBuild& build);

  // The newest `most` builds, newest last.
  std::vector<RecordedBuild> builds(const BuildIdentity& identity, std::size_t most);
  // The same for a Dockerfile, however it was built.
  std::vector<RecordedBuild> builds_of(const std::string& dockerfile, std::size_t most);

  // By the step's name as BuildKit prints it: what it took when it was last executed, which may be longer ago than any
  // build that is remembered.
  std::map<std::string, double> measured_seconds(const BuildIdentity& identity);

  // What kept an operation from doing its work, or what was done about a damaged file; each text is given once.
  std::optional<std::string> take_problem();

 private:
  enum class Access : std::uint8_t { read, write };
  enum class State : std::uint8_t { usable, absent, unusable };

  State prepare(Database& database, Access access);
  void add_to(Database& database, const RecordedBuild& build);
  void trim(Database& database, std::int64_t newest, const std::string& identity);
  void put_aside();
  bool still_damaged();
  void tell(std::string problem);
  std::string text_of(const Database& database) const;
  template <class Work>
  void read(const Work& work);

  std::string file_;
  HistoryLimits limits_;
  std::vector<std::string> problems_;  // all that were ever told
  std::size_t taken_ = 0;
};

}  // namespace keyline::server
