// What the files of the build directory contain comes after the listing; how long that takes is shown, and can be
// stopped.

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::analysis::BuildContext;
using keyline::analysis::ContextEntry;
using keyline::server::ContextQuery;
using keyline::server::DiskProgress;
using keyline::server::Timer;
using keyline::server::TimerFired;
using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM alpine:3.20\nCOPY a /\n";

// A listing whose files all have the same content.
class Hashed final : public BuildContext {
 public:
  Hashed(std::shared_ptr<const BuildContext> listed, std::string_view content)
      : listed_(std::move(listed)), entries_(listed_->entries()) {
    for (ContextEntry& entry : entries_) entry.content = keyline::analysis::hash_content(content);
  }
  bool complete() const override { return true; }
  std::string unknown_reason() const override { return {}; }
  const std::vector<ContextEntry>& entries() const override { return entries_; }
  const std::vector<keyline::analysis::HiddenEntry>& hidden() const override { return listed_->hidden(); }
  const keyline::analysis::Dockerignore& dockerignore() const override { return listed_->dockerignore(); }
  std::optional<std::string_view> text(std::string_view path) const override { return listed_->text(path); }
  std::string_view dockerfile_path() const override { return listed_->dockerfile_path(); }

 private:
  std::shared_ptr<const BuildContext> listed_;
  std::vector<ContextEntry> entries_;
};

struct Disk {
  std::shared_ptr<const BuildContext> listing =
      std::make_shared<FakeContext>(FakeContext::Files{{"a", "1"}, {"Dockerfile", text}});
  std::string content = "1";
  std::size_t listed = 0;
  std::vector<ContextQuery> hashed;
  std::stop_token stop;

  keyline::server::Surroundings surroundings() {
    return {.load_context =
                [this](const ContextQuery&, std::stop_token) {
                  ++listed;
                  return listing;
                },
            .hash_context =
                [this](const ContextQuery& query, const std::shared_ptr<const BuildContext>& from,
                       DiskProgress& progress, std::stop_token token) {
                  hashed.push_back(query);
                  stop = std::move(token);
                  progress.files = 10;
                  progress.files_done = 4;
                  progress.bytes = 1000;
                  progress.bytes_done = 250;
                  return std::make_shared<const Hashed>(from, content);
                }};
  }
};

const BuildContext& seen(FakeClient& client) { return client.session.documents.find(uri)->snapshot->context(); }

Json progress_capability() { return {{"window", {{"workDoneProgress", true}}}}; }

void quiet_moment(FakeClient& client) {
  client.clock.advance(std::chrono::milliseconds(100));
  client.work_off();
}

void answer(FakeClient& client, const Json& request, const Json& result) {
  Json message{{"jsonrpc", "2.0"}, {"id", request.at("id")}};
  message.update(result);
  client.send_raw(message.dump());
}

std::vector<Json> progress_values(const FakeClient& client) {
  std::vector<Json> values;
  for (const Json& call : client.calls("$/progress")) values.push_back(call["params"]["value"]);
  return values;
}

}  // namespace

TEST_CASE("a document is analysed with the listing before contents are known, and again with them") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.drained();
  bool had_listing = false;
  while (client.work_once()) {
    const auto& snapshot = client.session.documents.find(uri)->snapshot;
    had_listing = had_listing || (snapshot && &snapshot->context() == disk.listing.get());
  }
  CHECK(had_listing);
  CHECK(seen(client).entries().at(1).content == keyline::analysis::hash_content("1"));
  REQUIRE(disk.hashed.size() == 1);
  CHECK(disk.hashed[0].open_texts == std::map<std::string, std::string>{{"/work/Dockerfile", text}});
}

TEST_CASE("contents that are known stay until the new ones are") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  disk.content = "2";
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", "file:///work/a"}, {"type", 2}}}}});
  client.drained();
  client.clock.advance(std::chrono::milliseconds(100));
  while (client.work_once()) CHECK(seen(client).entries().at(1).content.has_value());
  CHECK(disk.listed == 2);
  CHECK(seen(client).entries().at(1).content == keyline::analysis::hash_content("2"));
}

TEST_CASE("an edit that takes other files hashes them without another walk") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  client.edit(uri, 2, {1, 0, 1, 0}, "# nothing else is taken\n");
  client.work_off();
  quiet_moment(client);
  const std::size_t before = disk.hashed.size();
  client.edit(uri, 3, {3, 0, 3, 0}, "COPY b /\n");
  client.work_off();
  CHECK(disk.hashed.size() == before + 1);
  CHECK(disk.listed == 1);
}

TEST_CASE("the unsaved text of a Dockerfile is what the file contains") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  client.edit(uri, 2, {0, 0, 0, 0}, "# new\n");
  client.work_off();
  CHECK(disk.hashed.size() == 1);
  quiet_moment(client);
  REQUIRE(disk.hashed.size() == 2);
  CHECK(disk.hashed[1].open_texts.at("/work/Dockerfile") == "# new\n" + std::string(text));
  CHECK(disk.listed == 1);
}

TEST_CASE("a long look at the disk shows how far it is, until it is over") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(progress_capability(), Json::object());
  client.open(uri, text);
  handle(client.session, TimerFired{Timer::progress});
  const std::vector<Json> created = client.calls("window/workDoneProgress/create");
  REQUIRE(created.size() == 1);
  CHECK(client.calls("$/progress").empty());
  answer(client, created[0], {{"result", nullptr}});
  client.work_off();
  const std::vector<Json> values = progress_values(client);
  REQUIRE(values.size() == 2);
  CHECK(values[0]["kind"] == "begin");
  CHECK(values[0]["cancellable"] == true);
  CHECK(values[1]["kind"] == "end");
  CHECK(client.calls("$/progress")[0]["params"]["token"] == created[0]["params"]["token"]);
}

TEST_CASE("a report tells files and percent") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(progress_capability(), Json::object());
  client.open(uri, text);
  handle(client.session, TimerFired{Timer::progress});
  answer(client, client.calls("window/workDoneProgress/create").at(0), {{"result", nullptr}});
  auto& document = *client.session.documents.find(uri);
  document.disk_progress = std::make_shared<DiskProgress>();
  document.disk_progress->files = 10;
  document.disk_progress->files_done = 4;
  document.disk_progress->bytes = 1000;
  document.disk_progress->bytes_done = 250;
  handle(client.session, TimerFired{Timer::progress});
  const Json report = progress_values(client).at(1);
  CHECK(report["kind"] == "report");
  CHECK(report["message"] == "4 of 10 files");
  CHECK(report["percentage"] == 25);
}

TEST_CASE("a quick look, a refusal and a client without progress show nothing") {
  Disk disk;
  FakeClient quick(disk.surroundings());
  quick.start(progress_capability(), Json::object());
  quick.open(uri, text);
  quick.work_off();
  quick.clock.advance(std::chrono::seconds(2));
  quick.work_off();
  CHECK(quick.calls("window/workDoneProgress/create").empty());

  FakeClient refusing(disk.surroundings());
  refusing.start(progress_capability(), Json::object());
  refusing.open(uri, text);
  handle(refusing.session, TimerFired{Timer::progress});
  answer(refusing, refusing.calls("window/workDoneProgress/create").at(0),
         {{"error", {{"code", -32601}, {"message", "no"}}}});
  refusing.work_off();
  CHECK(refusing.calls("$/progress").empty());

  FakeClient plain(disk.surroundings());
  plain.start();
  plain.open(uri, text);
  plain.clock.advance(std::chrono::seconds(2));
  plain.work_off();
  CHECK(plain.calls("window/workDoneProgress/create").empty());
}

TEST_CASE("a look at the disk is stopped by its button, by closing the document and by the end of the session") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(progress_capability(), Json::object());
  client.open(uri, text);
  handle(client.session, TimerFired{Timer::progress});
  const Json created = client.calls("window/workDoneProgress/create").at(0);
  answer(client, created, {{"result", nullptr}});
  const std::stop_token first = client.session.documents.find(uri)->disk_stop.get_token();
  client.notify("window/workDoneProgress/cancel", {{"token", "somebody else's"}});
  CHECK_FALSE(first.stop_requested());
  client.notify("window/workDoneProgress/cancel", {{"token", created["params"]["token"]}});
  CHECK(first.stop_requested());
  client.work_off();
  CHECK(disk.stop.stop_requested());

  // The next look is another one.
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}});
  quiet_moment(client);
  CHECK_FALSE(disk.stop.stop_requested());
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  CHECK(disk.stop.stop_requested());

  client.open(uri, text);
  client.work_off();
  CHECK_FALSE(disk.stop.stop_requested());
  client.notify("exit", nullptr);
  CHECK(disk.stop.stop_requested());
}

TEST_CASE("a build that somebody records changes forecasts without an edit") {
  Disk disk;
  std::string stamp = "one";
  std::shared_ptr<const keyline::analysis::BuildHistory> history;
  keyline::server::Surroundings surroundings = disk.surroundings();
  surroundings.history_stamp = [&] { return stamp; };
  surroundings.known_builds = [&](const ContextQuery&) { return history; };
  FakeClient client(surroundings);
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto forecast = [&]() -> const keyline::analysis::Forecast& {
    return client.session.documents.find(uri)->snapshot->forecast;
  };
  CHECK(forecast().steps.empty());

  history = std::make_shared<keyline::analysis::BuildHistory>(
      std::vector{std::make_shared<const keyline::analysis::BuildState>(
          std::make_shared<const std::string>(text), std::make_shared<const Hashed>(disk.listing, "1"),
          keyline::analysis::BuildOptions())});
  client.clock.advance(std::chrono::seconds(2));
  client.work_off();
  CHECK(forecast().steps.empty());  // nobody said that anything changed
  stamp = "two";
  client.clock.advance(std::chrono::seconds(2));
  client.work_off();
  REQUIRE(forecast().steps.size() == 2);
  CHECK(forecast().steps[1].outcome == keyline::analysis::Outcome::cached);
}

TEST_CASE("clients are told of a build even where no file is another") {
  Disk disk;
  std::string stamp = "one";
  std::shared_ptr<const keyline::analysis::BuildHistory> history;
  keyline::server::Surroundings surroundings = disk.surroundings();
  surroundings.hash_context = [hash = surroundings.hash_context](const ContextQuery& query, const auto& listing,
                                                                 DiskProgress& progress, std::stop_token stop) {
    return query.previous && query.previous != listing ? query.previous : hash(query, listing, progress, stop);
  };
  surroundings.history_stamp = [&] { return stamp; };
  surroundings.known_builds = [&](const ContextQuery&) { return history; };
  FakeClient client(surroundings);
  const Json refresh{{"refreshSupport", true}};
  client.start({{"workspace", {{"inlayHint", refresh}, {"codeLens", refresh}}}}, Json::object());
  client.open(uri, text);
  client.work_off();
  const auto looks_again = [&] {
    stamp += "more";
    client.forget_received();
    client.clock.advance(std::chrono::seconds(2));
    client.work_off();
    const std::size_t hints = client.calls("workspace/inlayHint/refresh").size();
    CHECK(client.calls("workspace/codeLens/refresh").size() == hints);
    return hints;
  };
  CHECK(looks_again() == 0);
  using States = std::vector<std::shared_ptr<const keyline::analysis::BuildState>>;
  history = std::make_shared<keyline::analysis::BuildHistory>(States());
  CHECK(looks_again() == 1);
  CHECK(looks_again() == 0);
}

TEST_CASE("clients are sent for news when there are some") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start({{"workspace", {{"diagnostics", {{"refreshSupport", true}}}}},
                {"textDocument", {{"diagnostic", Json::object()}}}},
               Json::object());
  client.open(uri, "FROM alpine:3.20\nCOPY b /\n");
  client.drained();
  const Json about{{"textDocument", {{"uri", uri}}}};
  std::size_t sent_for = 0;
  std::int64_t last = 0;
  const auto ask_when_sent_for = [&] {
    const std::size_t now = client.calls("workspace/diagnostic/refresh").size();
    if (std::exchange(sent_for, now) == now) return;
    last = client.request("textDocument/diagnostic", about);
    client.drained();
  };
  while (client.work_once()) ask_when_sent_for();
  REQUIRE(sent_for > 0);
  const Json told = client.responses(last).at(0)["result"]["items"];
  CHECK(told == client.ask("textDocument/diagnostic", about)["result"]["items"]);
  CHECK_FALSE(told.empty());
}

TEST_CASE("a command records a build, and says how that went") {
  Disk disk;
  std::vector<ContextQuery> recorded;
  keyline::server::Surroundings surroundings = disk.surroundings();
  surroundings.record_build = [&](const ContextQuery& query) {
    recorded.push_back(query);
    return std::string("Recorded.");
  };
  FakeClient client(surroundings);
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto ask = [&](const char* about) {
    return client.ask("workspace/executeCommand",
                      {{"command", "keyline.recordBuild"}, {"arguments", Json::array({{{"uri", about}}})}});
  };
  CHECK(ask(uri).at("result") == nullptr);
  REQUIRE(recorded.size() == 1);
  CHECK(recorded[0].dockerfile == "/work/Dockerfile");
  CHECK(client.calls("window/showMessage").at(0)["params"]["message"] == "Recorded.");

  client.open("untitled:Dockerfile-1", text);
  CHECK(ask("untitled:Dockerfile-1").at("error").at("code") == -32602);
  CHECK(recorded.size() == 1);
}

TEST_CASE("named contexts of the settings are read, and read again when they are others") {
  Disk disk;
  std::vector<ContextQuery> asked;
  keyline::server::Surroundings surroundings = disk.surroundings();
  surroundings.named_contexts = [&](const ContextQuery& query, std::stop_token) {
    asked.push_back(query);
    return keyline::analysis::NamedContexts{{"shared", disk.listing}};
  };
  FakeClient client(surroundings);
  client.start();
  client.open(uri, text);
  client.work_off();
  CHECK(asked.size() == 1);
  client.notify("workspace/didChangeConfiguration",
                {{"settings", {{"keyline", {{"buildContexts", {{"shared", "../shared"}}}}}}}});
  client.work_off();
  REQUIRE(asked.size() == 2);
  CHECK(asked[1].build.named_contexts.at("shared") == "../shared");
  CHECK(client.session.documents.find(uri)->snapshot->inputs.named_contexts.contains("shared"));
}
