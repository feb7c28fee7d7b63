// Completion and signature help as a client sees them.

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

}  // namespace

TEST_CASE("completion replaces the word under the cursor, and says more when asked") {
  FakeClient client;
  const Json capabilities =
      client.start({{"textDocument", {{"completion", {{"completionItem", {{"documentationFormat", {"markdown"}}}}}}}}},
                   Json::object())["capabilities"];
  CHECK(capabilities["completionProvider"]["resolveProvider"] == true);
  client.open(uri, "FROM é AS base\nFROM b\nCOPY --from=ba\n");
  const Json list = client.ask("textDocument/completion", at(2, 14))["result"];
  REQUIRE(list["items"].size() == 3);
  CHECK(list["items"][0]["label"] == "base");
  CHECK(list["items"][0]["textEdit"]["range"] ==
        Json{{"start", {{"line", 2}, {"character", 12}}}, {"end", {{"line", 2}, {"character", 14}}}});

  const Json flags = client.ask("textDocument/completion", at(2, 7))["result"]["items"];
  const Json resolved = client.ask("completionItem/resolve", flags.at(0))["result"];
  CHECK(resolved["documentation"]["kind"] == "markdown");
  CHECK(resolved["documentation"]["value"].get<std::string>().find("`--from=") == 0);
  Json edited = resolved;
  edited.erase("documentation");
  CHECK(edited == flags.at(0));
}

TEST_CASE("completion knows the images of other open documents") {
  FakeClient client;
  client.start();
  client.open("file:///work/other/Dockerfile", "FROM registry.example/base:7\n");
  client.open(uri, "FROM \n");
  client.work_off();
  const Json items = client.ask("textDocument/completion", at(0, 5))["result"]["items"];
  CHECK(items.back()["label"] == "registry.example/base:7");
  CHECK(client
            .ask("textDocument/completion", {{"textDocument", {{"uri", "file:///none"}}},
                                             {"position", {{"line", 0}, {"character", 0}}}})["result"]["items"]
            .empty());
}

TEST_CASE("signature help names the parameter under the cursor") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM a\nCOPY a \n");
  const Json help = client.ask("textDocument/signatureHelp", at(1, 7))["result"];
  CHECK(help["signatures"][0]["label"] == "COPY [OPTIONS] <src>... <dest>");
  CHECK(help["activeSignature"] == 0);
  CHECK(help["activeParameter"] == 2);
  CHECK(client.ask("textDocument/signatureHelp", at(2, 0))["result"].is_null());
}
