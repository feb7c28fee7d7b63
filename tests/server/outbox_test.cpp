// What waits for a client that reads slowly.

#include "server/lsp/outbox.h"
#include "tests/support/catch.h"

using keyline::server::Outbox;

TEST_CASE("frames leave in order") {
  Outbox box;
  box.push("one,");
  box.push("two,");
  box.push("three,");
  CHECK(box.bytes() == 14);
  CHECK(box.take(5) == "one,two,");
  CHECK(box.take(100) == "three,");
  CHECK(box.empty());
  CHECK(box.bytes() == 0);
  CHECK(box.take(100).empty());
}

TEST_CASE("of frames with one key only the newest waits, in the place of the first") {
  Outbox box;
  box.push_latest("a", "a1,");
  box.push("reply,");
  box.push_latest("b", "b1,");
  box.push_latest("a", "a2 longer,");
  box.push_latest("b", "b2,");
  CHECK(box.bytes() == 19);
  CHECK(box.take(1000) == "a2 longer,reply,b2,");
  box.push_latest("a", "a3,");
  CHECK(box.take(1000) == "a3,");
}

TEST_CASE("what is on its way is not replaced") {
  Outbox box;
  box.push_latest("a", "a1,");
  CHECK(box.take(1) == "a1,");
  box.push_latest("a", "a2,");
  CHECK(box.take(1) == "a2,");
}

TEST_CASE("a client that reads nothing costs one frame a document") {
  Outbox box;
  for (int edit = 0; edit < 100000; ++edit) box.push_latest("document", std::string(1000, 'x'));
  CHECK(box.bytes() == 1000);
}
