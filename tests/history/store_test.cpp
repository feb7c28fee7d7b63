// What must not be lost, and what must not stand in the way: the store under kill -9, other processes, full disks,
// damaged and foreign files.

#include "server/history/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "server/history/encoding.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;
using keyline::analysis::ContentHash;
using keyline::analysis::ContextEntry;
using keyline::analysis::EntryKind;
using keyline::server::BuildIdentity;
using keyline::server::decode_build;
using keyline::server::encode_build;
using keyline::server::EncodedBuild;
using keyline::server::HistoryStore;
using keyline::server::MeasuredStep;
using keyline::server::RecordedBuild;
using keyline::server::RecordedContext;
using keyline::tests::TemporaryDirectory;

// A build of a project of `files` files; `revision` is in the content of one of them.
RecordedBuild build_of(const std::string& dockerfile, std::uint64_t revision, std::size_t files = 3) {
  RecordedBuild build;
  build.dockerfile = dockerfile;
  build.text = "FROM alpine\nCOPY . .\n";
  build.context.path = "/project";
  build.context.dockerignore_file = "/project/.dockerignore";
  build.context.dockerignore = "*.log\n";
  build.context.entries.push_back({"src", EntryKind::directory, 0755, 0, "", true, std::nullopt});
  for (std::size_t i = 0; i < files; ++i) {
    const std::string number = std::to_string(1'000'000 + i);
    build.context.entries.push_back(
        {"src/file" + number, EntryKind::file, 0644, i, "", true, ContentHash{i, i == 1 ? revision : 7}});
  }
  build.context.entries.push_back({"zlink", EntryKind::symlink, 0777, 4, "src", true, std::nullopt});
  build.context.entries.push_back({"zsecret", EntryKind::file, 0600, 9, "", false, std::nullopt});
  build.target = "app";
  build.platform = "linux/amd64";
  build.arguments = {{"VERSION", "1.2"}, {"BYTES", std::string("\xff\0x", 3)}};
  build.images = {{"docker.io/library/alpine:latest", "sha256:ab"}};
  build.named_contexts["assets"].value = "docker-image://busybox";
  build.named_contexts["docs"] = {"../docs", build.context};
  build.finished_at = 1'700'000'000 + static_cast<std::int64_t>(revision);
  build.steps = {{"[app 2/2] COPY . .", 2, 0.25, MeasuredStep::Outcome::executed},
                 {"[app 1/2] FROM alpine", 1, 0, MeasuredStep::Outcome::cached}};
  return build;
}

std::string bytes_of(const RecordedBuild& build) {
  EncodedBuild encoded = encode_build(build);
  for (const std::string& chunk : encoded.chunks) encoded.facts += chunk;
  return encoded.facts;
}

bool same(const RecordedBuild& one, const RecordedBuild& other) { return bytes_of(one) == bytes_of(other); }

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

// Runs in another process and gives its wait status.
int in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

void run_sql(const std::string& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  REQUIRE(code == SQLITE_OK);
}

std::vector<std::int64_t> revisions(HistoryStore& store, const RecordedBuild& build) {
  std::vector<std::int64_t> all;
  for (const RecordedBuild& each : store.builds(build.identity(), 100)) all.push_back(each.finished_at - 1'700'000'000);
  return all;
}

struct Place {
  TemporaryDirectory folder;
  std::string file = folder.path("cache/keyline/history.sqlite");
  HistoryStore store{file};
};

}  // namespace

TEST_CASE("a build comes back as it was") {
  Place place;
  const RecordedBuild build = build_of("/project/Dockerfile", 5, 5000);
  REQUIRE(place.store.add(build));
  const std::vector<RecordedBuild> found = place.store.builds(build.identity(), 3);
  REQUIRE(found.size() == 1);
  CHECK(same(found[0], build));
  CHECK(found[0].arguments == build.arguments);
  CHECK(found[0].steps == build.steps);
  CHECK(found[0].context.entries.size() == 5003);
  CHECK(found[0].context.entries[2].content == ContentHash{1, 5});
  CHECK(found[0].named_contexts.at("docs").directory->entries.size() == 5003);
  CHECK_FALSE(place.store.take_problem());

  const RecordedContext context(found[0].context, found[0].dockerfile);
  CHECK(context.complete());
  CHECK(context.dockerfile_path() == "Dockerfile");
  CHECK(context.dockerignore().patterns().size() == 1);
  CHECK(find_entry(context, "src/file1000001")->content == ContentHash{1, 5});
}

TEST_CASE("nobody else can read the history") {
  Place place;
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 1)));
  CHECK(mode_of(place.file) == 0600);
  CHECK(mode_of(place.folder.path("cache/keyline")) == 0700);
  REQUIRE(::chmod(place.file.c_str(), 0644) == 0);
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 2)));
  CHECK(mode_of(place.file) == 0600);
}

TEST_CASE("looking leaves no file behind") {
  Place place;
  CHECK(place.store.builds_of("/project/Dockerfile", 5).empty());
  CHECK(place.store.measured_seconds({}).empty());
  CHECK_FALSE(fs::exists(place.folder.path("cache")));
  CHECK_FALSE(place.store.take_problem());
}

TEST_CASE("the last ten builds of each identity are kept, newest last") {
  Place place;
  RecordedBuild other = build_of("/project/Dockerfile", 99);
  other.arguments["DEBUG"] = "1";
  REQUIRE(place.store.add(other));
  for (std::uint64_t revision = 1; revision <= 12; ++revision) {
    RecordedBuild build = build_of("/project/Dockerfile", revision);
    build.arguments["VERSION"] = std::to_string(revision);  // another value is another build of the same thing
    REQUIRE(place.store.add(build));
  }
  CHECK(revisions(place.store, build_of("/project/Dockerfile", 0)) ==
        std::vector<std::int64_t>{3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(revisions(place.store, other) == std::vector<std::int64_t>{99});
  const std::vector<RecordedBuild> two = place.store.builds(build_of("/project/Dockerfile", 0).identity(), 2);
  REQUIRE(two.size() == 2);
  CHECK(two.back().arguments.at("VERSION") == "12");
  CHECK(place.store.builds_of("/project/Dockerfile", 100).size() == 11);
  CHECK(place.store.builds_of("/other/Dockerfile", 100).empty());
}

TEST_CASE("a step keeps the duration of its last execution while it is cached") {
  Place place;
  RecordedBuild build = build_of("/project/Dockerfile", 1);
  REQUIRE(place.store.add(build));
  build.steps = {{"[app 2/2] COPY . .", 2, 0.001, MeasuredStep::Outcome::cached}};
  for (int i = 0; i < 20; ++i) REQUIRE(place.store.add(build));
  CHECK(place.store.measured_seconds(build.identity()) == std::map<std::string, double>{{"[app 2/2] COPY . .", 0.25}});
  build.steps[0] = {"[app 2/2] COPY . .", 2, 3.5, MeasuredStep::Outcome::executed};
  REQUIRE(place.store.add(build));
  CHECK(place.store.measured_seconds(build.identity()).at("[app 2/2] COPY . .") == 3.5);
}

TEST_CASE("builds of one project share what they have in common") {
  Place place;
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 1, 20'000)));
  const auto once = fs::file_size(place.file);
  for (std::uint64_t revision = 2; revision <= 8; ++revision) {
    REQUIRE(place.store.add(build_of("/project/Dockerfile", revision, 20'000)));
  }
  CHECK(fs::file_size(place.file) < once * 3 / 2);
}

TEST_CASE("the whole history is bounded, and the oldest builds go first") {
  Place place;
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  HistoryStore store(place.file, {.builds_of_identity = 10, .bytes = most});
  for (std::uint64_t revision = 1; revision <= 12; ++revision) {
    RecordedBuild build = build_of("/project" + std::to_string(revision) + "/Dockerfile", revision, 4000);
    for (ContextEntry& entry : build.context.entries) entry.size += revision;  // nothing to share
    build.named_contexts.clear();
    REQUIRE(store.add(build));
    CHECK(fs::file_size(place.file) <= most);
    CHECK(store.builds_of(build.dockerfile, 1).size() == 1);
  }
  CHECK(store.builds_of("/project1/Dockerfile", 1).empty());
  CHECK(store.builds_of("/project11/Dockerfile", 1).size() == 1);

  const auto refused = store.add(build_of("/huge/Dockerfile", 1, 60'000));
  REQUIRE_FALSE(refused);
  CHECK(store.take_problem() == refused.error().message);
  CHECK(store.builds_of("/project12/Dockerfile", 1).size() == 1);
}

TEST_CASE("a process that is killed in the middle of its transaction leaves what was there") {
  Place place;
  const RecordedBuild build = build_of("/project/Dockerfile", 1);
  REQUIRE(place.store.add(build));
  const std::string file = place.file;
  const int status = in_child([&] {
    sqlite3* handle = nullptr;
    sqlite3_open(file.c_str(), &handle);
    // With so small a cache, pages of the unfinished transaction reach the file itself.
    sqlite3_exec(handle,
                 "PRAGMA cache_size=1; BEGIN IMMEDIATE; DELETE FROM builds; "
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) "
                 "INSERT INTO chunks(digest, bytes) SELECT randomblob(16), randomblob(500) FROM n",
                 nullptr, nullptr, nullptr);
    ::kill(::getpid(), SIGKILL);
  });
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(fs::exists(file + "-journal"));
  CHECK(fs::file_size(file) > 1'000'000);
  CHECK(revisions(place.store, build) == std::vector<std::int64_t>{1});
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 2)));
  CHECK(revisions(place.store, build) == std::vector<std::int64_t>{1, 2});
  CHECK_FALSE(place.store.take_problem());
}

TEST_CASE("whatever was added before a kill -9 is there afterwards") {
  Place place;
  const RecordedBuild build = build_of("/project/Dockerfile", 1, 500);
  for (std::int64_t killed_after = 1; killed_after <= 4; ++killed_after) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      HistoryStore store(place.file);
      for (;;) {
        if (!store.add(build)) ::_exit(1);
        if (::write(ends[1], "x", 1) != 1) ::_exit(2);
      }
    }
    ::close(ends[1]);
    char byte = 0;
    for (std::int64_t i = 0; i < killed_after; ++i) REQUIRE(::read(ends[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    ::close(ends[0]);
    const std::vector<RecordedBuild> found = place.store.builds(build.identity(), 100);
    CHECK(found.size() >= std::min<std::size_t>(10, static_cast<std::size_t>(killed_after)));
    for (const RecordedBuild& each : found) CHECK(same(each, build));
    CHECK_FALSE(place.store.take_problem());
  }
}

TEST_CASE("two processes write at once, also into a history that neither has found") {
  Place place;
  const auto add_five = [&](const char* dockerfile) {
    HistoryStore store(place.file);
    for (std::uint64_t revision = 1; revision <= 5; ++revision) {
      if (!store.add(build_of(dockerfile, revision))) ::_exit(1);
    }
  };
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    add_five("/one/Dockerfile");
    ::_exit(0);
  }
  HistoryStore store(place.file);
  for (std::uint64_t revision = 1; revision <= 5; ++revision) CHECK(store.add(build_of("/two/Dockerfile", revision)));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(store.builds_of("/one/Dockerfile", 10).size() == 5);
  CHECK(store.builds_of("/two/Dockerfile", 10).size() == 5);
}

TEST_CASE("a full disk is told once and costs nothing that was there") {
  Place place;
  const RecordedBuild build = build_of("/project/Dockerfile", 1);
  REQUIRE(place.store.add(build));
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{std::min<rlim_t>(fs::file_size(place.file), 200'000), RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    HistoryStore store(place.file);
    if (store.add(build_of("/project/Dockerfile", 2, 20'000))) ::_exit(1);
    if (store.add(build_of("/project/Dockerfile", 3, 20'000))) ::_exit(2);
    if (!store.take_problem()) ::_exit(3);
    if (store.take_problem()) ::_exit(4);
    if (store.builds(build.identity(), 10).size() != 1) ::_exit(5);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 4)));
  CHECK(revisions(place.store, build) == std::vector<std::int64_t>{1, 4});
}

TEST_CASE("a damaged file is moved aside, told once, and a new one begun") {
  Place place;
  const RecordedBuild build = build_of("/project/Dockerfile", 1, 3000);
  REQUIRE(place.store.add(build));
  SECTION("no database at all") {
    std::ofstream(place.file, std::ios::binary) << std::string(10'000, 'x');
    CHECK(place.store.builds(build.identity(), 10).empty());
  }
  SECTION("torn pages") {
    const auto size = fs::file_size(place.file);
    std::fstream file(place.file, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(static_cast<std::size_t>(size) - 4096, '\xa5');
  }
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 2)));
  CHECK(revisions(place.store, build) == std::vector<std::int64_t>{2});
  CHECK(fs::exists(place.file + ".damaged"));
  const std::optional<std::string> problem = place.store.take_problem();
  REQUIRE(problem);
  CHECK(problem->find("damaged") != std::string::npos);
  CHECK_FALSE(place.store.take_problem());
}

TEST_CASE("what a newer keyline wrote is left alone") {
  Place place;
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 1)));
  run_sql(place.file, "PRAGMA user_version=1000");
  const std::string before = slurp(place.file);
  CHECK_FALSE(place.store.add(build_of("/project/Dockerfile", 2)));
  CHECK(place.store.builds_of("/project/Dockerfile", 10).empty());
  CHECK(slurp(place.file) == before);
  CHECK(place.store.take_problem());
  CHECK_FALSE(place.store.take_problem());
}

TEST_CASE("what an older keyline wrote gives way") {
  Place place;
  fs::create_directories(fs::path(place.file).parent_path());
  run_sql(place.file, "CREATE TABLE builds(what TEXT); INSERT INTO builds VALUES('old')");
  CHECK(place.store.builds_of("/project/Dockerfile", 10).empty());
  REQUIRE(place.store.add(build_of("/project/Dockerfile", 1)));
  CHECK(place.store.builds_of("/project/Dockerfile", 10).size() == 1);
  CHECK_FALSE(place.store.take_problem());
}

TEST_CASE("a place that cannot be written is told and nothing more") {
  Place place;
  place.folder.write("cache/keyline", "a file where the folder should be");
  CHECK_FALSE(place.store.add(build_of("/project/Dockerfile", 1)));
  CHECK_FALSE(place.store.add(build_of("/project/Dockerfile", 1)));
  CHECK(place.store.take_problem());
  CHECK_FALSE(place.store.take_problem());
  CHECK(place.store.builds_of("/project/Dockerfile", 1).empty());
}

TEST_CASE("damaged bytes of a build give no build") {
  const EncodedBuild whole = encode_build(build_of("/project/Dockerfile", 1, 20));
  REQUIRE(decode_build(whole));
  for (std::size_t size = 0; size < whole.facts.size(); ++size) {
    CHECK_FALSE(decode_build({whole.facts.substr(0, size), whole.chunks}));
  }
  for (std::size_t i = 0; i < whole.facts.size(); ++i) {
    EncodedBuild flipped = whole;
    flipped.facts[i] = static_cast<char>(flipped.facts[i] ^ '\xff');
    decode_build(flipped);
  }
  REQUIRE(whole.chunks.size() == 2);
  for (std::size_t i = 0; i < whole.chunks[0].size(); ++i) {
    EncodedBuild flipped = whole;
    flipped.chunks[0][i] = static_cast<char>(flipped.chunks[0][i] ^ '\xff');
    decode_build(flipped);
  }
}
