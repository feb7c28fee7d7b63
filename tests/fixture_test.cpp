// Every fixture through every oracle. KEYLINE_UPDATE=1 rewrites carets and goldens in place instead of judging them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/catch.h"
#include "tests/support/fixture_oracles.h"

namespace {

using keyline::tests::Failures;
using keyline::tests::Fixture;

std::vector<Fixture> all_fixtures() {
  const std::filesystem::path root = KEYLINE_SOURCE_DIR;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "tests" / "fixtures"))
    if (entry.path().extension() == ".fixture") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Fixture> fixtures;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    fixtures.push_back(keyline::tests::read_fixture(path.lexically_relative(root), content));
  }
  return fixtures;
}

const std::vector<Fixture>& fixtures() {
  static const std::vector<Fixture> all = all_fixtures();
  return all;
}

void run(void (*oracle)(const Fixture&, Failures&)) {
  CHECK_FALSE(fixtures().empty());
  for (const Fixture& fixture : fixtures()) {
    Failures failures = fixture.errors;
    if (failures.empty()) oracle(fixture, failures);
    for (const std::string& failure : failures) FAIL_CHECK(failure);
  }
}

void update(const Fixture& fixture) {
  if (!fixture.errors.empty()) return;
  std::ofstream(std::filesystem::path(KEYLINE_SOURCE_DIR) / fixture.path, std::ios::binary)
      << keyline::tests::write_fixture(keyline::tests::updated(fixture));
}

}  // namespace

TEST_CASE("fixtures: what the carets say holds") {
  if (const char* asked = std::getenv("KEYLINE_UPDATE"); asked != nullptr && *asked != '\0') {
    for (const Fixture& fixture : fixtures()) update(fixture);
    WARN("carets and goldens were rewritten; review the difference");
    return;
  }
  run(keyline::tests::check_expectations);
}

TEST_CASE("fixtures: analysis after an edit equals analysis from scratch") { run(keyline::tests::check_edits); }

TEST_CASE("fixtures: the tree prints back to the source") { run(keyline::tests::check_prints_back); }

TEST_CASE("fixtures: every beginning of a file is analysed") { run(keyline::tests::check_prefixes); }

TEST_CASE("fixtures: fixes remove their findings and come to rest") { run(keyline::tests::check_fixes); }

TEST_CASE("fixtures: names are found from each of their places, and renames break nothing") {
  run(keyline::tests::check_names);
}

TEST_CASE("fixtures: places nest, and formatting comes to rest") { run(keyline::tests::check_places); }

TEST_CASE("fixtures: CRLF and non-ASCII text move nothing") { run(keyline::tests::check_variants); }
