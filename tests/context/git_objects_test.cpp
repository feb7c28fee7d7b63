#include "server/environment/git_objects.h"

#include <cstdlib>
#include <map>

#include "tests/support/catch.h"
#include "tests/support/shell.h"

using keyline::server::GitEntry;
using keyline::server::GitMode;
using keyline::server::GitObjects;
using keyline::tests::run_shell;
using keyline::tests::TemporaryFolder;

namespace {

void commit_all(const TemporaryFolder& folder) {
  const auto done = run_shell(folder,
                              "git init -q . 2>/dev/null; git add -A && "
                              "git -c user.name=a -c user.email=a@example.org commit -q -m one");
  INFO(done.output);
  REQUIRE(done.exit_code == 0);
}

GitObjects open(const TemporaryFolder& folder) {
  const auto git = GitObjects::around(folder.path().string());
  REQUIRE(git.has_value());
  return *git;
}

std::map<std::string, GitEntry> entries_of(const GitObjects& git, const std::string& directory) {
  const auto tree = git.tree_of("HEAD");
  REQUIRE(tree.has_value());
  const auto listed = git.list(*tree, directory);
  REQUIRE(listed.has_value());
  std::map<std::string, GitEntry> entries;
  for (const GitEntry& entry : *listed) entries.emplace(entry.path, entry);
  return entries;
}

}  // namespace

TEST_CASE("git objects: a tree is listed with what git keeps of each entry") {
  const TemporaryFolder folder;
  run_shell(folder,
            "mkdir -p 'a dir/below' && echo x > 'a dir/below/x' && printf '#!' > run && chmod +x run && "
            "ln -s run link && printf 'é' > 'ünïcode \"name\"'");
  commit_all(folder);
  const GitObjects git = open(folder);
  const auto entries = entries_of(git, "");
  REQUIRE(entries.size() == 6);
  CHECK(entries.at("a dir").mode == GitMode::directory);
  CHECK(entries.at("a dir/below/x").mode == GitMode::file);
  CHECK(entries.at("run").mode == GitMode::executable);
  CHECK(entries.at("link").mode == GitMode::symlink);
  CHECK(entries.contains("ünïcode \"name\""));
  const auto below = entries_of(git, "a dir");
  CHECK(below.size() == 2);
  CHECK(below.at("below/x").object == entries.at("a dir/below/x").object);
}

TEST_CASE("git objects: contents come in order, whatever bytes they hold, and what is not there is left out") {
  const TemporaryFolder folder;
  const std::string large(300'000, '\n');
  folder.write("empty", "");
  folder.write("large", large);
  folder.write("like an answer", "abc blob 3\nabc\nabc missing\n");
  commit_all(folder);
  const GitObjects git = open(folder);
  const auto entries = entries_of(git, "");
  const std::vector<std::string> objects{entries.at("large").object, "HEAD:no such file 12", entries.at("empty").object,
                                         "HEAD:", "HEAD:like an answer"};
  std::map<std::size_t, std::string> contents;
  REQUIRE(git.read(objects, [&](std::size_t index, std::string_view bytes) { contents[index] = bytes; }).has_value());
  CHECK(contents == std::map<std::size_t, std::string>{{0, large}, {2, ""}, {4, "abc blob 3\nabc\nabc missing\n"}});
}

TEST_CASE("git objects: what git does not know is said in a line") {
  const TemporaryFolder folder;
  const std::string nothing = GitObjects::around(folder.path().string()).error().message;
  CHECK(nothing.starts_with("not a git repository"));
  folder.write("a", "a");
  commit_all(folder);
  const GitObjects git = open(folder);
  CHECK(git.tree_of("v9").error().message == "git knows no revision v9");
  CHECK(git.tree_of("--all").error().message == "git knows no revision --all");
  CHECK_FALSE(git.list(*git.tree_of("HEAD"), "nowhere").has_value());
}

TEST_CASE("git objects: no program that a repository names is started, and no other repository is read") {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  folder.write("a", "a");
  commit_all(folder);
  folder.write("trap", "#!/bin/sh\ntouch \"$(dirname \"$0\")/sprung\"\n");
  run_shell(folder,
            "chmod +x trap; for key in core.fsmonitor core.pager core.sshCommand core.editor diff.external; do "
            "git config \"$key\" \"$PWD/trap\"; done; git config alias.ls-tree '!./trap'; "
            "git config remote.origin.url \"ext::$PWD/trap\"; git config remote.origin.promisor true; "
            "cp trap .git/hooks/post-checkout");
  ::setenv("GIT_DIR", (other.path() / ".git").c_str(), 1);
  const GitObjects git = open(folder);
  const auto entries = entries_of(git, "");
  std::size_t given = 0;
  const std::string absent(40, '1');
  CHECK(git.read({entries.at("a").object, absent}, [&](std::size_t, std::string_view) { ++given; }).has_value());
  ::unsetenv("GIT_DIR");
  CHECK(given == 1);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "sprung"));
}
