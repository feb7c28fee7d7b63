// What is rendered from the rules and the settings is committed, so that a reviewer sees what users will see.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "server/reference/precision.h"
#include "server/reference/render.h"
#include "tests/support/catch.h"

namespace {

std::string read_source(const std::string& path) {
  std::ifstream in(std::filesystem::path(KEYLINE_SOURCE_DIR) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("generated files are up to date") {
  const std::string readme = read_source("README.md");
  const std::string precision = read_source("tests/corpus/precision.txt");
  const std::string manifest = read_source("editors/vscode/package.json");
  const auto files = keyline::server::generated_files({readme, precision, manifest});
  INFO((files ? "" : files.error().message));
  REQUIRE(files);
  for (const keyline::server::GeneratedFile& file : *files) {
    INFO(file.path << ": run `./dev generate` and commit");
    CHECK(read_source(file.path) == file.content);
  }
}

TEST_CASE("a README without its markers is an error, not a loss") {
  const std::string precision = read_source("tests/corpus/precision.txt");
  const std::string manifest = read_source("editors/vscode/package.json");
  CHECK_FALSE(keyline::server::generated_files({"# keyline\n", precision, manifest}));
  CHECK_FALSE(keyline::server::generated_files({"<!-- rules:begin -->\n", precision, manifest}));
}

TEST_CASE("so is a manifest without a place for the settings") {
  const std::string readme = read_source("README.md");
  const std::string precision = read_source("tests/corpus/precision.txt");
  for (const char* manifest : {"", "{", "[]", R"({"contributes": {}})", R"({"contributes": {"configuration": [1]}})",
                               R"({"contributes": {"configuration": [{"title": "Editor"}]}})"}) {
    CHECK_FALSE(keyline::server::generated_files({readme, precision, manifest}));
  }
}

TEST_CASE("no rule goes unmeasured, and none is on that is often wrong") {
  const std::string precision = read_source("tests/corpus/precision.txt");
  const auto changed = [&](const std::string& row, const std::string& replacement) {
    std::string text = precision;
    const std::size_t at = text.find("\n" + row + " ") + 1;
    text.replace(at, text.find('\n', at) + 1 - at, replacement);
    return keyline::server::precision_section(text);
  };
  REQUIRE(keyline::server::precision_section(precision));
  CHECK(changed("volatile-arg-early", "").error().message.find("volatile-arg-early") != std::string::npos);
  CHECK_FALSE(changed("volatile-arg-early", "no-such-rule 1 1 2 0\n"));
  CHECK_FALSE(changed("volatile-arg-early", "volatile-arg-early 70 2\n"));
  CHECK_FALSE(changed("volatile-arg-early", "volatile-arg-early 70 2 19 0\n"));  // fewer than twenty were read
  CHECK(changed("volatile-arg-early", "volatile-arg-early 7 2 9 0\n"));          // there are no more
  CHECK_FALSE(changed("volatile-arg-early", "volatile-arg-early 70 2 20 2\n"));  // a warning that is wrong too often
  CHECK(changed("floating-download", "floating-download 70 2 20 2\n"));
  CHECK_FALSE(changed("corpus", ""));
}

}  // namespace
