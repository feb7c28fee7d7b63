#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>

#include "server/fixing/replace_file.h"
#include "tests/support/catch.h"
#include "tests/support/shell.h"

namespace {

namespace fs = std::filesystem;
using keyline::server::create_file;
using keyline::server::replace_file;
using keyline::tests::TemporaryFolder;

std::ptrdiff_t entries(const TemporaryFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
}

TEST_CASE("a replaced file keeps its mode and leaves nothing beside it") {
  const TemporaryFolder folder;
  folder.write("Dockerfile", "old");
  const fs::path file = folder.path() / "Dockerfile";
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  CHECK(replace_file(file, "old", "new\r\n"));
  CHECK(folder.read("Dockerfile") == "new\r\n");
  CHECK(fs::status(file).permissions() == fs::perms(0640));
  CHECK(entries(folder) == 1);
}

TEST_CASE("a created file is readable by all, and never stands in the place of another") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / ".dockerignore";
  CHECK(create_file(file, ".git\n"));
  CHECK(folder.read(".dockerignore") == ".git\n");
  CHECK(fs::status(file).permissions() == fs::perms(0644));
  CHECK_FALSE(create_file(file, "other\n"));
  fs::create_symlink("nowhere", folder.path() / "dangling");
  CHECK_FALSE(create_file(folder.path() / "dangling", "other\n"));
  CHECK_FALSE(create_file(folder.path() / "missing" / "file", "other\n"));
  CHECK(folder.read(".dockerignore") == ".git\n");
  CHECK(entries(folder) == 2);
}

TEST_CASE("a symlink stays and its target is written") {
  const TemporaryFolder folder;
  folder.write("real/Dockerfile", "old");
  fs::create_symlink("real/Dockerfile", folder.path() / "Dockerfile");
  CHECK(replace_file(folder.path() / "Dockerfile", "old", "new"));
  CHECK(fs::is_symlink(folder.path() / "Dockerfile"));
  CHECK(folder.read("real/Dockerfile") == "new");
}

TEST_CASE("a file that someone else changed is left to them") {
  const TemporaryFolder folder;
  folder.write("Dockerfile", "newer");
  for (const char* expected : {"old", "newe", "newer and longer", ""}) {
    CHECK_FALSE(replace_file(folder.path() / "Dockerfile", expected, "new"));
  }
  CHECK(folder.read("Dockerfile") == "newer");
  CHECK(entries(folder) == 1);
}

TEST_CASE("only regular files that are there are written") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0644) == 0);
  fs::create_symlink("nowhere", folder.path() / "dangling");
  CHECK_FALSE(replace_file(folder.path() / "fifo", "", "new"));
  CHECK_FALSE(replace_file(folder.path(), "", "new"));
  CHECK_FALSE(replace_file(folder.path() / "dangling", "", "new"));
  CHECK_FALSE(replace_file(folder.path() / "missing", "", "new"));
  CHECK(entries(folder) == 2);
}

TEST_CASE("a file without write permission is refused") {
  if (::geteuid() == 0) return;  // root may write it
  const TemporaryFolder folder;
  folder.write("Dockerfile", "old");
  REQUIRE(::chmod((folder.path() / "Dockerfile").c_str(), 0444) == 0);
  CHECK_FALSE(replace_file(folder.path() / "Dockerfile", "old", "new"));
  CHECK(folder.read("Dockerfile") == "old");
}

}  // namespace
