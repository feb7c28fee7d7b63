#include "server/environment/disk_context.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/source_match.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"
#include "tests/support/nobody.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;
using server::DiskContext;
using server::DiskContextRequest;

std::shared_ptr<const DiskContext> load(const DiskContextRequest& request) {
  return server::load_disk_context(request, std::stop_token());
}

std::shared_ptr<const DiskContext> load(const TemporaryDirectory& directory) {
  DiskContextRequest request;
  request.directory = directory.path();
  request.dockerfile = directory.path("Dockerfile");
  return load(request);
}

std::string paths(const analysis::BuildContext& context) {
  std::string text;
  for (const ContextEntry& entry : context.entries()) text += (text.empty() ? "" : " ") + entry.path;
  return text;
}

std::string hidden_paths(const analysis::BuildContext& context) {
  std::string text;
  for (const analysis::HiddenEntry& entry : context.hidden()) text += (text.empty() ? "" : " ") + entry.path;
  return text;
}

// A directory tree made by chance out of few names, so that they get in each other's way.
FakeContext::Files random_files(std::mt19937& random) {
  const std::vector<std::string> folders{"a", "a-b", "a.d", "ab", "b"};
  const std::vector<std::string> names{"f", "a!", "a.f", "a0", "keep"};
  const std::vector<std::string> patterns{"a",       "a-b",  "**/f", "*/a.f", "!keep", "!**/keep",
                                          "!a/keep", "!a/b", "b/*",  "!b/a*", "*"};
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  FakeContext::Files files;
  std::string ignore;
  for (std::size_t count = random() % 6; count > 0; --count) ignore += pick(patterns) + "\n";
  files.emplace(".dockerignore", ignore);
  for (int count = 0; count < 40; ++count) {
    std::string path;
    for (std::size_t depth = random() % 4; depth > 0; --depth) path += pick(folders) + "/";
    files.emplace(path + pick(names), "x");
  }
  return files;
}

}  // namespace

TEST_CASE("A directory on disk becomes a sorted listing") {
  TemporaryDirectory directory;
  directory.write("a/x", "12345");
  directory.write("a-b", "");
  directory.write("a/sub/y", "");
  directory.make_directory("empty");
  directory.write("Dockerfile", "FROM scratch\n");
  REQUIRE(chmod(directory.path("a-b").c_str(), 0640) == 0);

  const auto context = load(directory);
  CHECK(context->complete());
  CHECK(context->unknown_reason().empty());
  CHECK(paths(*context) == "Dockerfile a a-b a/sub a/sub/y a/x empty");
  CHECK(context->dockerfile_path() == "Dockerfile");
  CHECK(context->dockerignore_file().empty());
  REQUIRE(find_entry(*context, "a/x") != nullptr);
  CHECK(find_entry(*context, "a/x")->size == 5);
  CHECK(find_entry(*context, "a-b")->mode == 0640);
  CHECK(find_entry(*context, "a")->kind == EntryKind::directory);
  CHECK(find_entry(*context, "a")->size == 0);
}

TEST_CASE("What the disk holds and what a map holds is filtered alike") {
  const FakeContext::Files files{{".dockerignore", "node_modules\n**/*.log\n!keep.log\nd\n!d/e/keep"},
                                 {"node_modules/x/y", "1"},
                                 {"keep.log", "2"},
                                 {"sub/run.log", "3"},
                                 {"sub/main.c", "4"},
                                 {"d/e/keep", "5"},
                                 {"d/e/other", "6"},
                                 {"d/f/z", "7"}};
  TemporaryDirectory directory;
  for (const auto& [path, file] : files) directory.write(path, file.text);
  const FakeContext expected(files);
  const auto context = load(directory);
  CHECK(paths(*context) == paths(expected));
  CHECK(hidden_paths(*context) == hidden_paths(expected));
  CHECK(hidden_paths(*context) == "d/e/other d/f node_modules sub/run.log");
}

TEST_CASE("Any directory is filtered and sorted like a map of the same files") {
  std::mt19937 random(20261122);
  for (int round = 0; round < 60; ++round) {
    const FakeContext::Files files = random_files(random);
    TemporaryDirectory directory;
    for (const auto& [path, file] : files) directory.write(path, file.text);
    const FakeContext expected(files);
    const auto context = load(directory);
    INFO(files.at(".dockerignore").text);
    CHECK(paths(*context) == paths(expected));
    CHECK(hidden_paths(*context) == hidden_paths(expected));
    CHECK(std::ranges::equal(context->hidden(), expected.hidden(), {}, &analysis::HiddenEntry::pattern,
                             &analysis::HiddenEntry::pattern));
    CHECK(context->stamps().size() == context->entries().size());
  }
}

TEST_CASE("The ignore file that an edit may change, or make, is never reached through a link out of the project") {
  TemporaryDirectory directory;
  directory.write("project/Dockerfile", "");
  directory.write("project/conf/ignore", "a");
  directory.write("outside", "b");
  DiskContextRequest request;
  request.directory = directory.path("project");
  request.dockerfile = directory.path("project/Dockerfile");
  const std::string top = directory.path("project/.dockerignore");
  const auto found = [&] {
    const analysis::IgnoreFile file = load(request)->ignore_file();
    return file.path + (file.exists ? " is there" : " is to be made");
  };
  CHECK(found() == top + " is to be made");
  directory.link("project/.dockerignore", "nowhere");
  CHECK(found() == " is to be made");

  std::filesystem::remove(top);
  directory.link("project/.dockerignore", "conf/ignore");
  CHECK(found() == top + " is there");

  std::filesystem::remove(top);
  directory.link("project/.dockerignore", "../outside");
  CHECK(load(request)->dockerignore().text() == "b");
  CHECK(found() == " is there");

  directory.write("project/Dockerfile.dockerignore", "");
  CHECK(found() == directory.path("project/Dockerfile.dockerignore") + " is there");
  request.open_texts = {{directory.path("project/Dockerfile.dockerignore"), "c"}};
  CHECK(load(request)->dockerignore().text() == "c");
}

TEST_CASE("The Dockerfile's own ignore file goes first, even when it is empty") {
  TemporaryDirectory directory;
  directory.write(".dockerignore", "a");
  directory.write("a", "");
  directory.write("b", "");
  directory.write("docker/Dockerfile", "");
  DiskContextRequest request;
  request.directory = directory.path();
  request.dockerfile = directory.path("docker/Dockerfile");
  CHECK(hidden_paths(*load(request)) == "a");
  CHECK(load(request)->dockerignore_file() == directory.path(".dockerignore"));
  CHECK(load(request)->dockerfile_path() == "docker/Dockerfile");

  directory.write("docker/Dockerfile.dockerignore", "b");
  CHECK(hidden_paths(*load(request)) == "b");
  CHECK(load(request)->dockerignore_file() == directory.path("docker/Dockerfile.dockerignore"));

  directory.write("docker/Dockerfile.dockerignore", "");
  CHECK(hidden_paths(*load(request)).empty());

  request.dockerfile = "/elsewhere/Dockerfile";
  CHECK(hidden_paths(*load(request)) == "a");
  CHECK(load(request)->dockerfile_path().empty());
}

TEST_CASE("An open editor's text stands in for the ignore file on disk") {
  TemporaryDirectory directory;
  directory.write(".dockerignore", "a");
  directory.write("a", "");
  directory.write("b", "");
  DiskContextRequest request;
  request.directory = directory.path() + "/";
  request.open_texts[directory.path(".dockerignore")] = "b";
  CHECK(hidden_paths(*load(request)) == "b");

  // Also one that was never saved.
  request.dockerfile = directory.path("Dockerfile");
  request.open_texts[directory.path("Dockerfile.dockerignore")] = "*";
  CHECK(paths(*load(request)).empty());
}

TEST_CASE("Links are listed and not followed, loops or not") {
  TemporaryDirectory directory;
  directory.write("real/file", "123");
  directory.link("real/loop", "..");
  directory.link("self", "self");
  directory.link("dangling", "nowhere");
  directory.link("link", "real");
  const auto context = load(directory);
  CHECK(context->complete());
  CHECK(paths(*context) == "dangling link real real/file real/loop self");
  REQUIRE(find_entry(*context, "link") != nullptr);
  CHECK(find_entry(*context, "link")->kind == EntryKind::symlink);
  CHECK(find_entry(*context, "link")->target == "real");
  CHECK(match_source(*context, "link/file").files == 1);
  CHECK_FALSE(match_source(*context, "self").known);

  // The context directory itself may be reached through one.
  DiskContextRequest request;
  request.directory = directory.path("link");
  CHECK(paths(*load(request)) == "file loop");
}

TEST_CASE("A FIFO is listed and never opened") {
  TemporaryDirectory directory;
  REQUIRE(mkfifo(directory.path("package.json").c_str(), 0644) == 0);
  REQUIRE(mkfifo(directory.path(".dockerignore").c_str(), 0644) == 0);
  DiskContextRequest request;
  request.directory = directory.path();
  request.wanted = [](std::string_view) { return true; };
  const auto context = load(request);
  CHECK(paths(*context) == ".dockerignore package.json");
  CHECK(find_entry(*context, "package.json")->kind == EntryKind::other);
  CHECK_FALSE(context->text("package.json").has_value());
  // Patterns that cannot be read are not taken for none.
  CHECK_FALSE(context->complete());
}

TEST_CASE("What may not be read is marked") {
  TemporaryDirectory directory;
  directory.write("locked/file", "");
  directory.write("secret", "1");
  directory.write("open", "1");
  REQUIRE(chmod(directory.path("secret").c_str(), 0) == 0);
  REQUIRE(chmod(directory.path("locked").c_str(), 0) == 0);
  {
    const Nobody nobody;
    const auto context = load(directory);
    CHECK(paths(*context) == "locked open secret");
    CHECK_FALSE(find_entry(*context, "locked")->readable);
    CHECK_FALSE(find_entry(*context, "secret")->readable);
    CHECK(find_entry(*context, "open")->readable);
    CHECK(context->complete());
    CHECK_FALSE(match_source(*context, "locked/file").known);
    CHECK(match_source(*context, "nowhere").missing);
  }
  REQUIRE(chmod(directory.path("locked").c_str(), 0755) == 0);
}

TEST_CASE("Wanted files are read if they are small and visible") {
  TemporaryDirectory directory;
  directory.write(".dockerignore", "hidden");
  directory.write("package.json", "{}");
  directory.write("big/package.json", std::string(600 << 10, ' '));
  directory.write("hidden/package.json", "{}");
  directory.write("other.json", "{}");
  directory.link("linked/package.json", "../package.json");
  DiskContextRequest request;
  request.directory = directory.path();
  request.wanted = [](std::string_view path) { return path.ends_with("package.json"); };
  const auto context = load(request);
  CHECK(context->text("package.json") == "{}");
  CHECK_FALSE(context->text("big/package.json").has_value());
  CHECK_FALSE(context->text("hidden/package.json").has_value());
  CHECK_FALSE(context->text("linked/package.json").has_value());
  CHECK_FALSE(context->text("other.json").has_value());
}

TEST_CASE("A context that cannot be seen whole says why") {
  TemporaryDirectory directory;
  for (int i = 0; i < 30; ++i) directory.write("d/" + std::to_string(i), "");
  DiskContextRequest request;
  request.directory = directory.path("nowhere");
  CHECK_FALSE(load(request)->complete());
  CHECK(load(request)->unknown_reason() == "cannot read " + directory.path("nowhere") + ": No such file or directory");

  request.directory = directory.path();
  request.limits.most_entries = 20;
  CHECK(load(request)->unknown_reason() == "the build context has more than 20 entries");
  CHECK_FALSE(match_source(*load(request), "d").known);

  request.limits.most_entries = 100;
  request.limits.most_path_bytes = 40;
  CHECK_FALSE(load(request)->complete());

  std::stop_source stop;
  stop.request_stop();
  CHECK(server::load_disk_context(request, stop.get_token())->unknown_reason() ==
        "reading the build context was cancelled");
}

TEST_CASE("A directory that is ignored is not even opened") {
  TemporaryDirectory directory;
  directory.write(".dockerignore", "locked");
  directory.write("locked/file", "");
  DiskContextRequest request;
  request.directory = directory.path();
  // Two entries fit: had the walk gone below, there would be a third.
  request.limits.most_entries = 2;
  CHECK(load(request)->complete());
}

}  // namespace keyline::tests
