#include "server/environment/git_index.h"

#include "server/environment/disk_context.h"
#include "tests/support/catch.h"
#include "tests/support/shell.h"

using keyline::server::GitIndex;
using keyline::tests::run_shell;
using keyline::tests::TemporaryFolder;

namespace {

// A repository with an executable, a file whose mode was changed since, one that is not recorded, and a conflict.
void make_repository(const TemporaryFolder& folder) {
  const auto made = run_shell(
      folder,
      "umask 022 && mkdir -p web/src && echo a > web/src/a.txt && echo '#!' > web/run.sh && chmod +x web/run.sh && "
      "echo t > top && ln -s top link && git init -q . && git add -A && "
      "git -c user.name=a -c user.email=a@example.org commit -q -m one && chmod +x web/src/a.txt && echo n > web/new");
  INFO(made.output);
  REQUIRE(made.exit_code == 0);
}

}  // namespace

TEST_CASE("git index: each version says which files may be executed") {
  const TemporaryFolder folder;
  make_repository(folder);
  for (const char* version : {"2", "3", "4"}) {
    INFO("version " << version);
    REQUIRE(run_shell(folder, std::string("git update-index --index-version ") + version).exit_code == 0);
    const GitIndex whole = GitIndex::around(folder.path().string());
    CHECK(whole.checkout_mode("web/run.sh") == 0755);
    CHECK(whole.checkout_mode("web/src/a.txt") == 0644);
    CHECK(whole.checkout_mode("top") == 0644);
    CHECK(whole.checkout_mode("link") == 0);
    CHECK(whole.checkout_mode("web/new") == 0);
    const GitIndex below = GitIndex::around((folder.path() / "web").string());
    CHECK(below.checkout_mode("run.sh") == 0755);
    CHECK(below.checkout_mode("top") == 0);
  }
}

TEST_CASE("git index: a linked work tree has one of its own, and other folders have none") {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  CHECK(GitIndex::around(other.path().string()).empty());
  make_repository(folder);
  REQUIRE(run_shell(folder, "git worktree add -q '" + (other.path() / "tree").string() + "'").exit_code == 0);
  CHECK(GitIndex::around((other.path() / "tree/web").string()).checkout_mode("run.sh") == 0755);
}

TEST_CASE("git index: a damaged file gives what stands before the damage, and nothing that is not there") {
  const TemporaryFolder folder;
  make_repository(folder);
  const std::string bytes = folder.read(".git/index");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const GitIndex cut = GitIndex::read(std::string_view(bytes).substr(0, size), "");
    CHECK(cut.checkout_mode("nowhere") == 0);
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(~changed[at]);
    CHECK(GitIndex::read(changed, "").checkout_mode("nowhere") == 0);
  }
}

TEST_CASE("a build directory knows what a checkout would give its files") {
  const TemporaryFolder folder;
  make_repository(folder);
  keyline::server::DiskContextRequest request;
  request.directory = (folder.path() / "web").string();
  const auto context = keyline::server::load_disk_context(request, {});
  const auto* drifted = keyline::analysis::find_entry(*context, "src/a.txt");
  REQUIRE(drifted != nullptr);
  CHECK(drifted->mode == 0755);
  CHECK(drifted->checkout_mode == 0644);
  CHECK(keyline::analysis::find_entry(*context, "new")->checkout_mode == 0);
}
