// After any sequence of edits the tree equals the one from scratch, and the work grows with the edit, not the file.
#include <random>

#include <fmt/format.h>

#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"
#include "tests/support/syntax_laws.h"

namespace {

using keyline::analysis::parse;
using keyline::analysis::ParseCount;
using keyline::analysis::SyntaxTree;

// Pieces that change what the lines around them are.
constexpr std::string_view pieces[] = {"\n",
                                       "\r\n",
                                       "\r",
                                       "\\\n",
                                       "\\ \n",
                                       "\\",
                                       "`\n",
                                       "`",
                                       "#",
                                       "# ",
                                       "# escape=`\n",
                                       "# escape=\\\n",
                                       "#!\n",
                                       "# syntax=a\n",
                                       "# check=skip=all\n",
                                       "FROM a\n",
                                       "FROM a AS b\n",
                                       "RUN ",
                                       "RUN x\n",
                                       "RUN <<E\n",
                                       "<<E",
                                       "<<-E ",
                                       "<<'E'",
                                       "E\n",
                                       "E",
                                       "\tE\n",
                                       "COPY <<A <<B /\n",
                                       "A\nB\n",
                                       "ONBUILD ",
                                       "ENV A=b\n",
                                       "LABEL ",
                                       "\"",
                                       "'",
                                       "[\"a\"]",
                                       " ",
                                       "\t",
                                       "\xC3\xA9",
                                       "\xC3",
                                       "\xA9",
                                       "\xF0\x9F\x9A\xA2",
                                       "\x9A",
                                       "\xEF\xBB\xBF",
                                       "\xEF",
                                       std::string_view("\0", 1),
                                       "--mount=type=cache ",
                                       "--from=",
                                       "$A",
                                       "${A",
                                       "}",
                                       "&& \\\n",
                                       "\n\n",
                                       "# keyline: ignore=x\n"};

class Editor {
 public:
  explicit Editor(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  std::string piece() { return std::string(pieces[below(std::size(pieces))]); }

  std::string text(std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += piece();
    return result;
  }

  // Replaces a short stretch anywhere, by bytes: it may cut a character, a line ending or a marker in two.
  void edit(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t gone = below(3) == 0 ? below(std::min<std::size_t>(12, text.size() - at + 1)) : 0;
    text.replace(at, gone, below(4) == 0 ? std::string() : piece());
  }

 private:
  std::mt19937 random_;
};

void check_sequence(Editor& editor, std::string text, int edits) {
  SyntaxTree tree = parse(std::make_shared<const std::string>(text));
  for (int i = 0; i < edits; ++i) {
    editor.edit(text);
    const std::string fault = keyline::tests::syntax_fault(text, &tree);
    INFO(fault << "\nbefore:\n" << *tree.text << "\nafter:\n" << text);
    REQUIRE(fault.empty());
    tree = parse(std::make_shared<const std::string>(text), &tree);
  }
}

std::string long_file(int instructions) {
  std::string text = "FROM base\n";
  for (int i = 1; i < instructions; ++i) text += fmt::format("# step {}\nRUN step {} && \\\n    more {}\n\n", i, i, i);
  return text;
}

}  // namespace

TEST_CASE("trees after random edits equal trees from scratch") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    Editor editor(seed);
    INFO("seed " << seed);
    check_sequence(editor, editor.text(2 + editor.below(40)), 60);
  }
}

TEST_CASE("edits in a file with every construct") {
  const std::string text =
      "# escape=`\r\n# syntax=docker/dockerfile:1\n\n# caf\xC3\xA9 \xF0\x9F\x9A\xA2\nFROM a AS b\r\nRUN <<E cat <<-'F' "
      "`\n # c\n\n  -\n1\nE\n"
      "\t2\n\tF\nCOPY --from=b [\"x y\", \"z\"]\nONBUILD RUN --mount=type=cache,target=/c <<G\nx\nG\nENV A=\"1 `\n2\" "
      "B=3\nLABEL a b c\nRUN x";
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Editor editor(seed);
    INFO("seed " << seed);
    check_sequence(editor, text, 40);
  }
}

TEST_CASE("every single-byte deletion and insertion") {
  const std::string text = "# escape=`\nFROM a\n#c\nRUN <<E\nx `\nE\nRUN a `\n # c\n b\nCOPY a b\n";
  const SyntaxTree tree = parse(std::make_shared<const std::string>(text));
  for (std::size_t at = 0; at <= text.size(); ++at) {
    std::string changed = text;
    if (at < text.size()) CHECK(keyline::tests::syntax_fault(changed.erase(at, 1), &tree).empty());
    for (const char* byte : {"\n", "#", "`", "\\", "E", " ", "<", "\""})
      CHECK(keyline::tests::syntax_fault(std::string(text).insert(at, byte), &tree).empty());
  }
}

TEST_CASE("untouched instructions stay the same objects, and only the edited one is read") {
  constexpr int count = 300;
  const std::string text = long_file(count);
  const SyntaxTree tree = parse(std::make_shared<const std::string>(text));
  REQUIRE(tree.items.size() == count);
  for (const std::size_t edited : {std::size_t{0}, std::size_t{1}, std::size_t{150}, std::size_t{299}}) {
    std::string changed = text;
    changed.insert(tree.items[edited].begin + 6, "x");
    ParseCount work;
    const SyntaxTree after = parse(std::make_shared<const std::string>(changed), &tree, &work);
    REQUIRE(after.items.size() == count);
    for (std::size_t i = 0; i < count; ++i)
      CHECK((after.items[i].instruction == tree.items[i].instruction) == (i != edited));
    CHECK(work.parsed == 1);
    CHECK(work.reused == count - 1);
  }
}

TEST_CASE("inserting and deleting lines reads no more than the lines around them") {
  const std::string text = long_file(300);
  const SyntaxTree tree = parse(std::make_shared<const std::string>(text));
  const std::size_t middle = tree.items[150].begin;
  const auto work_of = [&](std::string changed) {
    ParseCount work;
    (void)parse(std::make_shared<const std::string>(std::move(changed)), &tree, &work);
    return work.parsed;
  };
  CHECK(work_of(std::string(text).insert(middle, "RUN new\n")) <= 2);
  CHECK(work_of(std::string(text).insert(middle, "\n# comment\n")) <= 1);
  CHECK(work_of(std::string(text).erase(middle, tree.items[150].instruction->size)) <= 1);
  CHECK(work_of(text) == 0);
}
