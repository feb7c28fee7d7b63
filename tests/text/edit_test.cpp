#include "analysis/text/edit.h"

#include "tests/support/catch.h"

namespace {

using keyline::analysis::Edit;
using keyline::analysis::EditList;

EditList list(std::vector<Edit> edits) {
  EditList result;
  for (Edit& edit : edits) REQUIRE(result.add(std::move(edit)));
  return result;
}

}  // namespace

TEST_CASE("edits are applied in the offsets of the text before them") {
  CHECK(list({{{0, 1}, "AA"}, {{2, 3}, ""}, {{4, 4}, "!"}}).apply("abcd") == "AAbd!");
  CHECK(list({{{4, 4}, "!"}, {{2, 3}, ""}, {{0, 1}, "AA"}}).apply("abcd") == "AAbd!");
  CHECK(EditList().apply("abcd") == "abcd");
  CHECK(list({{{0, 4}, "x"}}).apply("abcd") == "x");
}

TEST_CASE("two insertions at one place keep their order") {
  CHECK(list({{{1, 1}, "1"}, {{1, 1}, "2"}, {{1, 1}, "3"}}).apply("ab") == "a123b");
}

TEST_CASE("an insertion may touch a replacement on either side") {
  CHECK(list({{{1, 2}, "X"}, {{1, 1}, "<"}, {{2, 2}, ">"}}).apply("abc") == "a<X>c");
}

TEST_CASE("an edit that overlaps another is refused and changes nothing") {
  EditList edits = list({{{2, 5}, "x"}});
  const EditList before = edits;
  for (const Edit& edit : {Edit{{1, 3}, ""}, Edit{{3, 4}, ""}, Edit{{4, 6}, ""}, Edit{{0, 9}, ""}, Edit{{3, 3}, "i"}}) {
    CHECK_FALSE(edits.add(edit));
    CHECK(edits == before);
  }
}

TEST_CASE("of two lists all edits are taken or none") {
  EditList edits = list({{{2, 5}, "x"}});
  const EditList before = edits;
  CHECK_FALSE(edits.add_all(list({{{0, 1}, "a"}, {{4, 6}, "b"}})));
  CHECK(edits == before);
  CHECK(edits.add_all(list({{{0, 1}, "a"}, {{5, 6}, "b"}})));
  CHECK(edits.apply("0123456") == "a1xb6");
}

TEST_CASE("edits past the end of a text are cut there") { CHECK(list({{{3, 9}, "!"}}).apply("abcd") == "abc!"); }
