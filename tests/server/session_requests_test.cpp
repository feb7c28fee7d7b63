// Requests about documents: each gets exactly one answer, whatever edits, cancellations and endings cross it.

#include <map>
#include <random>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM alpine:3.20\nCOPY . .\nRUN make\n";

Json at(int line, int character) {
  return {{"textDocument", {{"uri", uri}}}, {"position", {{"line", line}, {"character", character}}}};
}

int error_code(const Json& response) { return response.at("error").at("code").get<int>(); }

void cancel(FakeClient& client, std::int64_t id) { client.notify("$/cancelRequest", {{"id", id}}); }

}  // namespace

TEST_CASE("a request before the first analysis waits for it") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const std::int64_t id = client.request("textDocument/hover", at(2, 1));
  CHECK(client.responses(id).empty());
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0]["result"].is_object());
}

TEST_CASE("a request behind an edit is answered from the edited text") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.work_off();
  client.edit(uri, 2, {0, 0, 0, 0}, "# one\n# two\n");
  const Json response = client.ask("textDocument/hover", at(4, 1));
  CHECK(response["result"]["range"]["start"]["line"] == 4);
}

TEST_CASE("a request about a text that changed before anybody looked is told so") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const std::int64_t id = client.request("textDocument/hover", at(2, 1));
  client.edit(uri, 2, {0, 0, 0, 0}, "# one\n");
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(error_code(client.responses(id)[0]) == -32801);
}

TEST_CASE("a request whose analysis was stopped by an edit is told so") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.drained();
  const std::int64_t id = client.request("textDocument/hover", at(2, 1));
  client.edit(uri, 2, {0, 0, 0, 0}, "# one\n");
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(error_code(client.responses(id)[0]) == -32801);
}

TEST_CASE("a request whose answer was ready to be computed survives the next edit") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  client.work_off();
  const std::int64_t id = client.request("textDocument/hover", at(2, 1));
  client.edit(uri, 2, {0, 0, 0, 0}, "# one\n");
  client.work_off();
  CHECK(client.responses(id).at(0)["result"]["range"]["start"]["line"] == 2);
}

TEST_CASE("cancelling is answered once, before, while and after the work") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const std::int64_t waiting = client.request("textDocument/hover", at(2, 1));
  cancel(client, waiting);
  cancel(client, waiting);
  client.work_off();
  REQUIRE(client.responses(waiting).size() == 1);
  CHECK(error_code(client.responses(waiting)[0]) == -32800);

  const std::int64_t running = client.request("textDocument/hover", at(2, 1));
  cancel(client, running);
  client.work_off();
  REQUIRE(client.responses(running).size() == 1);
  CHECK(error_code(client.responses(running)[0]) == -32800);

  const std::int64_t done = client.request("textDocument/hover", at(2, 1));
  client.work_off();
  cancel(client, done);
  client.work_off();
  REQUIRE(client.responses(done).size() == 1);
  CHECK(client.responses(done)[0].contains("result"));
  cancel(client, 12345);
  client.notify("$/cancelRequest", {{"id", nullptr}});
}

TEST_CASE("a document that is not open has nothing to say") {
  FakeClient client;
  client.start();
  CHECK(client.ask("textDocument/hover", at(0, 0))["result"].is_null());
  const Json document{{"textDocument", {{"uri", uri}}}};
  CHECK(client.ask("textDocument/codeLens", document)["result"] == Json::array());
  CHECK(client
            .ask("workspace/executeCommand",
                 {{"command", "keyline.explain"},
                  {"arguments", {{{"uri", uri}, {"position", {{"line", 0}, {"character", 0}}}}}}})["result"]
            .is_null());
}

TEST_CASE("closing answers what is still open") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const std::int64_t waiting = client.request("textDocument/hover", at(2, 1));
  client.drained();
  const std::int64_t running = client.request("textDocument/codeLens", {{"textDocument", {{"uri", uri}}}});
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  CHECK(client.responses(waiting).size() == 1);
  REQUIRE(client.responses(running).size() == 1);
  CHECK(client.responses(running)[0]["result"] == Json::array());
}

TEST_CASE("commands are refused by what is wrong with them") {
  FakeClient client;
  client.start();
  client.open(uri, text);
  const auto run = [&](const Json& params) { return client.ask("workspace/executeCommand", params); };
  CHECK(error_code(run({{"command", "keyline.nonsense"}})) == -32602);
  CHECK(error_code(run({{"command", "keyline.explain"}})) == -32602);
  const Json wrong = run({{"command", "keyline.explain"}, {"arguments", {{{"uri", uri}}}}});
  CHECK(error_code(wrong) == -32602);
  CHECK(wrong["error"]["message"].get<std::string>().find("arguments[0]: position") != std::string::npos);
  CHECK(error_code(run({{"command", "keyline.showInvalidation"}, {"arguments", {{{"uri", uri}, {"stage", -1}}}}})) ==
        -32602);
}

TEST_CASE("commands say what a change re-runs, and why something is silent") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM alpine:3.20\nARG V\nCOPY a b\nRUN make\n");
  const auto run = [&](const std::string& command, Json argument) {
    argument["uri"] = uri;
    const Json response =
        client.ask("workspace/executeCommand", {{"command", command}, {"arguments", Json::array({argument})}});
    return response.at("result").get<std::string>();
  };
  CHECK(run("keyline.whatIf", {{"arguments", {"V=2"}}}).find("RUN make") != std::string::npos);
  CHECK(run("keyline.whatIf", {{"arguments", {"W=2"}}}).find("RUN make") == std::string::npos);
  const std::string status = run("keyline.status", Json::object());
  CHECK(status.find("Build directory:** not known") != std::string::npos);
  CHECK(status.find("no build of this Dockerfile is remembered") != std::string::npos);
}

TEST_CASE("the stage graph is answered as an editor draws it") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM alpine:3.20 AS build\nENV A=1\nRUN make\n\nFROM scratch\nCOPY --from=build \\\n  /a /a\n", 7);
  const Json graph =
      client.ask("workspace/executeCommand",
                 {{"command", "keyline.stageGraph"}, {"arguments", Json::array({Json{{"uri", uri}}})}})["result"];
  CHECK(graph["version"] == 7);
  CHECK(graph["forecast"] == false);
  CHECK(graph["context"]["known"] == false);
  CHECK_FALSE(graph["context"]["reason"].get<std::string>().empty());
  REQUIRE(graph["stages"].size() == 2);
  CHECK(graph["stages"][0]["title"] == "build");
  CHECK(graph["stages"][0]["base"] == "alpine:3.20");
  CHECK(graph["stages"][0]["target"] == false);
  CHECK(graph["stages"][1]["target"] == true);
  REQUIRE(graph["stages"][0]["steps"].size() == 1);
  const Json& step = graph["stages"][0]["steps"][0];
  CHECK(step["text"] == "RUN make");
  CHECK(step["fate"] == "cached");
  CHECK(step["detail"].get<std::string>().find("independent of the build context") == 0);
  CHECK(step["range"]["start"] == Json{{"line", 2}, {"character", 0}});
  CHECK(graph["edges"] == Json::array({Json{{"kind", "files"}, {"from", 0}, {"to", 1}, {"step", 0}}}));
  CHECK(error_code(client.ask("workspace/executeCommand", {{"command", "keyline.stageGraph"}})) == -32602);
}

TEST_CASE("resolving gives back the action as it came") {
  FakeClient client;
  client.start();
  const Json action{{"title", "anything"}, {"unknown", {{"deep", 1}}}};
  CHECK(client.ask("codeAction/resolve", action)["result"] == action);
}

TEST_CASE("every request gets exactly one answer in any order of things") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto dice = [&](unsigned sides) { return static_cast<unsigned>(random() % sides); };
    FakeClient client;
    client.start();
    std::vector<std::int64_t> asked;
    int version = 1;
    client.open(uri, text, version);
    for (int step = 0; step < 120; ++step) {
      switch (dice(9)) {
        case 0:
          client.open(uri, text, ++version);
          break;
        case 1:
          client.edit(uri, ++version, {dice(4), dice(9), dice(4), dice(9)}, dice(2) == 0 ? "x" : "RUN y\n");
          break;
        case 2:
          asked.push_back(client.request("textDocument/hover", at(static_cast<int>(dice(4)), 1)));
          break;
        case 3:
          asked.push_back(client.request(
              "textDocument/codeAction",
              {{"textDocument", {{"uri", uri}}},
               {"range", {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 9}, {"character", 0}}}}},
               {"context", {{"diagnostics", Json::array()}}}}));
          break;
        case 4:
          if (!asked.empty()) cancel(client, asked[dice(static_cast<unsigned>(asked.size()))]);
          break;
        case 5:
          client.drained();
          break;
        case 6:
        case 7:
          client.work_once();
          break;
        case 8:
          if (dice(6) == 0) client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
          break;
      }
    }
    client.work_off();
    std::map<std::int64_t, int> answers;
    for (const Json& message : client.received()) {
      if (!message.contains("method")) ++answers[message.at("id").get<std::int64_t>()];
    }
    for (const std::int64_t id : asked) CHECK(answers[id] == 1);
    CHECK(client.session.requests.all().empty());
  }
}

TEST_CASE("the light bulb offers repairs of its line, and only who asks for all of the file's gets them") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n");
  client.work_off();
  const auto kinds = [&](const Json& context) {
    Json asked = context;
    asked["diagnostics"] = Json::array();
    const Json place{{"line", 3}, {"character", 4}};
    const Json answer = client.ask(
        "textDocument/codeAction",
        {{"textDocument", {{"uri", uri}}}, {"range", {{"start", place}, {"end", place}}}, {"context", asked}});
    std::vector<std::string> found;
    for (const Json& action : answer.at("result")) {
      const std::string title = action.at("title");
      if (!title.starts_with("Ignore")) found.push_back(title);
    }
    return found;
  };
  const std::string repair = "Add a cache mount for npm", all = "Apply all safe keyline fixes";
  CHECK(kinds({{"triggerKind", 2}}) == std::vector<std::string>{repair});
  CHECK(kinds({{"triggerKind", 1}}) == std::vector<std::string>{repair, all});
  CHECK(kinds(Json::object()) == std::vector<std::string>{repair, all});
  CHECK(kinds({{"triggerKind", 2}, {"only", {"source.fixAll"}}}) == std::vector<std::string>{all});
}

TEST_CASE("the light bulb's repairs follow the text, however often it was asked") {
  FakeClient client;
  client.start();
  client.open(uri, "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n");
  client.work_off();
  const auto repaired_line = [&](int line) {
    const Json place{{"line", line}, {"character", 4}};
    const Json answer = client.ask("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                                               {"range", {{"start", place}, {"end", place}}},
                                                               {"context", {{"diagnostics", Json::array()}}}});
    return answer.at("result").at(0).at("edit").at("changes").at(uri).at(0).at("range").at("start").at("line");
  };
  CHECK(repaired_line(3) == 3);
  CHECK(repaired_line(3) == 3);
  client.edit(uri, 2, {1, 0, 1, 0}, "# one\n# two\n");
  CHECK(repaired_line(5) == 5);
}

TEST_CASE("a question for the disk waits until the analysis is finished, which another thread may be at") {
  keyline::server::Surroundings around;
  around.record_build = [](const keyline::server::ContextQuery&) { return "remembered"; };
  FakeClient client(std::move(around), keyline::server::Scheduler::Mode::threads);
  client.start();
  client.open(uri, text);
  const std::int64_t id = client.request(
      "workspace/executeCommand", {{"command", "keyline.recordBuild"}, {"arguments", Json::array({{{"uri", uri}}})}});
  client.drained();
  while (client.responses(id).empty()) client.scheduler.wait_one();
  CHECK(client.responses(id)[0].contains("result"));
}
