#include <string>

#include "server/fixing/unified_diff.h"
#include "tests/support/catch.h"

namespace {

using keyline::server::unified_diff;

TEST_CASE("equal texts have no diff") {
  CHECK(unified_diff("Dockerfile", "", "").empty());
  CHECK(unified_diff("Dockerfile", "a\nb", "a\nb").empty());
}

TEST_CASE("a change is shown with three lines around it") {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  const std::string after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
  CHECK(unified_diff("dir/Dockerfile", before, after) ==
        "--- a/dir/Dockerfile\n+++ b/dir/Dockerfile\n"
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("changes share a hunk as long as their surroundings meet") {
  const auto text = [](const std::string& second, int between, const std::string& last) {
    std::string out = "1\n" + second;
    for (int i = 0; i < between; ++i) out += "same\n";
    return out + last;
  };
  const std::string six = unified_diff("f", text("a\n", 6, "x\n"), text("b\n", 6, "y\n"));
  CHECK(six == "--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n 1\n-a\n+b\n same\n same\n same\n same\n same\n same\n-x\n+y\n");
  const std::string seven = unified_diff("f", text("a\n", 7, "x\n"), text("b\n", 7, "y\n"));
  CHECK(seven ==
        "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n 1\n-a\n+b\n same\n same\n same\n"
        "@@ -7,4 +7,4 @@\n same\n same\n same\n-x\n+y\n");
}

TEST_CASE("a missing line ending at the end of the text is said") {
  CHECK(unified_diff("f", "a", "a\n") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(unified_diff("f", "a\nb", "x\nb") ==
        "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n");
}

TEST_CASE("empty texts are named by the line in front of them") {
  CHECK(unified_diff("f", "", "a\n") == "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_diff("f", "a\n", "") == "--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n");
}

TEST_CASE("a moved line is one removed and one added") {
  CHECK(unified_diff("f", "a\nb\nc\n", "b\nc\na\n") == "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n-a\n b\n c\n+a\n");
}

TEST_CASE("carriage returns are part of their line") {
  CHECK(unified_diff("f", "a\r\nb\r\n", "a\r\nc\r\n") == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n");
}

TEST_CASE("names that would break a header are quoted") {
  CHECK(unified_diff("./my file", "", "a\n").starts_with("--- a/my file\t\n+++ b/my file\t\n"));
  CHECK(unified_diff("a\"b\n", "", "a\n").starts_with("--- \"a/a\\\"b\\012\"\n"));
  CHECK(unified_diff("/abs", "", "a\n").starts_with("--- a/abs\n"));
}

TEST_CASE("texts with nothing in common are replaced as a whole") {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  const std::string diff = unified_diff("f", before, after);
  CHECK(diff.starts_with("--- a/f\n+++ b/f\n@@ -1,3000 +1,3000 @@\n-old 0\n"));
  CHECK(diff.ends_with("+new 2999\n"));
}

}  // namespace
