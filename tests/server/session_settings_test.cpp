// Where settings come from during a session, and what a change of them does.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM alpine:3.20\nCOPY . .\nRUN make\n";

const Json asks{{"workspace", {{"configuration", true}}}};

void answer_configuration(FakeClient& client, const Json& result) {
  const Json call = client.calls("workspace/configuration").back();
  client.send_raw(Json{{"jsonrpc", "2.0"}, {"id", call["id"]}, {"result", result}}.dump());
  client.work_off();
}

bool has_hints(FakeClient& client) {
  const Json range{{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 99}, {"character", 0}}}};
  const Json response = client.ask("textDocument/inlayHint", {{"textDocument", {{"uri", uri}}}, {"range", range}});
  return !response["result"].empty();
}

}  // namespace

TEST_CASE("settings come with initialize") {
  FakeClient client;
  client.start(Json::object(), {{"initializationOptions", {{"inlayHints", false}, {"target", "build"}}}});
  CHECK_FALSE(client.session.settings->inlay_hints);
  CHECK(client.session.settings->target == "build");
  client.open(uri, text);
  CHECK_FALSE(has_hints(client));
}

TEST_CASE("a client that can be asked is asked, and may have nothing to say") {
  FakeClient client;
  client.start(asks, {{"initializationOptions", {{"target", "first"}}}});
  REQUIRE(client.calls("workspace/configuration").size() == 1);
  CHECK(client.calls("workspace/configuration")[0]["params"]["items"][0]["section"] == "keyline");
  answer_configuration(client, Json::array({nullptr}));
  CHECK(client.session.settings->target == "first");
  client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  client.work_off();
  REQUIRE(client.calls("workspace/configuration").size() == 2);
  answer_configuration(client, Json::array({{{"target", "second"}}}));
  CHECK(client.session.settings->target == "second");
  answer_configuration(client, Json::array({{{"target", "an answer to a question long answered"}}}));
  CHECK(client.session.settings->target == "second");
}

TEST_CASE("nonsense for an answer changes nothing") {
  FakeClient client;
  client.start(asks, Json::object());
  SECTION("an error") {
    const Json call = client.calls("workspace/configuration").back();
    client.send_raw(
        Json{{"jsonrpc", "2.0"}, {"id", call["id"]}, {"error", {{"code", -32601}, {"message", "no"}}}}.dump());
  }
  SECTION("no list") { answer_configuration(client, 7); }
  SECTION("an empty list") { answer_configuration(client, Json::array()); }
  client.work_off();
  CHECK(*client.session.settings == keyline::server::Settings{});
}

TEST_CASE("a client that pushes is heard") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.work_off();
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"keyline", {{"inlayHints", false}}}}}});
  client.work_off();
  CHECK_FALSE(client.session.settings->inlay_hints);
  client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  CHECK_FALSE(client.session.settings->inlay_hints);
}

TEST_CASE("a setting of the wrong type is named once and the others count") {
  FakeClient client;
  const Json options{{"inlayHints", "yes"}, {"target", "build"}};
  client.start(Json::object(), {{"initializationOptions", options}});
  const std::vector<Json> messages = client.calls("window/showMessage");
  REQUIRE(messages.size() == 1);
  CHECK(messages[0]["params"]["message"].get<std::string>().find("inlayHints") != std::string::npos);
  CHECK(client.session.settings->inlay_hints);
  CHECK(client.session.settings->target == "build");
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"keyline", options}}}});
  client.work_off();
  CHECK(client.calls("window/showMessage").size() == 1);
}

TEST_CASE("a change of settings is a new analysis of the same text") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto before = client.session.documents.find(uri)->snapshot;
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"keyline", {{"target", "other"}}}}}});
  client.work_off();
  const auto after = client.session.documents.find(uri)->snapshot;
  CHECK(after != before);
  CHECK(after->inputs.build.target == "other");
}
