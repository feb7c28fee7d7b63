// What the protocol asks for at the beginning and the end of a session, and when a message makes no sense.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";

Json at(int line, int character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

int error_code(const Json& response) { return response.at("error").at("code").get<int>(); }

}  // namespace

TEST_CASE("before initialize only initialize is answered") {
  FakeClient client;
  CHECK(error_code(client.ask("textDocument/hover", at(0, 0))) == -32002);
  CHECK(error_code(client.ask("shutdown", nullptr)) == -32002);
  CHECK(error_code(client.ask("no/such", Json::object())) == -32002);
  client.open(uri, "FROM a\n");
  client.work_off();
  CHECK(client.diagnostics(uri).is_null());
  CHECK(client.start().at("capabilities").at("hoverProvider") == true);
}

TEST_CASE("initialize is sent once, and can be sent again only when it failed") {
  FakeClient client;
  const Json broken = client.ask("initialize", {{"capabilities", 7}});
  CHECK(error_code(broken) == -32602);
  CHECK(broken["error"]["message"].get<std::string>().find("capabilities") != std::string::npos);
  client.start();
  CHECK(error_code(client.ask("initialize", {{"capabilities", Json::object()}})) == -32600);
}

TEST_CASE("capabilities follow what the client announced") {
  FakeClient client;
  const Json result = client.start({{"general", {{"positionEncodings", {"utf-16", "utf-8"}}}}}, Json::object());
  CHECK(result["capabilities"]["positionEncoding"] == "utf-8");
  CHECK(result["capabilities"]["textDocumentSync"]["change"] == 2);
  CHECK(result["serverInfo"]["name"] == "keyline");
  CHECK(client.calls("client/registerCapability").empty());
  CHECK(client.calls("workspace/configuration").empty());
  CHECK_FALSE(result["capabilities"].contains("diagnosticProvider"));
}

TEST_CASE("files and settings are watched where the client can register that") {
  FakeClient client;
  const Json dynamic{{"dynamicRegistration", true}};
  client.start({{"workspace", {{"didChangeWatchedFiles", dynamic}, {"didChangeConfiguration", dynamic}}}},
               Json::object());
  const std::vector<Json> calls = client.calls("client/registerCapability");
  REQUIRE(calls.size() == 1);
  const Json& registrations = calls[0]["params"]["registrations"];
  REQUIRE(registrations.size() == 2);
  CHECK(registrations[0]["method"] == "workspace/didChangeWatchedFiles");
  CHECK(registrations[0]["registerOptions"]["watchers"][0]["globPattern"] == "**/*");
  CHECK(registrations[1]["registerOptions"]["section"] == "keyline");
}

TEST_CASE("unknown requests are refused and unknown notifications ignored") {
  FakeClient client;
  client.start();
  CHECK(error_code(client.ask("textDocument/nonsense", Json::object())) == -32601);
  CHECK(error_code(client.ask("$/nonsense", Json::object())) == -32601);
  CHECK(error_code(client.ask("textDocument/didOpen", Json::object())) == -32601);
  client.forget_received();
  client.notify("textDocument/nonsense", Json::object());
  client.notify("$/nonsense", Json::object());
  client.notify("textDocument/hover", at(0, 0));
  client.work_off();
  CHECK(client.received().empty());
}

TEST_CASE("wrong parameters are named by their path") {
  FakeClient client;
  client.start();
  const Json response = client.ask("textDocument/hover",
                                   {{"textDocument", {{"uri", uri}}}, {"position", {{"line", "x"}, {"character", 0}}}});
  CHECK(error_code(response) == -32602);
  CHECK(response["error"]["message"].get<std::string>().find("position.line") != std::string::npos);
  CHECK(error_code(client.ask("textDocument/hover", nullptr)) == -32602);
  client.notify("textDocument/didOpen", {{"textDocument", 3}});
  client.notify("textDocument/didChange", Json::object());
  CHECK(client.ask("shutdown", nullptr).at("result").is_null());
}

TEST_CASE("what is no message is answered as JSON-RPC asks and the session goes on") {
  FakeClient client;
  client.start();
  client.forget_received();
  client.send_raw("{");
  client.send_raw("[]");
  client.send_raw(R"({"jsonrpc":"2.0","id":5,"method":7})");
  client.send_raw(R"({"jsonrpc":"2.0","id":99,"result":null})");
  client.work_off();
  const std::vector<Json> answers = client.received();
  REQUIRE(answers.size() == 3);
  CHECK(error_code(answers[0]) == -32700);
  CHECK(answers[0]["id"].is_null());
  CHECK(error_code(answers[1]) == -32600);
  CHECK(answers[2]["id"] == 5);
  CHECK(error_code(answers[2]) == -32600);
  CHECK(client.ask("shutdown", nullptr).contains("result"));
}

TEST_CASE("after shutdown nothing is answered any more, and exit ends with 0") {
  FakeClient client;
  client.start();
  CHECK(client.ask("shutdown", nullptr).at("result").is_null());
  CHECK(error_code(client.ask("textDocument/hover", at(0, 0))) == -32600);
  CHECK(error_code(client.ask("shutdown", nullptr)) == -32600);
  CHECK(error_code(client.ask("no/such", nullptr)) == -32600);
  CHECK_FALSE(client.finished());
  client.notify("exit", nullptr);
  CHECK(client.finished());
  CHECK(client.session.exit_code == 0);
}

TEST_CASE("exit without shutdown ends with 1, even before initialize") {
  FakeClient fresh;
  fresh.notify("exit", nullptr);
  CHECK(fresh.finished());
  CHECK(fresh.session.exit_code == 1);
  FakeClient client;
  client.start();
  client.notify("exit", nullptr);
  CHECK(client.finished());
  CHECK(client.session.exit_code == 1);
}

TEST_CASE("the end of the input ends the session") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\n");
  client.drained();
  keyline::server::handle(client.session, keyline::server::InputEnded{});
  CHECK(client.finished());
  CHECK(client.session.exit_code == 1);
  client.work_off();
  CHECK(client.diagnostics(uri).is_null());

  FakeClient polite;
  polite.start();
  polite.ask("shutdown", nullptr);
  keyline::server::handle(polite.session, keyline::server::InputEnded{});
  CHECK(polite.session.exit_code == 0);
}

TEST_CASE("the server leaves soon after the process that started it is gone") {
  bool alive = true;
  FakeClient client({.is_alive = [&](int process) {
    CHECK(process == 4711);
    return alive;
  }});
  client.start(Json::object(), {{"processId", 4711}});
  client.clock.advance(std::chrono::seconds(3));
  client.work_off();
  CHECK_FALSE(client.finished());
  alive = false;
  client.work_off();
  CHECK_FALSE(client.finished());
  client.clock.advance(std::chrono::seconds(3));
  client.work_off();
  CHECK(client.finished());
}

TEST_CASE("ids may be texts, and an id in use is refused while the first is still answered") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM alpine:3.20\nRUN true\n");
  const std::string hover =
      Json{{"jsonrpc", "2.0"}, {"id", "one"}, {"method", "textDocument/hover"}, {"params", at(1, 1)}}.dump();
  client.send_raw(hover);
  client.send_raw(hover);
  client.work_off();
  const std::vector<Json> answers = client.responses("one");
  REQUIRE(answers.size() == 2);
  CHECK(error_code(answers[0]) == -32600);
  CHECK(answers[1].contains("result"));
  client.send_raw(hover);
  client.work_off();
  CHECK(client.responses("one").size() == 3);
}
