// What is asked about the whole workspace: Dockerfiles on disk that nobody has open, looked for and read when it is
// needed, and the findings in them.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/environment/listing_cache.h"
#include "server/lsp/context_loader.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"
#include "tests/support/temporary_directory.h"

using keyline::server::ContextQuery;
using keyline::server::ListingCache;
using keyline::server::StampedText;
using keyline::server::Surroundings;
using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
using Json = nlohmann::json;

namespace {

constexpr auto api = "FROM node:22 AS build\nRUN npm ci\nFROM build AS test\n";
constexpr auto web = "FROM nginx:1.27 AS serve\nCOPY missing /usr/share/nginx/html\n";
// BuildKit refuses it.
constexpr auto broken = "FROM alpine:3.20\nCOPY\n";

// A disk with a stamp for each text, that counts who looks.
struct Disk {
  std::map<std::string, std::string> files{{"/work/api/Dockerfile", api}, {"/work/web/Dockerfile", web}};
  std::size_t searches = 0;
  std::vector<std::string> reads;

  Surroundings surroundings() {
    Surroundings around;
    around.find_dockerfiles = [this](const std::vector<std::string>& folders, std::stop_token) {
      ++searches;
      std::vector<std::string> found;
      for (const auto& [path, text] : files) {
        if (path.starts_with(folders.front() + "/")) found.push_back(path);
      }
      return found;
    };
    around.read_text = [this](const std::string& path, const std::string& known) -> std::optional<StampedText> {
      const auto found = files.find(path);
      if (found == files.end()) return std::nullopt;
      if (known == found->second) return StampedText{known, nullptr};
      reads.push_back(path);
      return StampedText{found->second, std::make_shared<const std::string>(found->second)};
    };
    return around;
  }
};

Json watching() { return {{"workspace", {{"didChangeWatchedFiles", {{"dynamicRegistration", true}}}}}}; }

Json pulling() {
  Json capabilities = watching();
  capabilities["textDocument"] = {{"diagnostic", {{"relatedInformation", true}}}};
  capabilities["workspace"]["diagnostics"] = {{"refreshSupport", true}};
  return capabilities;
}

Json in_work() { return {{"workspaceFolders", {{{"uri", "file:///work"}, {"name", "work"}}}}}; }

std::vector<std::string> symbols(FakeClient& client, std::string_view query) {
  std::vector<std::string> found;
  const Json result = client.ask("workspace/symbol", {{"query", query}}).at("result");
  for (const Json& symbol : result)
    found.push_back(symbol.at("name").get<std::string>() + " " + symbol.at("location").at("uri").get<std::string>());
  return found;
}

void changed(FakeClient& client, std::string_view uri, int type) {
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", uri}, {"type", type}}}}});
  client.work_off();
}

void quiet_moment(FakeClient& client) {
  client.clock.advance(std::chrono::milliseconds(500));
  client.work_off();
}

Json no_previous() { return {{"previousResultIds", Json::array()}}; }

Json previous_of(const Json& items) {
  Json previous = Json::array();
  for (const Json& item : items) previous.push_back({{"uri", item.at("uri")}, {"value", item.at("resultId")}});
  return {{"previousResultIds", previous}};
}

// Of a client that has all there is.
std::int64_t ask_for_news(FakeClient& client) {
  client.start(pulling(), in_work());
  const Json items = client.ask("workspace/diagnostic", no_previous()).at("result").at("items");
  return client.request("workspace/diagnostic", previous_of(items));
}

// By the last folder of their documents' URIs.
std::map<std::string, Json> by_folder(const Json& items) {
  std::map<std::string, Json> found;
  for (const Json& item : items) {
    const std::string uri = item.at("uri");
    found[uri.substr(13, uri.rfind('/') - 13)] = item;
  }
  return found;
}

}  // namespace

TEST_CASE("workspace symbols are the stages of all Dockerfiles, open or not") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(watching(), in_work());
  CHECK(symbols(client, "") == std::vector<std::string>{"build file:///work/api/Dockerfile",
                                                        "test file:///work/api/Dockerfile",
                                                        "serve file:///work/web/Dockerfile"});
  CHECK(symbols(client, "sv") == std::vector<std::string>{"serve file:///work/web/Dockerfile"});
  client.open("file:///work/api/Dockerfile", "FROM scratch AS edited\n");
  client.work_off();
  CHECK(symbols(client, "") ==
        std::vector<std::string>{"edited file:///work/api/Dockerfile", "serve file:///work/web/Dockerfile"});
}

TEST_CASE("files are looked for again when the client says that some came or went, and read when they changed") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(watching(), in_work());
  symbols(client, "");
  symbols(client, "");
  CHECK(disk.searches == 1);
  CHECK(disk.reads.size() == 2);
  changed(client, "file:///work/readme.txt", 2);
  symbols(client, "");
  CHECK(disk.searches == 1);
  disk.files["/work/web/Dockerfile"] = "FROM scratch AS other\n";
  changed(client, "file:///work/web/Dockerfile", 2);
  CHECK(symbols(client, "other").size() == 1);
  CHECK(disk.searches == 2);
  CHECK(disk.reads.size() == 3);
  disk.files.erase("/work/api/Dockerfile");
  changed(client, "file:///work/api", 3);
  CHECK(symbols(client, "").size() == 1);
}

TEST_CASE("without news of files every question looks again, and reads only what changed") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(Json::object(), in_work());
  symbols(client, "");
  symbols(client, "");
  CHECK(disk.searches == 2);
  CHECK(disk.reads.size() == 2);
}

TEST_CASE("without a folder only open documents have symbols") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start();
  client.open("untitled:Untitled-1", "FROM scratch AS here\n");
  client.work_off();
  CHECK(symbols(client, "") == std::vector<std::string>{"here untitled:Untitled-1"});
  CHECK(disk.searches == 0);
}

TEST_CASE("a question for symbols can be cancelled") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(watching(), in_work());
  const std::int64_t id = client.request("workspace/symbol", {{"query", ""}});
  client.notify("$/cancelRequest", {{"id", id}});
  client.work_off();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0].at("error").at("code") == -32800);
}

TEST_CASE("with a token for partial results symbols come in parts, and the answer is empty") {
  Disk disk;
  std::string many;
  for (int stage = 0; stage < 300; ++stage) many += "FROM scratch AS stage" + std::to_string(stage) + "\n";
  disk.files["/work/web/Dockerfile"] = many;
  FakeClient client(disk.surroundings());
  client.start(watching(), in_work());
  const auto ask = [&](std::string_view query) {
    client.forget_received();
    const Json answer = client.ask("workspace/symbol", {{"query", query}, {"partialResultToken", "part"}});
    CHECK(answer.at("result") == Json::array());
    std::vector<Json> parts;
    for (const Json& call : client.calls("$/progress")) {
      CHECK(call.at("params").at("token") == "part");
      parts.push_back(call.at("params").at("value"));
    }
    return parts;
  };
  const std::vector<Json> parts = ask("");
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].size() + parts[1].size() == 302);
  CHECK(parts[0][0].at("name") == "build");
  CHECK(parts[1].back().at("name") == "stage299");
  CHECK(ask("test").size() == 1);
  CHECK(ask("no such stage").empty());
}

TEST_CASE("images of all Dockerfiles of the workspace are offered behind FROM") {
  Disk disk;
  Surroundings around = disk.surroundings();
  around.load_context = [](const ContextQuery&, std::stop_token) {
    return std::make_shared<FakeContext>(FakeContext::Files{{"a", "1"}});
  };
  FakeClient client(std::move(around));
  client.start(watching(), in_work());
  client.open("file:///work/Dockerfile", "FROM \n");
  client.work_off();
  const Json params{{"textDocument", {{"uri", "file:///work/Dockerfile"}}},
                    {"position", {{"line", 0}, {"character", 5}}}};
  std::vector<std::string> labels;
  const Json list = client.ask("textDocument/completion", params).at("result");
  for (const Json& item : list.at("items")) labels.push_back(item.at("label"));
  CHECK(std::ranges::count(labels, "node:22") == 1);
  CHECK(std::ranges::count(labels, "nginx:1.27") == 1);
}

TEST_CASE("workspace diagnostics are offered to clients that pull them, and to no others") {
  const auto offers = [](const Json& capabilities, const Json& more_params = Json::object()) {
    FakeClient client;
    const Json announced = client.start(capabilities, more_params).at("capabilities");
    return announced.contains("diagnosticProvider") && announced["diagnosticProvider"]["workspaceDiagnostics"] == true;
  };
  CHECK(offers(pulling()));
  CHECK_FALSE(offers(Json::object()));
  CHECK_FALSE(offers({{"textDocument", {{"diagnostic", Json::object()}}}}));
  // LSP4IJ.
  CHECK_FALSE(offers({{"workspace", {{"diagnostics", {{"refreshSupport", true}}}}},
                      {"textDocument", {{"diagnostic", {{"dynamicRegistration", true}}}}}}));
  // Neovim 0.12 would no longer ask about open documents.
  CHECK_FALSE(offers(pulling(), {{"clientInfo", {{"name", "Neovim"}, {"version", "0.12.4"}}}}));
  CHECK(offers(pulling(), {{"clientInfo", {{"name", "code-server"}}}}));
}

TEST_CASE("a client without workspace diagnostics still pulls those of open documents") {
  FakeClient client;
  client.start(pulling(), {{"clientInfo", {{"name", "Neovim"}}}});
  client.open("file:///work/Dockerfile", broken);
  const Json report =
      client.ask("textDocument/diagnostic", {{"textDocument", {{"uri", "file:///work/Dockerfile"}}}}).at("result");
  CHECK(report.at("items").size() == 1);
  CHECK(client.calls("textDocument/publishDiagnostics").empty());
}

TEST_CASE("the workspace's findings are reported file by file, and unchanged ones by their result ids") {
  Disk disk;
  disk.files["/work/web/Dockerfile"] = broken;
  FakeClient client(disk.surroundings());
  Json capabilities = pulling();
  capabilities["workspace"].erase("didChangeWatchedFiles");
  client.start(capabilities, in_work());
  const Json items = client.ask("workspace/diagnostic", no_previous()).at("result").at("items");
  auto reports = by_folder(items);
  REQUIRE(reports.size() == 2);
  CHECK(reports["web"].at("kind") == "full");
  CHECK(reports["web"].at("version").is_null());
  CHECK(reports["web"].at("items").size() == 1);
  const Json again = client.ask("workspace/diagnostic", previous_of(items)).at("result").at("items");
  for (auto& [folder, report] : by_folder(again)) CHECK(report.at("kind") == "unchanged");
  disk.files["/work/web/Dockerfile"] = "FROM scratch\n";
  reports = by_folder(client.ask("workspace/diagnostic", previous_of(items)).at("result").at("items"));
  CHECK(reports["api"].at("kind") == "unchanged");
  CHECK(reports["web"].at("items").empty());
  disk.files.erase("/work/web/Dockerfile");
  reports = by_folder(client.ask("workspace/diagnostic", previous_of(items)).at("result").at("items"));
  CHECK(reports["web"].at("kind") == "full");
  CHECK(reports["web"].at("items").empty());
}

TEST_CASE("an open document is reported as it is in the editor, with its version") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(pulling(), in_work());
  client.open("file:///work/web/Dockerfile", broken, 7);
  client.work_off();
  auto reports = by_folder(client.ask("workspace/diagnostic", no_previous()).at("result").at("items"));
  CHECK(reports["web"].at("version") == 7);
  CHECK(reports["web"].at("items").size() == 1);
}

TEST_CASE("with a token for partial results all reports come with it") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(pulling(), in_work());
  Json params = no_previous();
  params["partialResultToken"] = "part";
  CHECK(client.ask("workspace/diagnostic", params).at("result") == Json{{"items", Json::array()}});
  std::size_t reports = 0;
  for (const Json& call : client.calls("$/progress")) {
    CHECK(call.at("params").at("token") == "part");
    reports += call.at("params").at("value").at("items").size();
  }
  CHECK(reports == 2);
}

TEST_CASE("a request without news is held until something changes") {
  Disk disk;
  FakeClient client(disk.surroundings());
  const std::int64_t id = ask_for_news(client);
  client.work_off();
  CHECK(client.responses(id).empty());
  changed(client, "file:///work/readme.txt", 2);
  quiet_moment(client);
  CHECK(client.responses(id).empty());
  disk.files["/work/api/Dockerfile"] = broken;
  changed(client, "file:///work/api/Dockerfile", 2);
  quiet_moment(client);
  REQUIRE(client.responses(id).size() == 1);
  const Json answer = client.responses(id)[0].at("result").at("items");
  REQUIRE(answer.size() == 1);
  CHECK(answer[0].at("uri") == "file:///work/api/Dockerfile");
}

TEST_CASE("a change during a round is not missed") {
  Disk disk;
  FakeClient client(disk.surroundings());
  const std::int64_t id = ask_for_news(client);
  client.drained();
  // The first file has been looked at when it changes.
  REQUIRE(client.work_once());
  disk.files["/work/api/Dockerfile"] = broken;
  client.notify("workspace/didChangeWatchedFiles",
                {{"changes", {{{"uri", "file:///work/api/Dockerfile"}, {"type", 2}}}}});
  client.clock.advance(std::chrono::milliseconds(500));
  client.work_off();
  quiet_moment(client);
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0].at("result").at("items").size() == 1);
}

TEST_CASE("every request for the workspace is answered once, however it ends") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(pulling(), in_work());
  const Json items = client.ask("workspace/diagnostic", no_previous()).at("result").at("items");
  const std::int64_t held = client.request("workspace/diagnostic", previous_of(items));
  client.work_off();
  const std::int64_t newer = client.request("workspace/diagnostic", previous_of(items));
  client.work_off();
  CHECK(client.responses(held).at(0).contains("result"));
  client.notify("$/cancelRequest", {{"id", newer}});
  client.work_off();
  CHECK(client.responses(newer).at(0).at("error").at("code") == -32800);
  const std::int64_t last = client.request("workspace/diagnostic", previous_of(items));
  client.work_off();
  CHECK(client.responses(last).empty());
  client.ask("shutdown", nullptr);
  CHECK(client.responses(last).at(0).contains("result"));
  for (const std::int64_t id : {held, newer, last}) CHECK(client.responses(id).size() == 1);
}

TEST_CASE("a client that gives a token sees how far it is, and can stop it") {
  Disk disk;
  FakeClient client(disk.surroundings());
  client.start(pulling(), in_work());
  Json params = no_previous();
  params["workDoneToken"] = 5;
  client.ask("workspace/diagnostic", params);
  std::vector<std::string> kinds;
  for (const Json& call : client.calls("$/progress")) {
    CHECK(call.at("params").at("token") == 5);
    kinds.push_back(call.at("params").at("value").at("kind"));
  }
  CHECK(kinds == std::vector<std::string>{"begin", "report", "report", "end"});
  client.forget_received();
  params["workDoneToken"] = 6;
  const std::int64_t id = client.request("workspace/diagnostic", params);
  client.notify("window/workDoneProgress/cancel", {{"token", 6}});
  client.work_off();
  CHECK(client.responses(id).at(0).at("result").at("items").empty());
  CHECK(client.calls("$/progress").size() == 2);
}

TEST_CASE("the files of a workspace are found and read on a disk, and links out of it are not") {
  const keyline::tests::TemporaryDirectory elsewhere;
  elsewhere.write("Dockerfile", web);
  const keyline::tests::TemporaryDirectory folder;
  folder.write("api/Dockerfile", api);
  folder.write("node_modules/x/Dockerfile", web);
  folder.link("Dockerfile", elsewhere.path("Dockerfile"));
  folder.link("linked", elsewhere.path());
  Surroundings around;
  around.find_dockerfiles = keyline::server::find_workspace_dockerfiles;
  around.read_text = keyline::server::read_workspace_file;
  FakeClient client(std::move(around));
  client.start(Json::object(), {{"workspaceFolders", {{{"uri", "file://" + folder.path()}, {"name", "work"}}}}});
  CHECK(symbols(client, "").size() == 2);
  const std::string path = folder.path("api/Dockerfile");
  const auto read = keyline::server::read_workspace_file(path, "");
  REQUIRE(read);
  CHECK(*read->text == api);
  CHECK(keyline::server::read_workspace_file(path, read->stamp)->text == nullptr);
  CHECK_FALSE(keyline::server::read_workspace_file(folder.path("Dockerfile"), ""));
}
