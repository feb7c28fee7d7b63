// The file of remembered hashes: damage, other versions, several writers, bounds.

#include "server/environment/stat_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

namespace {

using server::RememberedContent;
using server::StatCache;
using server::StatCacheLimits;

RememberedContent record(std::uint64_t number) { return {number, {1, number, 3, 4, 5}, {number, ~number}}; }

std::vector<RememberedContent> records(std::uint64_t begin, std::uint64_t end) {
  std::vector<RememberedContent> all;
  for (std::uint64_t number = end; number-- > begin;) all.push_back(record(number));
  return all;
}

bool knows(const StatCache& cache, std::uint64_t number) {
  const analysis::ContentHash* found = cache.find(number, record(number).stamp);
  return found != nullptr && *found == record(number).content;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

}  // namespace

TEST_CASE("What is remembered is found again, for the same file only") {
  const TemporaryDirectory home;
  const std::string folder = home.path("cache/keyline/contents");
  REQUIRE(StatCache(folder, "/project").replace(records(0, 100)));
  const StatCache cache(folder, "/project");
  CHECK(cache.size() == 100);
  CHECK(knows(cache, 0));
  CHECK(knows(cache, 99));
  CHECK_FALSE(knows(cache, 100));
  for (int field = 0; field < 5; ++field) {
    server::FileStamp stamp = record(7).stamp;
    CHECK(cache.find(7, stamp) != nullptr);
    if (field == 0) ++stamp.device;
    if (field == 1) ++stamp.inode;
    if (field == 2) ++stamp.size;
    if (field == 3) ++stamp.modified;
    if (field == 4) ++stamp.changed;
    CHECK(cache.find(7, stamp) == nullptr);
  }
  CHECK(StatCache(folder, "/other").size() == 0);
}

TEST_CASE("Nobody else can look into the cache") {
  const TemporaryDirectory home;
  StatCache cache(home.path("cache/keyline"), "/project");
  REQUIRE(cache.replace(records(0, 1)));
  struct stat status {};
  REQUIRE(stat(cache.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(stat(home.path("cache/keyline").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("A file that is damaged, cut short or of another version counts as empty") {
  const TemporaryDirectory home;
  StatCache cache(home.path(), "/project");
  REQUIRE(cache.replace(records(0, 10)));
  const std::string good = read(cache.file());
  const std::string name = std::filesystem::path(cache.file()).filename();
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    home.write(name, bad);
    CHECK(StatCache(home.path(), "/project").size() == 0);
    home.write(name, good.substr(0, at));
    CHECK(StatCache(home.path(), "/project").size() == 0);
  }
  home.write(name, good + "x");
  CHECK(StatCache(home.path(), "/project").size() == 0);
  home.write(name, good);
  CHECK(StatCache(home.path(), "/project").size() == 10);
  // It is written anew as if it had not been there.
  home.write(name, "nonsense");
  REQUIRE(StatCache(home.path(), "/project").replace(records(0, 3)));
  CHECK(StatCache(home.path(), "/project").size() == 3);
}

TEST_CASE("A FIFO or a link in place of the file is left alone") {
  const TemporaryDirectory home;
  const std::string file = StatCache(home.path(), "/project").file();
  REQUIRE(mkfifo(file.c_str(), 0600) == 0);
  CHECK(StatCache(home.path(), "/project").size() == 0);
  REQUIRE(unlink(file.c_str()) == 0);
  home.write("target", "mine");
  REQUIRE(symlink("target", file.c_str()) == 0);
  CHECK(StatCache(home.path(), "/project").replace(records(0, 1)));
  CHECK(read(home.path("target")) == "mine");
}

TEST_CASE("Where nothing can be written nothing is remembered") {
  const TemporaryDirectory home;
  home.write("file", "");
  CHECK_FALSE(StatCache(home.path("file/below"), "/project").replace(records(0, 1)));
  CHECK_FALSE(StatCache("", "/project").replace(records(0, 1)));
  CHECK(read(home.path("file")).empty());
}

TEST_CASE("Paths that were not met are kept until there are too many of them") {
  const TemporaryDirectory home;
  StatCacheLimits limits;
  limits.most_unseen = 20;
  REQUIRE(StatCache(home.path(), "/project", limits).replace(records(0, 20)));
  REQUIRE(StatCache(home.path(), "/project", limits).replace(records(15, 25)));
  CHECK(StatCache(home.path(), "/project").size() == 25);
  CHECK(knows(StatCache(home.path(), "/project"), 3));
  REQUIRE(StatCache(home.path(), "/project", limits).replace(records(100, 101)));
  CHECK(StatCache(home.path(), "/project").size() == 1);
  // A newer state of a path takes the place of the older one.
  RememberedContent changed = record(100);
  changed.stamp.size = 9;
  REQUIRE(StatCache(home.path(), "/project", limits).replace({changed}));
  CHECK(StatCache(home.path(), "/project").size() == 1);
  CHECK_FALSE(knows(StatCache(home.path(), "/project"), 100));
}

TEST_CASE("A file holds no more records than allowed") {
  const TemporaryDirectory home;
  StatCacheLimits limits;
  limits.most_records = 5;
  REQUIRE(StatCache(home.path(), "/project", limits).replace(records(0, 9)));
  CHECK(StatCache(home.path(), "/project").size() == 5);
}

TEST_CASE("What was not used for longest goes when there are too many files") {
  const TemporaryDirectory home;
  StatCacheLimits limits;
  limits.most_files = 3;
  for (int i = 0; i < 6; ++i) {
    StatCache cache(home.path(), "/project/" + std::to_string(i), limits);
    REQUIRE(cache.replace(records(0, 1)));
    // Used at different times, the last one last.
    const timespec times[2] = {{i + 1, 0}, {i + 1, 0}};
    REQUIRE(utimensat(AT_FDCWD, cache.file().c_str(), times, 0) == 0);
  }
  CHECK(files_in(home.path()) == 3);
  StatCache(home.path(), "/project/3").touch();
  REQUIRE(StatCache(home.path(), "/last", limits).replace(records(0, 1)));
  CHECK(files_in(home.path()) == 3);
  CHECK(StatCache(home.path(), "/last").size() == 1);
  CHECK(StatCache(home.path(), "/project/3").size() == 1);
  CHECK(StatCache(home.path(), "/project/4").size() == 0);

  limits.most_bytes = 1;
  REQUIRE(StatCache(home.path(), "/alone", limits).replace(records(0, 1)));
  CHECK(files_in(home.path()) == 1);
  CHECK(StatCache(home.path(), "/alone").size() == 1);
}

TEST_CASE("What a killed process left behind goes, what is being written stays") {
  const TemporaryDirectory home;
  home.write("dead.stat.1.2.new", "x");
  home.write("busy.stat.1.2.new", "x");
  home.write("stranger", "x");
  const timespec times[2] = {{1, 0}, {1, 0}};
  REQUIRE(utimensat(AT_FDCWD, home.path("dead.stat.1.2.new").c_str(), times, 0) == 0);
  REQUIRE(StatCache(home.path(), "/project").replace(records(0, 1)));
  CHECK_FALSE(std::filesystem::exists(home.path("dead.stat.1.2.new")));
  CHECK(std::filesystem::exists(home.path("busy.stat.1.2.new")));
  CHECK(std::filesystem::exists(home.path("stranger")));
}

TEST_CASE("Processes that write at once leave a whole file") {
  const TemporaryDirectory home;
  std::vector<pid_t> writers;
  for (std::uint64_t writer = 0; writer < 4; ++writer) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      bool good = true;
      for (int round = 0; round < 25; ++round) {
        StatCache cache(home.path(), "/project");
        good = cache.replace(records(writer * 1000, writer * 1000 + 200)) && good;
        good = StatCache(home.path(), "/project").size() >= 200 && good;
      }
      _exit(good ? 0 : 1);
    }
    writers.push_back(child);
  }
  for (const pid_t writer : writers) {
    int status = 0;
    REQUIRE(waitpid(writer, &status, 0) == writer);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  CHECK(StatCache(home.path(), "/project").size() >= 200);
  CHECK(files_in(home.path()) == 1);
}

}  // namespace keyline::tests
