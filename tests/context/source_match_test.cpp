#include "analysis/context/source_match.h"

#include <string>
#include <string_view>

#include "analysis/context/glob.h"
#include "analysis/text/path.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

namespace keyline::tests {

namespace {

using analysis::match_source;
using analysis::source_selects;
using analysis::SourceMatch;

FakeContext project() {
  return FakeContext({{".dockerignore", "*.log\nsecret\nd/hidden"},
                      {"a.txt", "1"},
                      {"b.txt", "22"},
                      {".env", "333"},
                      {"run.log", ""},
                      {"secret/key", ""},
                      {"d/x.c", "4444"},
                      {"d/.dot", ""},
                      {"d/sub/y.c", "55555"},
                      {"d/hidden", ""},
                      {"d-other/z", ""},
                      {"we[i]rd", "7"},
                      {"empty/", ""}});
}

// The roots, separated by blanks; "unknown", "missing" or "missing: hidden by <path>" instead when that is the answer.
std::string answer(const analysis::BuildContext& context, std::string_view source) {
  const SourceMatch match = match_source(context, source);
  if (!match.known) return "unknown";
  if (match.missing) return match.hidden_by ? "missing: hidden by " + match.hidden_by->path : "missing";
  std::string text;
  for (const std::uint32_t root : match.roots) { text += (text.empty() ? "" : " ") + context.entries()[root].path; }
  return text;
}

void check(const analysis::BuildContext& context, std::string_view source, std::string_view expected,
           int caller = __builtin_LINE()) {
  INFO("line " << caller << ", source " << source);
  CHECK(answer(context, source) == expected);
}

}  // namespace

TEST_CASE("Sources are cleaned at the context root") {
  CHECK(analysis::clean_source("./a") == "a");
  CHECK(analysis::clean_source("/a") == "a");
  CHECK(analysis::clean_source("../a") == "a");
  CHECK(analysis::clean_source("a/../../b/") == "b");
  CHECK(analysis::clean_source("a//b/.") == "a/b");
  for (const char* root : {".", "/", "./", "..", "", "a/..", "/."}) CHECK(analysis::clean_source(root) == ".");
}

TEST_CASE("A literal source is one entry, a directory with all below") {
  const FakeContext context = project();
  check(context, "a.txt", "a.txt");
  check(context, "/a.txt", "a.txt");
  check(context, "../a.txt", "a.txt");
  check(context, "d", "d");
  check(context, "d/", "d");
  check(context, "d/sub/../x.c", "d/x.c");
  check(context, "empty", "empty");

  const SourceMatch directory = match_source(context, "d");
  CHECK(directory.files == 3);
  CHECK(directory.bytes == 9);
  CHECK_FALSE(directory.wildcard);
}

TEST_CASE("A source that is not there says whether .dockerignore hides it") {
  const FakeContext context = project();
  check(context, "nope", "missing");
  check(context, "a.txt/below", "missing");
  check(context, "run.log", "missing: hidden by run.log");
  check(context, "secret/key", "missing: hidden by secret");
  check(context, "d/hidden", "missing: hidden by d/hidden");
  const SourceMatch hidden = match_source(context, "secret/key");
  REQUIRE(hidden.hidden_by != nullptr);
  CHECK(context.dockerignore().patterns()[hidden.hidden_by->pattern].text == "secret");
}

TEST_CASE("The whole context") {
  const FakeContext context = project();
  const SourceMatch all = match_source(context, ".");
  CHECK(all.whole_context);
  CHECK(all.files == 9);
  CHECK(answer(context, "/") == ".dockerignore .env a.txt b.txt d d-other empty we[i]rd");
}

TEST_CASE("Wildcards match dotfiles, stay within a name and may match nothing") {
  const FakeContext context = project();
  check(context, "*.txt", "a.txt b.txt");
  check(context, "?.txt", "a.txt b.txt");
  check(context, "*", ".dockerignore .env a.txt b.txt d d-other empty we[i]rd");
  check(context, "d/*", "d/.dot d/sub d/x.c");
  check(context, "d*", "d d-other");
  check(context, "*/*.c", "d/x.c");
  check(context, "[ab].txt", "a.txt b.txt");
  check(context, "[^a].txt", "b.txt");
  check(context, "[b-z].txt", "b.txt");
  check(context, "we[[]i]rd", "we[i]rd");
  check(context, "*.nope", "");
  check(context, "nope/*", "");
  check(context, "*.log", "");
  check(context, "a[", "");

  const SourceMatch nothing = match_source(context, "*.nope");
  CHECK(nothing.known);
  CHECK(nothing.wildcard);
  CHECK_FALSE(nothing.missing);
  const SourceMatch directories = match_source(context, "d*");
  CHECK(directories.files == 4);
}

TEST_CASE("An escape is only an escape beside a wildcard") {
  const FakeContext context({{"a*b", ""}, {"a*bc", ""}, {"a\\*b", ""}});
  check(context, "a\\*b?", "a*bc");
  check(context, "a\\*b", "a\\*b");
}

TEST_CASE("Symlinks that a source names or passes are followed inside the context") {
  const FakeContext context({{"real/file", "123"},
                             {"real/deep/up", FakeFile::symlink("../file")},
                             {"link", FakeFile::symlink("real")},
                             {"absolute", FakeFile::symlink("/real/file")},
                             {"chain", FakeFile::symlink("./link/file")},
                             {"dangling", FakeFile::symlink("nowhere")},
                             {"outside", FakeFile::symlink("../../etc/passwd")},
                             {"root", FakeFile::symlink(".")},
                             {"loop", FakeFile::symlink("loop2/x")},
                             {"loop2", FakeFile::symlink("loop")}});
  check(context, "link", "real");
  check(context, "link/file", "real/file");
  check(context, "link/*", "real/deep real/file");
  check(context, "chain", "real/file");
  check(context, "absolute", "real/file");
  check(context, "real/deep/up", "real/file");
  check(context, "lin*", "real");
  check(context, "dangling", "missing");
  check(context, "outside", "unknown");
  check(context, "loop", "unknown");
  CHECK(match_source(context, "link").bytes == match_source(context, "real").bytes);
  // Inside a directory, a link is copied as a link.
  CHECK(match_source(context, "real").files == 2);
  CHECK(match_source(context, "root").whole_context);
}

TEST_CASE("Nothing is concluded from a context that is not known") {
  check(FakeContext({{"a", ""}}, {.complete = false}), "a", "unknown");
  check(analysis::unknown_context(), "*", "unknown");
  CHECK_FALSE(analysis::unknown_context().unknown_reason().empty());
}

TEST_CASE("Whether a source selects a path") {
  CHECK(source_selects(".", "any/thing"));
  CHECK(source_selects("./src", "src/main.c"));
  CHECK(source_selects("src/", "src"));
  CHECK_FALSE(source_selects("src", "src2"));
  CHECK_FALSE(source_selects("src", "lib/src"));
  CHECK(source_selects("*.json", "package.json"));
  CHECK_FALSE(source_selects("*.json", "sub/package.json"));
  CHECK(source_selects("packages/*/package.json", "packages/a/package.json"));
  CHECK(source_selects("d*", "dir/deep/file"));
  CHECK_FALSE(source_selects("d/*", "d"));
}

TEST_CASE("Paths are cleaned as Go cleans them") {
  using analysis::clean_path;
  CHECK(clean_path("") == ".");
  CHECK(clean_path("a/b/../..") == ".");
  CHECK(clean_path("/..") == "/");
  CHECK(clean_path("../../a/..") == "../..");
  CHECK(clean_path("/a//b/./c/") == "/a/b/c");
  CHECK(clean_path("..a/b") == "..a/b");
}

TEST_CASE("Wildcards match as path.Match matches") {
  using analysis::glob_matches;
  CHECK(glob_matches("a*b*c", "axxbyyc"));
  CHECK_FALSE(glob_matches("a*b*c", "axx/byyc"));
  CHECK(glob_matches("a[^b]c", "a/c"));
  CHECK_FALSE(glob_matches("a?c", "a/c"));
  CHECK(glob_matches("a???b",
                     "a\xE2\x98\xBA\xE2\x98\xBA\xE2\x98\xBA"
                     "b"));
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("[\\]a]", "]"));
  CHECK_FALSE(glob_matches("[]a]", "]"));
  CHECK_FALSE(glob_matches("a[-]", "a-"));
  CHECK(glob_matches("a[\\-x]", "a-"));
  // Stars are tried one after the other, so this must come back at once.
  CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace keyline::tests
