// Diagnostics by exactly one channel: pushed to clients that do not pull, and pulled by those that do.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM alpine:3.20\nWORKDIR app\n";
constexpr auto method = "textDocument/diagnostic";

Json pulling(bool refreshes) {
  return {{"textDocument", {{"diagnostic", Json::object()}}},
          {"workspace", {{"diagnostics", {{"refreshSupport", refreshes}}}}}};
}

Json about(const Json& previous = nullptr) {
  Json params{{"textDocument", {{"uri", uri}}}};
  if (!previous.is_null()) params["previousResultId"] = previous;
  return params;
}

std::size_t count(const Json& response) { return response.at("result").at("items").size(); }

}  // namespace

TEST_CASE("a client that pulls diagnostics is never pushed any, and one that does not is offered no pull") {
  FakeClient pulls;
  CHECK(pulls.start(pulling(true), Json::object())["capabilities"].contains("diagnosticProvider"));
  pulls.open(uri, text);
  pulls.work_off();
  pulls.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  pulls.work_off();
  CHECK(pulls.calls("textDocument/publishDiagnostics").empty());

  FakeClient pushed;
  CHECK_FALSE(pushed.start()["capabilities"].contains("diagnosticProvider"));
  pushed.open(uri, text);
  pushed.work_off();
  CHECK(pushed.calls("textDocument/publishDiagnostics").size() == 1);
}

TEST_CASE("a report that the client has already is not sent again") {
  FakeClient client;
  client.start(pulling(true), Json::object());
  client.open(uri, text);
  const Json first = client.ask(method, about())["result"];
  CHECK(first["kind"] == "full");
  REQUIRE(first["items"].size() == 1);
  CHECK(first["items"][0]["code"] == "relative-workdir");
  const Json again = client.ask(method, about(first["resultId"]))["result"];
  CHECK(again == Json{{"kind", "unchanged"}, {"resultId", first["resultId"]}});
  client.edit(uri, 2, {1, 8, 1, 8}, "/");
  const Json changed = client.ask(method, about(first["resultId"]))["result"];
  CHECK(changed["kind"] == "full");
  CHECK(changed["items"].empty());
}

TEST_CASE("a pull that an edit crosses is answered once, about the newest text") {
  FakeClient client;
  client.start(pulling(true), Json::object());
  client.open(uri, text);
  SECTION("before anybody looked") {}
  SECTION("while its analysis is about to run") { client.drained(); }
  const std::int64_t id = client.request(method, about());
  client.edit(uri, 2, {1, 8, 1, 8}, "/");
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(count(client.responses(id)[0]) == 0);
}

TEST_CASE("a pull about a document that is not open, or that is closed meanwhile, finds nothing") {
  FakeClient client;
  client.start(pulling(true), Json::object());
  CHECK(count(client.ask(method, about())) == 0);
  client.open(uri, text);
  const std::int64_t id = client.request(method, about());
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(count(client.responses(id)[0]) == 0);
}

TEST_CASE("what the build directory tells reaches a client that pulls") {
  keyline::server::Surroundings around;
  around.load_context = [](const keyline::server::ContextQuery&, const std::stop_token&) {
    return std::make_shared<keyline::tests::FakeContext>(keyline::tests::FakeContext::Files{{"a", "1"}});
  };
  const bool refreshes = GENERATE(true, false);
  FakeClient client(std::move(around));
  client.start(pulling(refreshes), Json::object());
  client.open(uri, "FROM alpine:3.20\nCOPY b /\n");
  Json last = client.ask(method, about());
  // It is asked to come again, or is made to wait for the whole answer.
  CHECK(client.calls("workspace/diagnostic/refresh").size() == (refreshes ? 1 : 0));
  if (refreshes) last = client.ask(method, about());
  CHECK(count(last) == 1);
}
