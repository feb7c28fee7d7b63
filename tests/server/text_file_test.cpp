#include "server/cli/text_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/shell.h"

namespace {

namespace fs = std::filesystem;
using keyline::server::read_text_file;
using keyline::tests::run_shell;
using keyline::tests::TemporaryFolder;

TEST_CASE("a text is read byte by byte as it is") {
  const TemporaryFolder folder;
  const std::string text(
      "\xEF\xBB\xBF"
      "FROM a\r\n\0\xFF",
      12);
  folder.write("Dockerfile", text);
  REQUIRE(read_text_file(folder.path() / "Dockerfile"));
  CHECK(*read_text_file(folder.path() / "Dockerfile") == text);
}

TEST_CASE("what is no regular file is named for what it is, and not waited for") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0644) == 0);
  fs::create_symlink("nowhere", folder.path() / "dangling");
  fs::create_symlink("loop", folder.path() / "loop");
  CHECK(read_text_file(folder.path() / "fifo").error().message == "not a regular file");
  CHECK(read_text_file("/dev/null").error().message == "not a regular file");
  CHECK(read_text_file(folder.path()).error().message == "a directory");
  CHECK(read_text_file(folder.path() / "dangling").error().message == "a symlink whose target does not exist");
  CHECK(read_text_file(folder.path() / "loop").error().message == "a symlink that leads in a circle");
  CHECK(read_text_file(folder.path() / "missing").error().message == "no such file");
}

TEST_CASE("an unreadable file does not keep the others from being checked") {
  if (::geteuid() == 0) return;  // root reads everything
  const TemporaryFolder folder;
  folder.write("a/Dockerfile", "FROM alpine:3.20\nRUN true\n");
  folder.write("b/Dockerfile", "FROM alpine:3.20\nRUN true\n");
  REQUIRE(::chmod((folder.path() / "a/Dockerfile").c_str(), 0) == 0);
  const auto result = run_shell(folder, "keyline check");
  CHECK(result.exit_code == 2);
  CHECK(result.output.find("a/Dockerfile: ") != std::string::npos);
  CHECK(result.output.find("1 file checked, nothing found; 1 not read") != std::string::npos);
}

}  // namespace
