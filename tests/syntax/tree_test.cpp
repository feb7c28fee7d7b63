// Trees of any bytes at all, and how they map places.
#include <random>

#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"
#include "tests/support/syntax_laws.h"

namespace {

using keyline::analysis::Item;
using keyline::analysis::parse;
using keyline::analysis::Span;
using keyline::analysis::SyntaxTree;

SyntaxTree tree_of(std::string text) { return parse(std::make_shared<const std::string>(std::move(text))); }

}  // namespace

TEST_CASE("random bytes print back") {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    std::string text;
    const std::size_t size = random() % 200;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(random());
    CHECK(keyline::tests::syntax_fault(text, nullptr) == "");
  }
}

TEST_CASE("random keywords, quotes and line ends print back") {
  static constexpr std::string_view words[] = {"RUN",  "COPY", "ONBUILD", "ENV", "FROM", " ",    "\n",       "\\\n",
                                               "\r\n", "<<A",  "A\n",     "\"",  "'",    "#",    "[",        "]",
                                               "=",    "\\",   "$",       "{",   "\t",   "--x=", "\xC3\xA9", "\xF0"};
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const std::size_t count = random() % 40;
    for (std::size_t i = 0; i < count; ++i) text += words[random() % std::size(words)];
    INFO(text);
    CHECK(keyline::tests::syntax_fault(text, nullptr) == "");
  }
}

TEST_CASE("a megabyte without a line end, of quotes, of continuations, of here-documents") {
  for (const char* unit : {"a", "\"", "\\\n", "RUN <<E\n", "$(", "{", "[", "<<A ", "--a "}) {
    std::string text = "RUN ";
    while (text.size() < 1'000'000) text += unit;
    INFO(unit);
    CHECK(keyline::analysis::print(tree_of(text)) == text);
  }
}

TEST_CASE("words point at their source across continuations and comments") {
  const std::string text = "FROM a\nCOPY --chown=1 \\\n  # note\n  one \\\n\n  two /x\n";
  const SyntaxTree tree = tree_of(text);
  REQUIRE(tree.items.size() == 2);
  const Item& item = tree.items[1];
  std::vector<std::string> words;
  for (const auto& word : item.instruction->arguments) words.emplace_back(slice(text, item.absolute(word.span)));
  CHECK(words == std::vector<std::string>{"one", "two", "/x"});
  CHECK(slice(text, item.absolute(item.instruction->flags.at(0).span)) == "--chown=1");
}

TEST_CASE("a header holds the instruction's own lines, without indentation and here-document") {
  const std::string text = "FROM a\n  RUN <<E\nx\nE\nRUN b \\\n  c  \n";
  const SyntaxTree tree = tree_of(text);
  REQUIRE(tree.items.size() == 3);
  CHECK(slice(text, tree.items[1].header()) == "RUN <<E");
  CHECK(slice(text, tree.items[2].header()) == "RUN b \\\n  c");
}

TEST_CASE("the item of a place") {
  const std::string text = "# c\nFROM a\n\nRUN b";
  const SyntaxTree tree = tree_of(text);
  CHECK(tree.item_at(0) == nullptr);
  CHECK(tree.item_at(4) == &tree.items[0]);
  CHECK(tree.item_at(10) == &tree.items[0]);
  CHECK(tree.item_at(11) == nullptr);
  CHECK(tree.item_at(static_cast<keyline::analysis::Offset>(text.size())) == &tree.items[1]);
}

TEST_CASE("damaged instructions are problems, and the rest is read") {
  const SyntaxTree tree = tree_of("FROM a\nENV x\nFOO x\nRUN <<E\n");
  REQUIRE(tree.items.size() == 4);
  CHECK(tree.items[0].instruction->problems.empty());
  for (std::size_t i = 1; i < 4; ++i) {
    INFO(i);
    CHECK_FALSE(tree.items[i].instruction->problems.empty());
  }
}
