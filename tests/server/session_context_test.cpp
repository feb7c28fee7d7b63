// The build directory comes later than the text: what is answered before, when it is read again, and how often.

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::server::ContextQuery;
using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM alpine:3.20\nCOPY . .\nRUN make\n";

// Counts the loads and remembers what was asked.
struct Disk {
  std::vector<ContextQuery> queries;
  std::shared_ptr<const keyline::analysis::BuildContext> context =
      std::make_shared<FakeContext>(FakeContext::Files{{"a", "1"}});

  keyline::server::Surroundings surroundings() {
    return {[this](const ContextQuery& query, std::stop_token) {
      if (!query.for_ignore_file) queries.push_back(query);
      return context;
    }};
  }
};

const keyline::analysis::Snapshot& snapshot(FakeClient& client) {
  return *client.session.documents.find(uri)->snapshot;
}

void change_file(FakeClient& client, std::string_view changed) {
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", changed}, {"type", 2}}}}});
}

// As long without events as the server waits for more of them, and what it does then.
void quiet_moment(FakeClient& client) {
  client.clock.advance(std::chrono::milliseconds(100));
  client.work_off();
}

Json hints(FakeClient& client, std::int64_t id) { return client.responses(id).at(0).at("result"); }

std::int64_t ask_hints(FakeClient& client) {
  const Json range{{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 99}, {"character", 0}}}};
  return client.request("textDocument/inlayHint", {{"textDocument", {{"uri", uri}}}, {"range", range}});
}

}  // namespace

TEST_CASE("a document is analysed at once and again when its context is known") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(Json::object(), {{"workspaceFolders", {{{"uri", "file:///work"}, {"name", "work"}}}}});
  client.open(uri, text);
  client.drained();
  while (client.session.documents.find(uri)->snapshot == nullptr && client.work_once()) {}
  client.work_off();
  CHECK(&snapshot(client).context() == disk.context.get());
  REQUIRE(disk.queries.size() == 1);
  CHECK(disk.queries[0].dockerfile == "/work/Dockerfile");
  CHECK(disk.queries[0].folders == std::vector<std::string>{"/work"});
}

TEST_CASE("changed files lead to one more load, when it has been quiet for a moment") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  for (int file = 0; file < 500; ++file) change_file(client, "file:///work/src/" + std::to_string(file));
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  CHECK(disk.queries.size() == 1);
  quiet_moment(client);
  CHECK(disk.queries.size() == 2);
  change_file(client, "file:///work/.git/index");
  change_file(client, "file:///work/node_modules/left-pad/index.js");
  client.clock.advance(std::chrono::seconds(1));
  client.work_off();
  CHECK(disk.queries.size() == 2);
}

TEST_CASE("a change during a load is one more load after it, not a second at the same time") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  for (int change = 0; change < 3; ++change) {
    change_file(client, "file:///work/a");
    client.clock.advance(std::chrono::milliseconds(100));
    handle(client.session, keyline::server::TimerFired{keyline::server::Timer::context});
  }
  client.scheduler.stop_timer(keyline::server::Timer::context);
  client.work_off();
  CHECK(disk.queries.size() == 2);
}

TEST_CASE("a context that did not change is not analysed again") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto before = client.session.documents.find(uri)->snapshot;
  change_file(client, "file:///work/a");
  quiet_moment(client);
  CHECK(disk.queries.size() == 2);
  CHECK(disk.queries[1].previous == disk.context);
  CHECK(client.session.documents.find(uri)->snapshot == before);
}

TEST_CASE("an open .dockerignore counts instead of the one on disk") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  client.open("file:///work/.dockerignore", "src\n");
  quiet_moment(client);
  client.edit("file:///work/.dockerignore", 2, {1, 0, 1, 0}, "lib\n");
  quiet_moment(client);
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", "file:///work/.dockerignore"}}}});
  quiet_moment(client);
  REQUIRE(disk.queries.size() == 4);
  using Texts = std::map<std::string, std::string>;
  CHECK(disk.queries[0].overrides.empty());
  CHECK(disk.queries[1].overrides == Texts{{"/work/.dockerignore", "src\n"}});
  CHECK(disk.queries[2].overrides == Texts{{"/work/.dockerignore", "src\nlib\n"}});
  CHECK(disk.queries[3].overrides.empty());
  CHECK(client.diagnostics("file:///work/.dockerignore") == Json::array());
}

TEST_CASE("a client that can is told when the context arrives") {
  Disk disk;
  FakeClient client(disk.surroundings());
  const Json refresh{{"refreshSupport", true}};
  client.start({{"workspace", {{"inlayHint", refresh}, {"codeLens", refresh}}}}, Json::object());
  client.open(uri, text);
  client.work_off();
  CHECK(client.calls("workspace/inlayHint/refresh").size() == 1);
  CHECK(client.calls("workspace/codeLens/refresh").size() == 1);
  const std::int64_t id = ask_hints(client);
  client.work_off();
  CHECK(hints(client, id).is_array());
}

TEST_CASE("a client that cannot be told to ask again gets hints when they are complete") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  const std::int64_t id = ask_hints(client);
  client.drained();
  while (client.work_once() && client.responses(id).empty()) {}
  REQUIRE(client.responses(id).size() == 1);
  CHECK(snapshot(client).inputs.context == disk.context);
  CHECK(hints(client, id) == hints(client, [&] {
          const std::int64_t again = ask_hints(client);
          client.work_off();
          return again;
        }()));
}

TEST_CASE("a context that arrives for a document opened anew or closed is not taken") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.drained();
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  CHECK(client.session.documents.find(uri) == nullptr);
  client.open(uri, text);
  const auto opening = client.session.documents.find(uri)->opening;
  handle(client.session, keyline::server::ContextLoaded{"/work/Dockerfile", opening - 1,
                                                        std::make_shared<FakeContext>(FakeContext::Files{})});
  CHECK(client.session.documents.find(uri)->context == nullptr);
}

TEST_CASE("documents without a file have no context to wait for") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open("untitled:One", text);
  client.work_off();
  CHECK(disk.queries.empty());
  const Json document{{"textDocument", {{"uri", "untitled:One"}}}};
  CHECK(client.ask("textDocument/codeLens", document)["result"].is_array());
}
