// Compose and Bake files as documents: what is offered, told and linked about the builds in them.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/lsp/surroundings.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::server::StampedText;
using keyline::server::Surroundings;
using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto compose_uri = "file:///work/compose.yaml";
constexpr auto bake_uri = "file:///work/docker-bake.hcl";
constexpr auto compose =
    "services:\n"
    "  api:\n"
    "    build:\n"
    "      context: api\n"
    "      target: prod\n"
    "      args:\n"
    "        VERSION: 2\n"
    "        COLOUR: blue\n";
const std::map<std::string, std::string> disk{{"/work/api/Dockerfile",
                                               "ARG BASE=alpine\nFROM $BASE AS build\nARG VERSION=1\nFROM scratch AS "
                                               "prod\nCOPY a /a\nARG VERSION\nRUN make\nRUN other\n"}};

Surroundings surroundings() {
  Surroundings around;
  around.find_dockerfiles = [](const std::vector<std::string>&, std::stop_token) {
    std::vector<std::string> paths;
    paths.reserve(disk.size());
    for (const auto& [path, text] : disk) paths.push_back(path);
    return paths;
  };
  around.read_text = [](const std::string& path, const std::string&) -> std::optional<StampedText> {
    return StampedText{"1", std::make_shared<const std::string>(disk.at(path))};
  };
  return around;
}

void open_as(FakeClient& client, std::string_view uri, std::string_view language, std::string_view text) {
  client.notify("textDocument/didOpen",
                {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", 1}, {"text", text}}}});
  client.work_off();
}

void start(FakeClient& client) {
  client.start(Json{{"textDocument", {{"hover", {{"contentFormat", {"markdown"}}}}}}},
               Json{{"workspaceFolders", {{{"uri", "file:///work"}, {"name", "work"}}}}});
  open_as(client, compose_uri, "dockercompose", compose);
}

Json at(std::string_view uri, std::uint32_t line, std::uint32_t character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

std::string hover(FakeClient& client, std::uint32_t line, std::uint32_t character) {
  const Json result = client.ask("textDocument/hover", at(compose_uri, line, character)).at("result");
  return result.is_null() ? "" : result.at("contents").at("value").get<std::string>();
}

// The first target as "uri:line"; "" when there is none.
std::string definition(FakeClient& client, std::string_view uri, std::uint32_t line, std::uint32_t character) {
  const Json result = client.ask("textDocument/definition", at(uri, line, character)).at("result");
  if (result.empty()) return "";
  return result[0].at("uri").get<std::string>() + ":" +
         std::to_string(result[0].at("range").at("start").at("line").get<int>());
}

std::vector<std::string> labels(FakeClient& client, std::string_view uri, std::uint32_t line, std::uint32_t character) {
  std::vector<std::string> found;
  const Json list = client.ask("textDocument/completion", at(uri, line, character)).at("result");
  for (const Json& item : list.at("items")) found.push_back(item.at("label"));
  return found;
}

}  // namespace

TEST_CASE("a compose file offers what the Dockerfile of a build has") {
  FakeClient client(surroundings());
  start(client);
  CHECK(labels(client, compose_uri, 4, 18) == std::vector<std::string>{"build", "prod"});
  CHECK(labels(client, compose_uri, 6, 11) == std::vector<std::string>{"BASE", "VERSION"});
  CHECK(labels(client, compose_uri, 0, 3).empty());
}

TEST_CASE("a compose file tells what a build is made of") {
  FakeClient client(surroundings());
  start(client);
  CHECK(hover(client, 1, 3) ==
        "**service api**\n\n| | |\n|---|---|\n| context | `api` |\n| Dockerfile | `api/Dockerfile` |\n| target | "
        "`prod` |\n"
        "| `VERSION` | `2` |\n| `COLOUR` | `blue`, **no ARG takes it** |\n");
  CHECK(hover(client, 4, 16) == "Stage `prod` of `api/Dockerfile` line 4, from `scratch`");
  CHECK(hover(client, 6, 10) ==
        "`ARG VERSION` of `api/Dockerfile` line 3, by default `1`\n\nA new value re-runs 2 steps:\n\n- line 7: `[prod "
        "2/3] RUN make`\n- line 8: `[prod 3/3] "
        "RUN other`");
  CHECK(hover(client, 7, 10) == "`COLOUR` has no effect: no ARG of `api/Dockerfile` takes it");
  CHECK(hover(client, 0, 2).empty());
}

TEST_CASE("names in a build file lead to the Dockerfile") {
  FakeClient client(surroundings());
  start(client);
  CHECK(definition(client, compose_uri, 1, 3) == "file:///work/api/Dockerfile:0");
  CHECK(definition(client, compose_uri, 3, 16) == "file:///work/api/Dockerfile:0");
  CHECK(definition(client, compose_uri, 4, 16) == "file:///work/api/Dockerfile:3");
  CHECK(definition(client, compose_uri, 6, 10) == "file:///work/api/Dockerfile:2");
  CHECK(definition(client, compose_uri, 7, 10).empty());

  const Json links = client.ask("textDocument/documentLink", {{"textDocument", {{"uri", compose_uri}}}}).at("result");
  REQUIRE(links.size() == 1);
  CHECK(links[0].at("target") == "file:///work/api/Dockerfile");
  CHECK(links[0].at("range").at("start") == Json{{"line", 3}, {"character", 15}});
}

TEST_CASE("references of an argument are the ARG that takes it and the steps that another value re-runs") {
  FakeClient client(surroundings());
  start(client);
  const auto lines_of = [&](std::uint32_t line, std::uint32_t character, bool declaration) {
    Json params = at(compose_uri, line, character);
    params["context"] = {{"includeDeclaration", declaration}};
    std::vector<int> lines;
    const Json response = client.ask("textDocument/references", params);
    for (const Json& each : response.at("result")) {
      CHECK(each.at("uri") == "file:///work/api/Dockerfile");
      lines.push_back(each.at("range").at("start").at("line"));
    }
    return lines;
  };
  CHECK(lines_of(6, 10, true) == std::vector<int>{2, 6, 7});
  CHECK(lines_of(6, 10, false) == std::vector<int>{6, 7});
  CHECK(lines_of(7, 10, true).empty());
}

TEST_CASE("an open Dockerfile counts as it is in the editor") {
  FakeClient client(surroundings());
  start(client);
  open_as(client, "file:///work/api/Dockerfile", "dockerfile", "FROM scratch AS fresh\nARG NEW\n");
  CHECK(labels(client, compose_uri, 4, 18) == std::vector<std::string>{"fresh"});
  CHECK(labels(client, compose_uri, 6, 11) == std::vector<std::string>{"NEW"});
}

TEST_CASE("bake targets are symbols and lead to each other") {
  FakeClient client(surroundings());
  start(client);
  open_as(client, bake_uri, "dockerbake",
          "target \"base\" {\n  context = \"api\"\n}\ntarget \"app\" {\n  inherits = [\"base\"]\n  target = \"\"\n}\n"
          "group \"default\" { targets = [\"base\", \"app\"] }\n");
  CHECK(definition(client, bake_uri, 4, 16) == std::string(bake_uri) + ":0");
  CHECK(labels(client, bake_uri, 5, 12) == std::vector<std::string>{"build", "prod"});
  const Json symbols = client.ask("textDocument/documentSymbol", {{"textDocument", {{"uri", bake_uri}}}}).at("result");
  REQUIRE(symbols.size() == 2);
  CHECK(symbols[1].at("name") == "target app");
}

TEST_CASE("other YAML is left alone") {
  FakeClient client(surroundings());
  start(client);
  open_as(client, "file:///work/values.yaml", "yaml", "FROM: nothing\n");
  CHECK(client.ask("textDocument/hover", at("file:///work/values.yaml", 0, 1)).at("result").is_null());
  CHECK(client.diagnostics("file:///work/values.yaml").is_null());
  // A question that has no answer for build files is answered as if none were open.
  CHECK(client.ask("textDocument/foldingRange", {{"textDocument", {{"uri", compose_uri}}}}).at("result").empty());
}
