// Paths as Go's `path` package cleans them, and the shortcut for those that are clean already.

#include "analysis/text/path.h"

#include <array>
#include <string>
#include <string_view>

#include "analysis/knowledge/paths.h"
#include "tests/support/catch.h"

using keyline::analysis::clean_path;
using keyline::analysis::is_clean_path;
using keyline::analysis::join_path;
using keyline::analysis::resolve_path;

TEST_CASE("Cleaning keeps what climbs above a relative start") {
  CHECK(clean_path("") == ".");
  CHECK(clean_path("a//b/./c/..") == "a/b");
  CHECK(clean_path("/../a/") == "/a");
  CHECK(clean_path("../../a") == "../../a");
  CHECK(clean_path("a/../..") == "..");
  CHECK(clean_path("/.") == "/");
}

TEST_CASE("What is clean stays as it is, and nothing else does") {
  constexpr std::array<std::string_view, 7> parts{"/", "a", ".", "..", "b", "//", ".x"};
  std::size_t clean = 0;
  for (const std::string_view one : parts) {
    for (const std::string_view two : parts) {
      for (const std::string_view three : parts) {
        for (const std::string_view four : parts) {
          const std::string path = std::string(one).append(two).append(three).append(four);
          INFO(path);
          // A relative path that climbs cannot be cleaned further, but is left to be looked at.
          const bool climbs = (clean_path(path) + '/').starts_with("../");
          CHECK(is_clean_path(path) == (clean_path(path) == path && !climbs));
          if (is_clean_path(path)) ++clean;
          for (const std::string_view base : {"/", "/w", "/w/../x/", "w/v"}) {
            const std::string slow = keyline::analysis::is_absolute(path) ? clean_path(path) : join_path(base, path);
            if (!(slow + '/').starts_with("../")) CHECK(resolve_path(base, path) == slow);
          }
        }
      }
    }
  }
  CHECK(clean > 100);
}
