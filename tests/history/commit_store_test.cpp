#include "server/history/commit_store.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

using keyline::analysis::TreeKind;
using keyline::server::CommitLimits;
using keyline::server::CommitStore;
using keyline::server::decode_changes;
using keyline::server::encode_changes;
using keyline::server::NamedChange;
using keyline::tests::TemporaryDirectory;

namespace {

const std::vector<NamedChange> changes{{"src/a", TreeKind::file, TreeKind::file, "", ""},
                                       {"src/b", TreeKind::absent, TreeKind::executable, "", ""},
                                       {"src", TreeKind::submodule, TreeKind::directory, "", ""},
                                       {std::string("l\0\xff", 3), TreeKind::symlink, TreeKind::symlink, "../x", ""}};

std::map<std::size_t, std::vector<NamedChange>> read(CommitStore& store, const std::vector<std::string>& ids) {
  std::map<std::size_t, std::vector<NamedChange>> found;
  store.read(ids, [&](std::size_t index, std::vector<NamedChange> known) { found[index] = std::move(known); });
  return found;
}

}  // namespace

TEST_CASE("commit store: changes are read as they were written, and damaged bytes as nothing") {
  const std::string bytes = encode_changes(changes);
  CHECK(decode_changes(bytes) == changes);
  CHECK(decode_changes(encode_changes({})) == std::vector<NamedChange>());
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode_changes(bytes.substr(0, size)));
  CHECK_FALSE(decode_changes(bytes + '\0'));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    CHECK(decode_changes(damaged) != changes);
  }
}

TEST_CASE("commit store: what is added is found again, by another process too") {
  const TemporaryDirectory folder;
  CommitStore store(folder.path("cache/commits.sqlite"));
  CHECK(read(store, {"one"}).empty());
  store.add({{"one", encode_changes(changes)}, {"two", encode_changes({})}}, 1000);
  CommitStore other(folder.path("cache/commits.sqlite"));
  CHECK(read(other, {"none", "two", "one"}) == std::map<std::size_t, std::vector<NamedChange>>{{1, {}}, {2, changes}});
}

TEST_CASE("commit store: what was not used for longest goes") {
  const TemporaryDirectory folder;
  const std::string bytes = encode_changes(changes);
  CommitStore store(folder.path("commits.sqlite"),
                    CommitLimits{.bytes = 2 * bytes.size() + 6, .bytes_of_commit = 1000});
  store.add({{"one", bytes}}, 1'000'000);
  store.add({{"two", bytes}}, 2'000'000);
  store.touch({"one"}, 3'000'000);
  store.add({{"six", bytes}}, 4'000'000);
  const auto found = read(store, {"one", "two", "six"});
  CHECK(found.contains(0));
  CHECK_FALSE(found.contains(1));
  CHECK(found.contains(2));
  CommitStore narrow(folder.path("commits.sqlite"), CommitLimits{.bytes = 1000, .bytes_of_commit = 3});
  narrow.add({{"large", bytes}}, 5'000'000);
  CHECK(read(narrow, {"large"}).empty());
}

TEST_CASE("commit store: a damaged file is thrown away, and no file is no reason to fail") {
  const TemporaryDirectory folder;
  folder.write("commits.sqlite", std::string(5000, 'x'));
  CommitStore store(folder.path("commits.sqlite"));
  CHECK(read(store, {"one"}).empty());
  store.add({{"one", encode_changes(changes)}}, 1000);
  CHECK(read(store, {"one"}).size() == 1);
  folder.write("file", "");
  CommitStore nowhere(folder.path("file/commits.sqlite"));
  nowhere.add({{"one", ""}}, 1000);
  CHECK(read(nowhere, {"one"}).empty());
  CommitStore none("");
  none.add({{"one", ""}}, 1000);
  CHECK(read(none, {"one"}).empty());
}
