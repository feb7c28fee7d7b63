#include "protocol/result.h"

#include <memory>
#include <string>
#include <utility>

#include "tests/support/catch.h"

namespace {

using keyline::protocol::Error;
using keyline::protocol::Result;
using keyline::protocol::Unexpected;

Result<std::string> greet(const std::string& name) {
  if (name.empty()) return Unexpected({"nobody to greet", 3});
  return "hello " + name;
}

}  // namespace

TEST_CASE("A Result is a value or an error, and says which") {
  CHECK(greet("you").has_value());
  CHECK(*greet("you") == "hello you");
  CHECK(greet("you")->size() == 9);
  CHECK_FALSE(greet(""));
  CHECK(greet("").error() == Error{"nobody to greet", 3});
  CHECK(greet("").value_or("silence") == "silence");
  CHECK(greet("you").value_or("silence") == "hello you");
  CHECK_THROWS(greet("").value());
  CHECK_THROWS(greet("you").error());
}

TEST_CASE("A Result of Error keeps its two sides apart") {
  CHECK(Result<Error>(Error{"as value"}).has_value());
  CHECK_FALSE(Result<Error>(Unexpected({"as error"})).has_value());
}

TEST_CASE("A Result gives its value away") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(4));
  const std::unique_ptr<int> owned = *std::move(result);
  CHECK(*owned == 4);
}

TEST_CASE("A Result of nothing tells success from failure") {
  CHECK(Result<void>().has_value());
  const Result<void> failed = Unexpected({"no"});
  CHECK_FALSE(failed);
  CHECK(failed.error().message == "no");
}
