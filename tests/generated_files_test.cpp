// What is rendered from the rules and the settings is committed, so that a reviewer sees what users will see.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "server/reference/render.h"
#include "tests/support/catch.h"

namespace {

std::string read_source(const std::string& path) {
  std::ifstream in(std::filesystem::path(KEYLINE_SOURCE_DIR) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("generated files are up to date") {
  const auto files = keyline::server::generated_files(read_source("README.md"));
  REQUIRE(files);
  for (const keyline::server::GeneratedFile& file : *files) {
    INFO(file.path << ": run `./dev generate` and commit");
    CHECK(read_source(file.path) == file.content);
  }
}

TEST_CASE("a README without its markers is an error, not a loss") {
  CHECK_FALSE(keyline::server::generated_files("# keyline\n"));
  CHECK_FALSE(keyline::server::generated_files("<!-- rules:begin -->\n"));
}

}  // namespace
