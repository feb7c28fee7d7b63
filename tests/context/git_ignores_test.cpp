#include "analysis/context/git_ignores.h"

#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

using keyline::analysis::GitIgnores;
using keyline::tests::FakeContext;

TEST_CASE("gitignore: names count at every depth, paths from their file, and the nearest file has the last word") {
  const FakeContext context(
      FakeContext::Files{{".gitignore", "# results\nnode_modules/\n/dist\r\nlogs/*.log\n*.tmp \n!keep.tmp\n\\#x\n"},
                         {"web/.gitignore", "/cache\n!web.tmp\n"}});
  const GitIgnores ignores(context);
  for (const char* path : {"node_modules", "web/node_modules", "dist", "logs/a.log", "a.tmp", "web/b.tmp", "web/cache",
                           "dist/app.js", "#x"}) {
    INFO(path);
    CHECK(ignores.ignores(path));
  }
  for (const char* path : {"web/dist", "web/logs/a.log", "keep.tmp", "web/web.tmp", "cache", "src", "results"}) {
    INFO(path);
    CHECK_FALSE(ignores.ignores(path));
  }
}

TEST_CASE("gitignore: without any of its files nothing is known to be ignored") {
  CHECK_FALSE(GitIgnores(FakeContext(FakeContext::Files{{"a", ""}})).ignores("a"));
}
