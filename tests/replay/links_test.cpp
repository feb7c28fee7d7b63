#include "analysis/replay/links.h"

#include "tests/support/catch.h"

using keyline::analysis::Detour;
using keyline::analysis::detours_of;
using keyline::analysis::follow_links;
using keyline::analysis::Links;

TEST_CASE("links: every link on the way is followed, inside of the context") {
  const Links links{{"a", "b"}, {"b", "dir/c"}, {"dir/up", "../b/../x"}, {"top", "/dir"}, {"out", "../../y"}};
  CHECK(follow_links(links, "plain/file") == "plain/file");
  CHECK(follow_links(links, "a/file") == "dir/c/file");
  CHECK(follow_links(links, "dir/up") == "dir/x");
  CHECK(follow_links(links, "top/z") == "dir/z");
  CHECK(follow_links(links, "out") == "y");
  CHECK_FALSE(follow_links(Links{{"a", "b"}, {"b", "a"}}, "a"));
}

TEST_CASE("links: a source is looked up where its links lead, and a wildcard where those lead that it matches") {
  const Links links{{"conf", "etc"}, {"data/l.json", "../other.json"}, {"root", "."}};
  CHECK(detours_of(links, ".", false).empty());
  CHECK(detours_of(links, "src", false).empty());
  CHECK(detours_of(links, "conf/a", false) == std::vector<Detour>{{"etc/a", false}});
  CHECK(detours_of(links, "root", false) == std::vector<Detour>{{".", false}});
  CHECK(detours_of(links, "conf/*.ini", true) == std::vector<Detour>{{"etc/*.ini", true}});
  CHECK(detours_of(links, "data/*.json", true) == std::vector<Detour>{{"other.json", false}});
}
