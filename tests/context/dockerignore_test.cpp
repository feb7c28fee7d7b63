#include "analysis/context/dockerignore.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/listing.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

namespace keyline::tests {

namespace {

using analysis::BuildContext;
using analysis::ContextEntry;
using analysis::Dockerignore;
using analysis::EntryKind;
using analysis::HiddenEntry;

// What the experiments of cache-model appendix I ran on: every file's path, the ignored ones left out by `patterns`.
const std::vector<std::string> experiment_files = {
    "FOO.txt", "a.txt",          "d/a.txt", "d/b.txt", "d/e/a.txt",          "d/e/keep", "foo",     "foobar",
    "f.md",    "node_modules/x", "s",       "sp ace",  "sub/node_modules/y", "b.txt",    "sub/f.md"};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : " ") + line;
  return text;
}

// The files that stay visible, separated by blanks.
std::string visible(std::string_view patterns, const std::vector<std::string>& files) {
  const Dockerignore dockerignore(patterns);
  std::vector<std::string> left;
  for (const std::string& file : files) {
    if (!dockerignore.match(file).ignored) left.push_back(file);
  }
  return joined(left);
}

// The files that become hidden.
std::string hidden(std::string_view patterns, const std::vector<std::string>& files) {
  const Dockerignore dockerignore(patterns);
  std::vector<std::string> gone;
  for (const std::string& file : files) {
    if (dockerignore.match(file).ignored) gone.push_back(file);
  }
  return joined(gone);
}

void check_hides(std::string_view patterns, std::string_view expected, int caller = __builtin_LINE()) {
  INFO("line " << caller << ", patterns:\n" << patterns);
  CHECK(hidden(patterns, experiment_files) == expected);
}

void check_keeps(std::string_view patterns, std::string_view expected, int caller = __builtin_LINE()) {
  INFO("line " << caller << ", patterns:\n" << patterns);
  CHECK(visible(patterns, experiment_files) == expected);
}

std::string patterns_of(std::string_view text) {
  const Dockerignore dockerignore(text);
  std::vector<std::string> patterns;
  for (const analysis::IgnorePattern& pattern : dockerignore.patterns()) {
    patterns.push_back((pattern.exception ? "!" : "") + pattern.text);
  }
  return joined(patterns);
}

}  // namespace

TEST_CASE("Patterns are anchored at the context root") {
  check_hides("a.txt", "a.txt");
  check_hides("**/a.txt", "a.txt d/a.txt d/e/a.txt");
  check_hides("*/a.txt", "d/a.txt");
  check_hides("/a.txt", "a.txt");
  check_hides("node_modules", "node_modules/x");
  check_hides("**/node_modules", "node_modules/x sub/node_modules/y");
  check_hides("e", "");
  check_hides("**/e", "d/e/a.txt d/e/keep");
  check_hides("FOO", "");
  check_hides("foo", "foo");
}

TEST_CASE("Wildcards stay within a name, except for two stars") {
  check_hides("?.txt", "a.txt b.txt");
  check_hides("*.txt", "FOO.txt a.txt b.txt");
  check_hides("[sf]*", "foo foobar f.md s sp ace sub/node_modules/y sub/f.md");
  check_hides("[^a-z]*", "FOO.txt");
  check_hides("sp ace", "sp ace");
  check_hides("d/**/a.txt", "d/a.txt d/e/a.txt");
  check_hides("d/e/**", "d/e/a.txt d/e/keep");
  check_hides("fo**", "foo foobar");
  check_hides("**keep", "d/e/keep");
  check_hides("**/*.md", "f.md sub/f.md");
  check_hides("d**/keep", "d/e/keep");
  check_hides("**/e/**", "d/e/a.txt d/e/keep");
  check_keeps("**", "");
  check_keeps("**/**", "");
  check_keeps("***", "");
  check_keeps("*", "");
  check_hides(".", "");
  check_hides("/", "");
}

TEST_CASE("A directory's own entry and what lies below are different things") {
  const std::vector<std::string> tree = {"d", "d/a", "d/e", "d/e/keep"};
  CHECK(hidden("d/*", tree) == "d/a d/e d/e/keep");
  CHECK(hidden("d/**", tree) == "d/a d/e d/e/keep");
  CHECK(hidden("d/e/**", tree) == "d/e/keep");
  CHECK(hidden("d", tree) == "d d/a d/e d/e/keep");
  CHECK(hidden("**/e", tree) == "d/e d/e/keep");
}

TEST_CASE("The last match wins, and parents pass their matches on") {
  check_hides("d\n!d/e/keep", "d/a.txt d/b.txt d/e/a.txt");
  check_hides("!d/e/keep\nd", "d/a.txt d/b.txt d/e/a.txt d/e/keep");
  check_keeps("*\n!a.txt", "a.txt");
  check_keeps("*\n!d\nd/e", "d/a.txt d/b.txt");
  check_keeps("**\n!d/a.txt", "d/a.txt");
  check_hides("d/**\n!d/e", "d/a.txt d/b.txt");
  check_hides("d\n!d/b.txt", "d/a.txt d/e/a.txt d/e/keep");
  check_hides("*.txt\n!b.txt\nb.*", "FOO.txt a.txt b.txt");
  check_hides("*.md\n!*.md", "");
}

TEST_CASE("BuildKit does not look below an ignored directory for exceptions it cannot place") {
  // "!x/*/**" matches x/y/z, but its text without the globs is "x", which does not lead into x/y.
  const std::vector<std::string> tree = {"x/y/z"};
  CHECK(visible("*\n!x/*/**", tree).empty());
  CHECK(visible("*\n!x/*/z*", tree) == "x/y/z");
  CHECK(visible("*\n!x/y/**", tree) == "x/y/z");
}

TEST_CASE("Lines are read as ignorefile.ReadAll reads them") {
  CHECK(patterns_of("#hash\n #hash\n\\#hash") == "#hash \\#hash");
  CHECK(patterns_of("  a.txt \t\n\n   \nb") == "a.txt b");
  CHECK(patterns_of("!  a.txt\n!a") == "!a.txt !a");
  CHECK(patterns_of("./a.txt\nd/./e/../e/keep\nd/\na.txt/\nd//e") == "a.txt d/e/keep d a.txt d/e");
  CHECK(patterns_of("../x\n/../y\n/") == "../x y /");
  CHECK(patterns_of("\xEF\xBB\xBF"
                    "a\r\nb\r\n") == "a b");
  CHECK(patterns_of("\xEF\xBB\xBF#comment\na") == "a");
  CHECK(patterns_of("\xC2\xA0"
                    "a\xC2\xA0") == "a");
  CHECK(patterns_of("/!a\n!/b") == "!a !b");
  CHECK(patterns_of("").empty());
  check_hides("  a.txt  ", "a.txt");
  check_hides(
      "\xEF\xBB\xBF"
      "a.txt\r\nfoo\r\n",
      "a.txt foo");
}

TEST_CASE("A hash is a pattern unless it is the line's first character") {
  const std::vector<std::string> files = {"#hash"};
  CHECK(hidden("#hash", files).empty());
  CHECK(hidden(" #hash", files) == "#hash");
  CHECK(hidden("\\#hash", files) == "#hash");
}

TEST_CASE("Patterns know their place in the file") {
  const std::string text = "\xEF\xBB\xBF# all\r\n\r\n  node_modules/ \r\n!  keep\n";
  const Dockerignore dockerignore(text);
  REQUIRE(dockerignore.patterns().size() == 2);
  CHECK(analysis::slice(text, dockerignore.patterns()[0].span) == "node_modules/");
  CHECK(dockerignore.patterns()[0].line == 2);
  CHECK(analysis::slice(text, dockerignore.patterns()[1].span) == "!  keep");
  CHECK(dockerignore.patterns()[1].line == 3);
  CHECK(dockerignore.patterns()[1].exception);
  CHECK(dockerignore.has_exceptions());
}

TEST_CASE("A verdict names the pattern that decided") {
  const Dockerignore dockerignore("*.txt\nd\n!d/e/keep\n");
  CHECK(dockerignore.match("a.txt").pattern == 0);
  CHECK(dockerignore.match("d/e/other").pattern == 1);
  CHECK(dockerignore.match("d/e/keep").pattern == 2);
  CHECK_FALSE(dockerignore.match("d/e/keep").ignored);
  CHECK_FALSE(dockerignore.match("x").pattern.has_value());
}

TEST_CASE("Brackets, bars and escapes mean what they turn into as an expression") {
  // patternmatcher escapes too little, and its wildcards do not know that they stand in brackets.
  CHECK(hidden("*.(js|ts)", {"a.js", "a.ts", "a.(js", "b.ts)", "x.c"}) == "a.(js b.ts)");
  CHECK(hidden("ab{2}*", {"abb", "abbc", "ab"}) == "abb abbc");
  CHECK(hidden("a[*]", {"a*", "a]", "a^]"}) == "a] a^]");
  CHECK(hidden("\\d*", {"1", "d"}) == "1");
  CHECK(hidden("a\\*b", {"a*b", "axb"}) == "a*b");
  CHECK(hidden("[^a]b", {"/b", "xb", "ab", "x/b"}) == "/b xb");
  CHECK(hidden("[[:digit:]]*", {"7", "x"}) == "7");
  CHECK(hidden("\xC3\xA9?", {"\xC3\xA9\xC3\xA8", "\xC3\xA9"}) == "\xC3\xA9\xC3\xA8");
}

TEST_CASE("A pattern that BuildKit cannot compile is a problem and matches nothing") {
  const auto problem_of = [](std::string_view text) {
    const Dockerignore dockerignore(text);
    REQUIRE(dockerignore.problems().size() == 1);
    CHECK_FALSE(dockerignore.match("a").ignored);
    return std::string(analysis::slice(text, dockerignore.problems()[0].span)) + ": " +
           dockerignore.problems()[0].message;
  };
  CHECK(problem_of("x\na[") == "a[: invalid excludepatterns: [a[]: syntax error in pattern");
  CHECK(problem_of("[]a]") == "[]a]: invalid excludepatterns: [[]a]]: syntax error in pattern");
  CHECK(problem_of("b\\") == "b\\: invalid excludepatterns: [b\\]: syntax error in pattern");
  CHECK(problem_of("bin\\e") == "bin\\e: failed to match excludepatterns: syntax error in pattern");
  CHECK(problem_of("[z-a]") == "[z-a]: failed to match excludepatterns: syntax error in pattern");
  CHECK(problem_of("!") == "!: invalid excludepatterns: [!]: illegal exclusion pattern: \"!\"");
  const std::string long_line(70000, 'x');
  const Dockerignore dockerignore(long_line);
  REQUIRE(dockerignore.problems().size() == 1);
  CHECK(dockerignore.problems()[0].message == "failed parsing .dockerignore: bufio.Scanner: token too long");
}

TEST_CASE("A hostile file does not grow without bound") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "*a{1000}*\n";
  const Dockerignore dockerignore(text);
  CHECK(dockerignore.patterns().size() == 1000);
  CHECK(dockerignore.problems().size() > 700);
  CHECK_FALSE(dockerignore.match(std::string(100, 'a')).ignored);
  CHECK(Dockerignore("*a{1000}*\n").match(std::string(1000, 'a')).ignored);
  CHECK(Dockerignore(std::string(5000, '*') + "{1000}").problems().size() == 1);
}

TEST_CASE("A walk can skip an ignored directory unless an exception may lie below") {
  CHECK_FALSE(Dockerignore("d\n").may_reinclude_below("d"));
  const Dockerignore literal("d\n!d/e/keep\n!x/**\n");
  CHECK(literal.may_reinclude_below("d"));
  CHECK(literal.may_reinclude_below("d/e"));
  CHECK_FALSE(literal.may_reinclude_below("d/f"));
  CHECK_FALSE(literal.may_reinclude_below("d/e/keep/below"));
  CHECK(literal.may_reinclude_below("x"));
  CHECK(Dockerignore("d\n!**/keep\n").may_reinclude_below("d/f"));
}

namespace {

class RandomContext {
 public:
  explicit RandomContext(unsigned seed) : random_(seed) {}

  std::string pattern() {
    static const std::vector<std::string> parts = {"a",  "b",   "c", "/",    "/",   "*",
                                                   "**", "**/", "?", "[ab]", "a/b", "[^a]"};
    std::string text = below(3) == 0 ? "!" : "";
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) text += parts[below(parts.size())];
    return text;
  }

  std::string path() {
    static const std::vector<std::string> names = {"a", "b", "c", "ab", "ba"};
    std::string text;
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) {
      text += (i == 0 ? "" : "/") + names[below(names.size())];
    }
    return text;
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("A walk that skips directories sees what matching every path from the root sees") {
  RandomContext random(20240607);
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (std::size_t i = 0, count = 1 + random.below(5); i < count; ++i) text += random.pattern() + "\n";
    FakeContext::Files files{{".dockerignore", text}};
    for (std::size_t i = 0, count = 1 + random.below(25); i < count; ++i) {
      // Below "x", so that no file has the name of a directory.
      files.emplace(random.path() + "/x", "");
    }
    const FakeContext context(files);
    INFO("patterns:\n" << text);
    for (const auto& [path, file] : files) {
      INFO(path);
      const bool ignored = context.dockerignore().match(path).ignored;
      CHECK((find_entry(context, path) != nullptr) == !ignored);
      CHECK((find_hidden(context, path) != nullptr) == ignored);
    }
  }
}

TEST_CASE("Directories are sent with what an exception brings back, and hidden as a whole otherwise") {
  const FakeContext context({{".dockerignore", "d\n!d/e/keep\n!g/none\ng"},
                             {"d/e/keep", ""},
                             {"d/e/other", ""},
                             {"d/f/x", ""},
                             {"g/a/x", ""},
                             {"g/b", ""}});
  std::vector<std::string> sent;
  for (const ContextEntry& entry : context.entries()) sent.push_back(entry.path);
  CHECK(joined(sent) == ".dockerignore d d/e d/e/keep");
  std::vector<std::string> gone;
  for (const HiddenEntry& entry : context.hidden()) gone.push_back(entry.path);
  CHECK(joined(gone) == "d/e/other d/f g");
  REQUIRE(find_hidden(context, "g/a/x") != nullptr);
  CHECK(find_hidden(context, "g/a/x")->path == "g");
  CHECK(find_hidden(context, "g/a/x")->pattern == 3);
  CHECK(find_hidden(context, "g/a/x")->kind == EntryKind::directory);
}

}  // namespace keyline::tests
