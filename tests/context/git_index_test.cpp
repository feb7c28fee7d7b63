#include "server/environment/git_index.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "server/environment/disk_context.h"
#include "tests/support/catch.h"
#include "tests/support/shell.h"

using keyline::server::read_git_index;
using keyline::server::recorded_files;
using keyline::server::RecordedFile;
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

// 0 when it is not among them.
std::uint32_t mode_of(const std::vector<RecordedFile>& files, std::string_view path) {
  for (const RecordedFile& file : files) {
    if (file.path == path) return file.mode;
  }
  return 0;
}

}  // namespace

TEST_CASE("git index: each version says which files may be executed") {
  const TemporaryFolder folder;
  make_repository(folder);
  for (const char* version : {"2", "3", "4"}) {
    INFO("version " << version);
    REQUIRE(run_shell(folder, std::string("git update-index --index-version ") + version).exit_code == 0);
    const std::vector<RecordedFile> whole = recorded_files(folder.path().string());
    CHECK(mode_of(whole, "web/run.sh") == 0755);
    CHECK(mode_of(whole, "web/src/a.txt") == 0644);
    CHECK(mode_of(whole, "top") == 0644);
    CHECK(mode_of(whole, "link") == 0);
    CHECK(mode_of(whole, "web/new") == 0);
    const std::vector<RecordedFile> below = recorded_files((folder.path() / "web").string());
    CHECK(mode_of(below, "run.sh") == 0755);
    CHECK(mode_of(below, "top") == 0);
  }
}

TEST_CASE("git index: a linked work tree has one of its own, and other folders have none") {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  CHECK(recorded_files(other.path().string()).empty());
  make_repository(folder);
  REQUIRE(run_shell(folder, "git worktree add -q '" + (other.path() / "tree").string() + "'").exit_code == 0);
  CHECK(mode_of(recorded_files((other.path() / "tree/web").string()), "run.sh") == 0755);
}

TEST_CASE("git index: a damaged file gives what stands before the damage, and nothing that is not there") {
  const TemporaryFolder folder;
  make_repository(folder);
  const std::string bytes = folder.read(".git/index");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK(mode_of(read_git_index(std::string_view(bytes).substr(0, size), ""), "nowhere") == 0);
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(~changed[at]);
    const std::vector<RecordedFile> files = read_git_index(changed, "");
    CHECK(mode_of(files, "nowhere") == 0);
    CHECK(std::is_sorted(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; }));
  }
}

TEST_CASE("a build directory knows what a checkout would give its files") {
  const TemporaryFolder folder;
  make_repository(folder);
  keyline::server::DiskContextRequest request;
  request.directory = (folder.path() / "web").string();
  CHECK(keyline::analysis::find_entry(*keyline::server::load_disk_context(request, {}), "src/a.txt")->checkout_mode ==
        0);
  request.checkout_modes = true;
  const auto context = keyline::server::load_disk_context(request, {});
  const auto* drifted = keyline::analysis::find_entry(*context, "src/a.txt");
  REQUIRE(drifted != nullptr);
  CHECK(drifted->mode == 0755);
  CHECK(drifted->checkout_mode == 0644);
  CHECK(keyline::analysis::find_entry(*context, "run.sh")->checkout_mode == 0755);
  CHECK(keyline::analysis::find_entry(*context, "new")->checkout_mode == 0);
}
