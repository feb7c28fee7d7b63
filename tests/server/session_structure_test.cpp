// The shape of a Dockerfile as editors show it: outline, folds, growing selections, links, and steps that call steps.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text =
    "# syntax=docker/dockerfile:1\n"                // 0
    "# one\n"                                       // 1
    "# two\n"                                       // 2
    "ARG TAG=22\n"                                  // 3
    "FROM node:22 AS build\n"                       // 4
    "COPY package.json src/ ./\n"                   // 5
    "RUN --mount=type=cache,target=/c npm ci \\\n"  // 6
    "    && npm run build\n"                        // 7
    "RUN <<EOF\n"                                   // 8
    "echo hi\n"                                     // 9
    "EOF\n"                                         // 10
    "\n"                                            // 11
    "FROM bitnami/nginx\n"                          // 12
    "COPY --from=build /app /app\n";                // 13

const Json document{{"textDocument", {{"uri", uri}}}};

Json at(int line, int character) {
  Json params = document;
  params["position"] = {{"line", line}, {"character", character}};
  return params;
}

Json range(int line, int begin, int end_line, int end) {
  return {{"start", {{"line", line}, {"character", begin}}}, {"end", {{"line", end_line}, {"character", end}}}};
}

keyline::server::Surroundings with_files(FakeContext::Files files) {
  keyline::server::Surroundings around;
  around.load_context = [files](const keyline::server::ContextQuery& query, std::stop_token) {
    return query.previous ? query.previous : std::make_shared<const FakeContext>(files);
  };
  return around;
}

std::vector<std::string> names_of(const Json& symbols) {
  std::vector<std::string> names;
  for (const Json& symbol : symbols) names.push_back(symbol["name"]);
  return names;
}

}  // namespace

TEST_CASE("the outline has the instructions within their stages, for clients that show trees") {
  FakeClient client;
  client.start({{"textDocument", {{"documentSymbol", {{"hierarchicalDocumentSymbolSupport", true}}}}}}, Json::object());
  client.open(uri, text);
  const Json symbols = client.ask("textDocument/documentSymbol", document)["result"];
  CHECK(names_of(symbols) == std::vector<std::string>{"syntax=docker/dockerfile:1", "ARG TAG=22", "build", "stage 1"});
  CHECK(symbols[2]["detail"] == "FROM node:22 AS build");
  CHECK(symbols[2]["range"] == range(4, 0, 10, 3));
  CHECK(symbols[2]["selectionRange"] == range(4, 16, 4, 21));
  CHECK(names_of(symbols[2]["children"]) ==
        std::vector<std::string>{"COPY package.json src/ ./",
                                 "RUN --mount=type=cache,target=/c npm ci && npm run build", "RUN <<EOF"});
  CHECK(symbols[2]["children"][1]["detail"] == "[build 3/4]");
  CHECK(symbols[2]["children"][2]["range"] == range(8, 0, 10, 3));
}

TEST_CASE("the outline is a list that names the stage, for clients that show lists") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const Json symbols = client.ask("textDocument/documentSymbol", document)["result"];
  REQUIRE(symbols.size() == 8);
  CHECK(symbols[3]["containerName"] == "build");
  CHECK(symbols[3]["location"] == Json({{"uri", uri}, {"range", range(5, 0, 5, 25)}}));
  CHECK_FALSE(symbols[2].contains("containerName"));
}

TEST_CASE("stages of all open documents are found by letters of their names") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.open("file:///work/two.Dockerfile", "FROM a AS builder\nFROM b AS final\n");
  client.open("file:///work/.dockerignore", "build\n");
  client.work_off();
  const auto found = [&](std::string_view query) {
    return names_of(client.ask("workspace/symbol", {{"query", query}})["result"]);
  };
  CHECK(found("") == std::vector<std::string>{"build", "builder", "final"});
  CHECK(found("BLD") == std::vector<std::string>{"build", "builder"});
  CHECK(found("x").empty());
}

TEST_CASE("stages, continued lines, here-documents and comments fold") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const Json folds = client.ask("textDocument/foldingRange", document)["result"];
  CHECK(folds == Json::array({{{"startLine", 4}, {"endLine", 10}},
                              {{"startLine", 12}, {"endLine", 13}},
                              {{"startLine", 0}, {"endLine", 2}, {"kind", "comment"}},
                              {{"startLine", 6}, {"endLine", 7}},
                              {{"startLine", 8}, {"endLine", 10}}}));
  FakeClient modest;
  modest.start({{"textDocument", {{"foldingRange", {{"rangeLimit", 2}}}}}}, Json::object());
  modest.open(uri, text);
  CHECK(modest.ask("textDocument/foldingRange", document)["result"].size() == 2);
}

TEST_CASE("a selection grows from the word to the file, each step within the next") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  Json params = document;
  params["positions"] = Json::array({{{"line", 6}, {"character", 34}}, {{"line", 6}, {"character", 17}}});
  const Json answers = client.ask("textDocument/selectionRange", params)["result"];
  REQUIRE(answers.size() == 2);
  std::vector<Json> ranges;
  for (Json each = answers[0]; !each.is_null(); each = each.value("parent", Json())) ranges.push_back(each["range"]);
  CHECK(ranges == std::vector<Json>{range(6, 33, 6, 36), range(6, 33, 6, 39), range(6, 33, 7, 20), range(6, 0, 7, 20),
                                    range(4, 0, 10, 3), range(0, 0, 14, 0)});
  CHECK(answers[1]["range"] == range(6, 17, 6, 22));
  CHECK(answers[1]["parent"]["range"] == range(6, 12, 6, 22));
}

TEST_CASE("images lead to their pages and sources to their files") {
  FakeClient client(with_files({{"Dockerfile", {""}}, {"package.json", {"{}"}}, {"src/a", {"x"}}}));
  client.start();
  client.open(uri, text);
  client.work_off();
  const Json links = client.ask("textDocument/documentLink", document)["result"];
  CHECK(links ==
        Json::array({{{"range", range(0, 9, 0, 28)}, {"target", "https://hub.docker.com/r/docker/dockerfile"}},
                     {{"range", range(4, 5, 4, 12)}, {"target", "https://hub.docker.com/_/node"}},
                     {{"range", range(5, 5, 5, 17)}, {"target", "file:///work/package.json"}},
                     {{"range", range(12, 5, 12, 18)}, {"target", "https://hub.docker.com/r/bitnami/nginx"}}}));
}

TEST_CASE("a step is called by what it needs and calls what it invalidates") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const Json items = client.ask("textDocument/prepareCallHierarchy", at(5, 3))["result"];
  REQUIRE(items.size() == 1);
  CHECK(items[0]["name"] == "COPY package.json src/ ./");
  CHECK(items[0]["selectionRange"] == range(5, 0, 5, 4));
  const Json needs = client.ask("callHierarchy/incomingCalls", {{"item", items[0]}})["result"];
  REQUIRE(needs.size() == 1);
  CHECK(needs[0]["from"]["range"] == range(4, 0, 4, 21));
  const Json hits = client.ask("callHierarchy/outgoingCalls", {{"item", items[0]}})["result"];
  REQUIRE(hits.size() == 3);
  CHECK(hits[0]["to"]["detail"] == "[build 3/4] re-runs");
  CHECK(hits[2]["to"]["detail"] == "[stage-1 2/2] re-runs if content differs");
  const Json last = client.ask("callHierarchy/incomingCalls", {{"item", hits[2]["to"]}})["result"];
  REQUIRE(last.size() == 2);
  CHECK(last[0]["from"]["range"]["start"]["line"] == 8);
  CHECK(last[1]["from"]["range"]["start"]["line"] == 12);
}

TEST_CASE("a stage's name is edited at all of its places at once, where they are spelled alike") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const Json linked = client.ask("textDocument/linkedEditingRange", at(4, 17))["result"];
  CHECK(linked["ranges"] == Json::array({range(4, 16, 4, 21), range(13, 12, 13, 17)}));
  CHECK(client.ask("textDocument/linkedEditingRange", at(3, 5))["result"].is_null());
}
