#include "server/history/store.h"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "server/environment/cache_directory.h"
#include "server/environment/directory.h"
#include "server/history/database.h"
#include "server/history/encoding.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

// Counts the meaning of tables and of the bytes in them. What an older keyline wrote is dropped, since the next build
// writes it anew; what a newer one wrote is left alone.
constexpr std::int64_t schema_version = 1;

// auto_vacuum must come before the first table; it gives space back as builds go.
constexpr const char* set_up_file = "PRAGMA auto_vacuum=FULL; PRAGMA journal_mode=DELETE; PRAGMA secure_delete=ON";
constexpr const char* create_tables = R"(
  CREATE TABLE builds(id INTEGER PRIMARY KEY AUTOINCREMENT, identity BLOB NOT NULL, dockerfile BLOB NOT NULL,
                      facts BLOB NOT NULL);
  CREATE INDEX builds_by_identity ON builds(identity);
  CREATE INDEX builds_by_dockerfile ON builds(dockerfile);
  CREATE TABLE chunks(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
  CREATE TABLE listings(build INTEGER NOT NULL, position INTEGER NOT NULL, chunk INTEGER NOT NULL,
                        PRIMARY KEY(build, position)) WITHOUT ROWID;
  CREATE INDEX listings_by_chunk ON listings(chunk);
  CREATE TABLE steps(identity BLOB NOT NULL, name BLOB NOT NULL, microseconds INTEGER NOT NULL, seen INTEGER NOT NULL,
                     PRIMARY KEY(identity, name)) WITHOUT ROWID;
)";
constexpr const char* drop_tables =
    "DROP TABLE IF EXISTS builds; DROP TABLE IF EXISTS chunks; DROP TABLE IF EXISTS listings; "
    "DROP TABLE IF EXISTS steps;";
constexpr std::int64_t most_steps_of_identity = 1000;
constexpr double microseconds = 1e6;

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

// 16 bytes that stand for a chunk.
std::string digest_of(const std::string& chunk) {
  const analysis::ContentHash hash = analysis::hash_content(chunk);
  std::string digest;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (unsigned shift = 0; shift < 64; shift += 8) digest += static_cast<char>((half >> shift) & 0xffU);
  }
  return digest;
}

std::int64_t used_bytes(Database& database) {
  return (database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count")) *
         database.number("PRAGMA page_size");
}

void remove_build(Database& database, std::int64_t id) {
  Statement(database,
            "DELETE FROM chunks WHERE id IN (SELECT chunk FROM listings WHERE build=?1) "
            "AND NOT EXISTS (SELECT 1 FROM listings WHERE chunk=chunks.id AND build<>?1)")
      .with(id)
      .run();
  Statement(database, "DELETE FROM listings WHERE build=?").with(id).run();
  Statement(database, "DELETE FROM builds WHERE id=?").with(id).run();
}

std::int64_t add_build(Database& database, const RecordedBuild& build, const std::string& identity) {
  const EncodedBuild encoded = encode_build(build);
  Statement(database, "INSERT INTO builds(identity, dockerfile, facts) VALUES(?, ?, ?)")
      .with(identity)
      .with(build.dockerfile)
      .with(encoded.facts)
      .run();
  const std::int64_t id = database.number("SELECT last_insert_rowid()");
  Statement add_chunk(database, "INSERT OR IGNORE INTO chunks(digest, bytes) VALUES(?, ?)");
  Statement list_chunk(database,
                       "INSERT INTO listings(build, position, chunk) SELECT ?, ?, id FROM chunks WHERE digest=?");
  std::int64_t position = 0;
  for (const std::string& chunk : encoded.chunks) {
    const std::string digest = digest_of(chunk);
    add_chunk.with(digest).with(chunk).run();
    list_chunk.with(id).with(position++).with(digest).run();
  }
  return id;
}

// What was executed has a new duration; what was only looked up keeps the one it had.
void add_steps(Database& database, const RecordedBuild& build, const std::string& identity, std::int64_t id) {
  Statement executed(database, "INSERT OR REPLACE INTO steps(identity, name, microseconds, seen) VALUES(?, ?, ?, ?)");
  Statement looked_up(database, "UPDATE steps SET seen=? WHERE identity=? AND name=?");
  for (const MeasuredStep& step : build.steps) {
    if (step.outcome == MeasuredStep::Outcome::executed) {
      executed.with(identity).with(step.name).with(std::llround(step.seconds * microseconds)).with(id).run();
    } else {
      looked_up.with(id).with(identity).with(step.name).run();
    }
  }
  Statement(database,
            "DELETE FROM steps WHERE identity=?1 AND name NOT IN "
            "(SELECT name FROM steps WHERE identity=?1 ORDER BY seen DESC, name LIMIT ?2)")
      .with(identity)
      .with(most_steps_of_identity)
      .run();
}

// `sql` selects id and facts, newest first, for a key and a number of rows.
std::vector<RecordedBuild> read_builds(Database& database, const char* sql, const std::string& key, std::size_t most) {
  std::vector<RecordedBuild> builds;
  Statement rows(database, sql);
  Statement chunks(database,
                   "SELECT bytes FROM listings JOIN chunks ON chunks.id=chunk WHERE build=? ORDER BY position");
  rows.with(key).with(static_cast<std::int64_t>(most));
  while (rows.next()) {
    EncodedBuild encoded{rows.text(1), {}};
    chunks.with(rows.number(0));
    while (chunks.next()) encoded.chunks.push_back(chunks.text(0));
    chunks.run();
    if (std::optional<RecordedBuild> build = decode_build(encoded)) builds.push_back(*std::move(build));
  }
  std::ranges::reverse(builds);
  return builds;
}

}  // namespace

std::optional<std::string> default_history_file() {
  const std::string folder = user_cache_directory();
  if (folder.empty()) return std::nullopt;
  return folder + "/history.sqlite";
}

HistoryStore::HistoryStore(std::string file, HistoryLimits limits) : file_(std::move(file)), limits_(limits) {}

Result<void> HistoryStore::add(const RecordedBuild& build) {
  std::string fault;
  // A damaged file is put aside, and the build goes into a new one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (const int error = create_database(file_); error != 0) {
      fault = fmt::format("cannot remember builds in {}: {}", file_, error_text(error));
      break;
    }
    {
      Database database(file_);
      if (prepare(database, Access::write) == State::usable) add_to(database, build);
      if (!database.failed()) return {};
      fault = text_of(database);
      if (!database.damaged()) break;
    }
    put_aside();
  }
  tell(fault);
  return Unexpected({fault});
}

std::vector<RecordedBuild> HistoryStore::builds(const BuildIdentity& identity, std::size_t most) {
  std::vector<RecordedBuild> found;
  read([&](Database& database) {
    found = read_builds(database, "SELECT id, facts FROM builds WHERE identity=? ORDER BY id DESC LIMIT ?",
                        encode_identity(identity), most);
  });
  return found;
}

std::vector<RecordedBuild> HistoryStore::builds_of(const std::string& dockerfile, std::size_t most) {
  std::vector<RecordedBuild> found;
  read([&](Database& database) {
    found = read_builds(database, "SELECT id, facts FROM builds WHERE dockerfile=? ORDER BY id DESC LIMIT ?",
                        dockerfile, most);
  });
  return found;
}

std::map<std::string, double> HistoryStore::measured_seconds(const BuildIdentity& identity) {
  std::map<std::string, double> seconds;
  const std::string key = encode_identity(identity);
  read([&](Database& database) {
    Statement rows(database, "SELECT name, microseconds FROM steps WHERE identity=?");
    rows.with(key);
    while (rows.next()) seconds[rows.text(0)] = static_cast<double>(rows.number(1)) / microseconds;
  });
  return seconds;
}

std::optional<std::string> HistoryStore::take_problem() {
  if (taken_ == problems_.size()) return std::nullopt;
  return problems_[taken_++];
}

template <class Work>
void HistoryStore::read(const Work& work) {
  if (!path_exists(file_)) return;
  bool damaged = false;
  {
    Database database(file_);
    if (prepare(database, Access::read) == State::usable) work(database);
    if (!database.failed()) return;
    damaged = database.damaged();
    if (!damaged) tell(text_of(database));
  }
  if (damaged) put_aside();
}

HistoryStore::State HistoryStore::prepare(Database& database, Access access) {
  const std::int64_t version = database.number("PRAGMA user_version");
  if (database.failed()) return State::unusable;
  if (version > schema_version) {
    database.fail("a newer version of keyline wrote it; it is left alone and not used");
    return State::unusable;
  }
  if (access == Access::read) return version == schema_version ? State::usable : State::absent;
  database.run(set_up_file);
  if (version == schema_version) return database.failed() ? State::unusable : State::usable;
  database.run("BEGIN IMMEDIATE");
  // Another process may have been quicker.
  if (database.number("PRAGMA user_version") != schema_version) {
    database.run(drop_tables);
    database.run(create_tables);
    database.run(fmt::format("PRAGMA user_version={}", schema_version).c_str());
  }
  database.run("COMMIT");
  if (!database.failed()) return State::usable;
  database.roll_back();
  return State::unusable;
}

void HistoryStore::add_to(Database& database, const RecordedBuild& build) {
  const std::string identity = encode_identity(build.identity());
  // The transaction holds what comes before what goes is gone, hence twice the limit.
  const std::int64_t page_size = std::max<std::int64_t>(database.number("PRAGMA page_size"), 1);
  const std::int64_t pages = static_cast<std::int64_t>(2 * limits_.bytes) / page_size;
  database.run(fmt::format("PRAGMA max_page_count={}", pages).c_str());
  database.run("BEGIN IMMEDIATE");
  const std::int64_t id = add_build(database, build, identity);
  add_steps(database, build, identity, id);
  trim(database, id, identity);
  database.run("COMMIT");
  if (database.failed()) database.roll_back();
}

void HistoryStore::trim(Database& database, std::int64_t newest, const std::string& identity) {
  std::vector<std::int64_t> surplus;
  {
    Statement rows(database, "SELECT id FROM builds WHERE identity=? ORDER BY id DESC LIMIT -1 OFFSET ?");
    rows.with(identity).with(static_cast<std::int64_t>(limits_.builds_of_identity));
    while (rows.next()) surplus.push_back(rows.number(0));
  }
  for (const std::int64_t id : surplus) remove_build(database, id);
  while (!database.failed() && used_bytes(database) > static_cast<std::int64_t>(limits_.bytes)) {
    const std::int64_t oldest = database.number("SELECT min(id) FROM builds");
    if (oldest == newest) database.fail("the build is too large to be remembered");
    remove_build(database, oldest);
    database.run("DELETE FROM steps WHERE identity NOT IN (SELECT identity FROM builds)");
  }
}

void HistoryStore::put_aside() {
  // Two processes that see the damage must not both move: the second would move the first one's new file.
  const OpenFile lock = OpenFile::directory(working_directory(), folder_of(file_), OpenFile::Links::follow);
  if (!lock || ::flock(lock.fd(), LOCK_EX) != 0) return tell(fmt::format("{} is damaged", file_));
  if (!still_damaged()) return;
  const std::string aside = file_ + ".damaged";
  // The journal first: a new file must never find the old one's.
  ::rename((file_ + "-journal").c_str(), (aside + "-journal").c_str());
  if (::rename(file_.c_str(), aside.c_str()) != 0) {
    return tell(fmt::format("{} is damaged and cannot be moved: {}", file_, error_text(errno)));
  }
  tell(fmt::format("{} was damaged and is now {}; builds are remembered anew", file_, aside));
}

bool HistoryStore::still_damaged() {
  if (!path_exists(file_)) return false;
  Database database(file_);
  Statement check(database, "PRAGMA integrity_check(1)");
  return (check.next() && check.text(0) != "ok") || database.damaged();
}

void HistoryStore::tell(std::string problem) {
  if (std::ranges::find(problems_, problem) == problems_.end()) problems_.push_back(std::move(problem));
}

std::string HistoryStore::text_of(const Database& database) const {
  return fmt::format("cannot remember builds in {}: {}", file_, database.fault());
}

}  // namespace keyline::server
