#include "server/history/commit_store.h"

#include <unistd.h>

#include <fmt/format.h>

#include "server/environment/cache_directory.h"
#include "server/environment/directory.h"
#include "server/history/byte_stream.h"
#include "server/history/database.h"

namespace keyline::server {

namespace {

using analysis::TreeKind;

// Counts the meaning of the table and of the bytes in it. A file of another version is emptied.
constexpr std::int64_t schema_version = 1;
constexpr const char* create_table = R"(
  DROP TABLE IF EXISTS commits;
  CREATE TABLE commits(id BLOB PRIMARY KEY, used INTEGER NOT NULL, changes BLOB NOT NULL) WITHOUT ROWID;
  CREATE INDEX commits_by_use ON commits(used);
)";
constexpr std::int64_t day = 86'400;
constexpr std::uint64_t last_kind = static_cast<std::uint64_t>(TreeKind::submodule);

bool usable(Database& database) { return database.number("PRAGMA user_version") == schema_version; }

void set_up(Database& database) {
  if (usable(database)) return;
  database.run("PRAGMA auto_vacuum=FULL; PRAGMA journal_mode=DELETE");
  database.run("BEGIN IMMEDIATE");
  if (!usable(database)) {
    database.run(create_table);
    database.run(fmt::format("PRAGMA user_version={}", schema_version).c_str());
  }
  database.run("COMMIT");
}

// Everything must go that was used as long ago as the first commit that makes the file too large.
void trim(Database& database, std::uint64_t limit) {
  std::uint64_t total = 0;
  std::int64_t oldest = -1;
  {
    Statement rows(database, "SELECT used, length(changes) + length(id) FROM commits ORDER BY used DESC");
    while (oldest < 0 && rows.next()) {
      total += static_cast<std::uint64_t>(rows.number(1));
      if (total > limit) oldest = rows.number(0);
    }
  }
  if (oldest >= 0) Statement(database, "DELETE FROM commits WHERE used<=?").with(oldest).run();
}

// Works on the file in one transaction; the file goes if it is damaged.
template <class Work>
void change(const std::string& file, const Work& work) {
  if (file.empty() || create_database(file) != 0) return;
  bool damaged = false;
  {
    Database database(file);
    set_up(database);
    database.run("BEGIN IMMEDIATE");
    work(database);
    database.run("COMMIT");
    if (database.failed()) database.roll_back();
    damaged = database.damaged();
  }
  if (damaged) ::unlink(file.c_str());
}

}  // namespace

std::string encode_changes(const std::vector<NamedChange>& changes) {
  ByteWriter out;
  out.number(changes.size());
  std::string_view previous;
  for (const NamedChange& change : changes) {
    const std::size_t shared = common_prefix(previous, change.path);
    out.number(shared);
    out.text(std::string_view(change.path).substr(shared));
    out.number(static_cast<std::uint64_t>(change.before) | (static_cast<std::uint64_t>(change.after) << 3U));
    if (change.before == TreeKind::symlink) out.text(change.target_before);
    if (change.after == TreeKind::symlink) out.text(change.target_after);
    previous = change.path;
  }
  return out.take();
}

std::optional<std::vector<NamedChange>> decode_changes(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<NamedChange> changes;
  std::string previous;
  for (std::uint64_t left = in.count(); left > 0 && in.good(); --left) {
    NamedChange change;
    const std::uint64_t shared = in.number();
    const std::string rest = in.text();
    const std::uint64_t kinds = in.number();
    if (shared > previous.size() || (kinds & 7U) > last_kind || kinds >> 3U > last_kind) in.fail();
    if (!in.good()) break;
    change.path = previous.substr(0, static_cast<std::size_t>(shared)) + rest;
    change.before = static_cast<TreeKind>(kinds & 7U);
    change.after = static_cast<TreeKind>(kinds >> 3U);
    if (change.before == TreeKind::symlink) change.target_before = in.text();
    if (change.after == TreeKind::symlink) change.target_after = in.text();
    previous = change.path;
    changes.push_back(std::move(change));
  }
  if (!in.good() || !in.at_end()) return std::nullopt;
  return changes;
}

void CommitStore::read(const std::vector<std::string>& ids, const Receiver& receive) {
  if (file_.empty() || !path_exists(file_)) return;
  bool damaged = false;
  {
    Database database(file_);
    if (usable(database)) {
      database.run("BEGIN");
      Statement row(database, "SELECT changes FROM commits WHERE id=?");
      for (std::size_t i = 0; i < ids.size() && !database.failed(); ++i) {
        row.with(ids[i]);
        if (row.next()) {
          if (std::optional<std::vector<NamedChange>> changes = decode_changes(row.text(0)))
            receive(i, *std::move(changes));
        }
        row.run();
      }
    }
    damaged = database.damaged();
  }
  if (damaged) ::unlink(file_.c_str());
}

void CommitStore::add(const std::vector<std::pair<std::string, std::string>>& commits, std::int64_t now) {
  if (commits.empty()) return;
  change(file_, [&](Database& database) {
    Statement insert(database, "INSERT OR REPLACE INTO commits(id, used, changes) VALUES(?, ?, ?)");
    for (const auto& [id, changes] : commits) {
      if (changes.size() <= limits_.bytes_of_commit) insert.with(id).with(now).with(changes).run();
    }
    trim(database, limits_.bytes);
  });
}

void CommitStore::touch(const std::vector<std::string>& ids, std::int64_t now) {
  change(file_, [&](Database& database) {
    // To the day is close enough, and then most runs have nothing to write.
    Statement update(database, "UPDATE commits SET used=? WHERE id=? AND used<?");
    for (const std::string& id : ids) update.with(now).with(id).with(now - day).run();
  });
}

std::string default_commit_file() {
  const std::string folder = user_cache_directory();
  return folder.empty() ? folder : folder + "/commits.sqlite";
}

}  // namespace keyline::server
