#include "protocol/json_rpc.h"

#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

namespace {

using keyline::protocol::ErrorCode;
using keyline::protocol::failure;
using keyline::protocol::Id;
using keyline::protocol::JsonText;
using keyline::protocol::JsonValue;
using keyline::protocol::Malformed;
using keyline::protocol::max_json_depth;
using keyline::protocol::Message;
using keyline::protocol::Notification;
using keyline::protocol::parse_json;
using keyline::protocol::parse_message;
using keyline::protocol::Request;
using keyline::protocol::Response;
using keyline::protocol::Unexpected;
using keyline::protocol::write_notification;
using keyline::protocol::write_request;
using keyline::protocol::write_response;

JsonValue json(std::string_view text) { return JsonValue(nlohmann::json::parse(text)); }

std::string nested_arrays(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("Each kind of message is told by its members") {
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"a":[1]}})") ==
        Message(Request{7, "m", json(R"({"a":[1]})")}));
  CHECK(parse_message(R"({"method":"m","id":"seven","jsonrpc":"2.0"})") == Message(Request{"seven", "m", {}}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","method":"m","params":null})") == Message(Notification{"m", {}}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","method":"m","params":[1,2]})") == Message(Notification{"m", json("[1,2]")}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":-1,"result":null})") == Message(Response{Id(-1), JsonValue()}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":1,"result":3,"error":null})") == Message(Response{Id(1), json("3")}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})") ==
        Message(Response{Id(1), failure(ErrorCode::method_not_found, "no")}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"no","data":[]}})") ==
        Message(Response{std::nullopt, Unexpected({"no", 1})}));
  CHECK(parse_message(R"({"jsonrpc":"2.0","id":9223372036854775807,"method":"m","more":true})") ==
        Message(Request{std::numeric_limits<std::int64_t>::max(), "m", {}}));
}

TEST_CASE("What is no message names the fault, and the request that waits for an answer") {
  struct Case {
    std::string body;
    ErrorCode code;
    std::string_view message;
    std::optional<Id> id = std::nullopt;
  };
  constexpr ErrorCode parse_error = ErrorCode::parse_error;
  constexpr ErrorCode invalid = ErrorCode::invalid_request;
  const Case cases[] = {
      {"", parse_error, "not JSON, at byte 1"},
      {"{", parse_error, "not JSON, at byte 2"},
      {R"({"jsonrpc":"2.0","method":"m"} x)", parse_error, "not JSON, at byte 32"},
      {"{\"a\":\"\xff\"}", parse_error, "not JSON, at byte 7"},
      {"{\"a\":\"\xed\xa0\x80\"}", parse_error, "not JSON, at byte 8"},
      {R"({"a":"\ud80"})", parse_error, "not JSON, at byte 12"},
      {"{\"a\":\"\n\"}", parse_error, "not JSON, at byte 7"},
      {R"({"a":1e999})", parse_error, "JSON holds a number that is out of range"},
      {R"({'a':1})", parse_error, "not JSON, at byte 2"},
      {nested_arrays(max_json_depth + 1), parse_error, "JSON is nested deeper than 256 levels"},
      {nested_arrays(1'000'000), parse_error, "JSON is nested deeper than 256 levels"},
      {std::string(1'000'000, '['), parse_error, "JSON is nested deeper than 256 levels"},
      {"null", invalid, "a message must be a JSON object"},
      {"\"m\"", invalid, "a message must be a JSON object"},
      {"[]", invalid, "LSP has no batches"},
      {R"([{"jsonrpc":"2.0","id":1,"method":"m"}])", invalid, "LSP has no batches"},
      {"{}", invalid, "'jsonrpc' must be \"2.0\""},
      {R"({"id":1,"method":"m"})", invalid, "'jsonrpc' must be \"2.0\"", 1},
      {R"({"jsonrpc":2.0,"id":"x","method":"m"})", invalid, "'jsonrpc' must be \"2.0\"", "x"},
      {R"({"jsonrpc":"1.0","id":1,"result":1})", invalid, "'jsonrpc' must be \"2.0\""},
      {R"({"jsonrpc":"2.0"})", invalid, "neither 'method' nor 'result' nor 'error'"},
      {R"({"jsonrpc":"2.0","id":1})", invalid, "neither 'method' nor 'result' nor 'error'", 1},
      {R"({"jsonrpc":"2.0","id":1,"method":5})", invalid, "'method' must be a string", 1},
      {R"({"jsonrpc":"2.0","id":1,"method":"m","params":"x"})", invalid, "'params' must be an object or an array", 1},
      {R"({"jsonrpc":"2.0","method":"m","params":0})", invalid, "'params' must be an object or an array"},
      {R"({"jsonrpc":"2.0","id":null,"method":"m"})", invalid, "'id' must be a string or a 64-bit integer"},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", invalid, "'id' must be a string or a 64-bit integer"},
      {R"({"jsonrpc":"2.0","id":[1],"method":"m"})", invalid, "'id' must be a string or a 64-bit integer"},
      {R"({"jsonrpc":"2.0","id":9223372036854775808,"method":"m"})", invalid,
       "'id' must be a string or a 64-bit integer"},
      {R"({"jsonrpc":"2.0","result":1})", invalid, "a response needs an 'id'"},
      {R"({"jsonrpc":"2.0","id":1,"error":"no"})", invalid, "'error' of a response must be an object"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})", invalid, "'error' of a response needs 'code' and 'message'"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}})", invalid,
       "'error' of a response needs 'code' and 'message'"},
      {R"({"jsonrpc":"2.0","id":{},"error":{"code":1,"message":"no"}})", invalid, "a response has a broken 'id'"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.body.substr(0, 80));
    const Message message = parse_message(test.body);
    const auto* malformed = std::get_if<Malformed>(&message);
    REQUIRE(malformed != nullptr);
    CHECK(malformed->code == test.code);
    CHECK(malformed->message == test.message);
    CHECK(malformed->id == test.id);
  }
}

TEST_CASE("Nesting is allowed up to the limit, and brackets in strings do not nest") {
  CHECK(parse_json(nested_arrays(max_json_depth)).has_value());
  CHECK_FALSE(parse_json(nested_arrays(max_json_depth + 1)).has_value());
  const std::string brackets = R"(["\")" + std::string(1000, '[') + R"(\\", "{"])";
  CHECK(parse_json(brackets).has_value());
}

TEST_CASE("Half a surrogate pair becomes a replacement character, and costs no edit") {
  CHECK(parse_json(R"(["\ud800x\uDC00", "\ud83d\ude00\ude00", "\ud83d\ud83d\ude00", "\\ud800"])").value() ==
        json(R"(["\ufffdx\ufffd", "\ud83d\ude00\ufffd", "\ufffd\ud83d\ude00", "\\ud800"])"));
}

TEST_CASE("A message reads back as it was written") {
  const JsonValue params = json(R"({"x":[1,-2,"\u00e9\ud83d\ude00"],"y":{}})");
  CHECK(parse_message(write_request("a\"b", "textDocument/hover", params)) ==
        Message(Request{"a\"b", "textDocument/hover", params}));
  CHECK(write_request(1, "shutdown", {}) == R"({"jsonrpc":"2.0","id":1,"method":"shutdown"})");

  const std::string notification = write_notification("window/logMessage", json(R"([1])"));
  CHECK(notification == R"({"jsonrpc":"2.0","method":"window/logMessage","params":[1]})");
  CHECK(parse_message(notification) == Message(Notification{"window/logMessage", json(R"([1])")}));

  CHECK(write_response(Id(3), JsonText()) == R"({"jsonrpc":"2.0","id":3,"result":null})");
  CHECK(write_response(std::nullopt, failure(ErrorCode::parse_error, "a\nb")) ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a\nb"}})");
  CHECK(write_response(Id("x"), Unexpected({"no"})) ==
        R"({"jsonrpc":"2.0","id":"x","error":{"code":-32803,"message":"no"}})");
}

TEST_CASE("Bytes that are no UTF-8 are replaced on the way out") {
  CHECK(write_notification("m\xff", JsonValue(nlohmann::json{{"text", "caf\xe9"}})) ==
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\xef\xbf\xbd\",\"params\":{\"text\":\"caf\xef\xbf\xbd\"}}");
  CHECK(write_response(Id(1), Unexpected({"\xc3", 1})) ==
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"\xef\xbf\xbd\"}}");
}

// Each byte alone, before and behind every other, among them halves of characters and what JSON has to escape.
TEST_CASE("A string is written as the JSON library writes it") {
  std::vector<std::string> texts{"", "plain", "\xe2\x86\x92 caf\xc3\xa9 \xf0\x9f\x98\x80", "\xe2\x86", "a\xe2\x86z"};
  for (int first = 0; first < 256; ++first) {
    texts.push_back({static_cast<char>(first)});
    for (int second = 0; second < 256; ++second)
      texts.push_back({'a', static_cast<char>(first), static_cast<char>(second), 'z'});
  }
  std::size_t others = 0;
  for (const std::string& text : texts) {
    std::string written = "behind ";
    keyline::protocol::json_text::write_string(written, text);
    const auto replace = nlohmann::json::error_handler_t::replace;
    if (written != "behind " + nlohmann::json(text).dump(-1, ' ', false, replace)) ++others;
  }
  CHECK(others == 0);
}

TEST_CASE("Values are shared, and absent means null") {
  const JsonValue value = json(R"({"a":1})");
  const JsonValue copy = value;
  CHECK(&copy.get() == &value.get());
  CHECK(JsonValue().is_null());
  CHECK(json("null") == JsonValue());
  CHECK(value != JsonValue());
  CHECK(value.text() == R"({"a":1})");
}
