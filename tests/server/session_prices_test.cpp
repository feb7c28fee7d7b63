// What findings cost, in the editor: worked out in the background, kept while the text is edited, and what cost nothing
// is silent.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/replay/known_prices.h"
#include "tests/support/catch.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_context.h"

using keyline::tests::FakeClient;
using keyline::tests::FakeContext;
namespace analysis = keyline::analysis;
namespace server = keyline::server;
using Json = nlohmann::json;

namespace {

constexpr auto uri = "file:///work/Dockerfile";
constexpr auto text = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n";

// A repository in which each of these files was edited by a commit of its own.
struct Project {
  std::vector<std::string> edited = {};
  std::string fault = {};
  std::size_t looks = 0;
  std::size_t asked_commits = 0;

  server::Surroundings surroundings() {
    server::Surroundings around;
    around.load_context = [](const server::ContextQuery& query,
                             std::stop_token) -> std::shared_ptr<const analysis::BuildContext> {
      if (query.previous) return query.previous;
      return std::make_shared<FakeContext>(
          FakeContext::Files{{"package.json", "{}"}, {"package-lock.json", "{}"}, {"src/app.js", "1"}});
    };
    around.price = [this](const server::ContextQuery&, const analysis::Snapshot& snapshot, std::size_t commits,
                          server::DiskProgress&) {
      ++looks;
      asked_commits = commits;
      if (!fault.empty()) return std::make_shared<const analysis::KnownPrices>(snapshot, analysis::Prices(), fault);
      return std::make_shared<const analysis::KnownPrices>(snapshot, price_findings(snapshot, history(), ""));
    };
    return around;
  }

 private:
  analysis::TreeHistory history() const {
    analysis::TreeHistory history;
    for (const std::string& path : edited) {
      history.paths.push_back(path);
      const auto number = static_cast<std::uint32_t>(history.paths.size() - 1);
      history.commits.emplace_back().changes.push_back(
          {number, analysis::TreeKind::file, analysis::TreeKind::file, analysis::none, analysis::none});
    }
    return history;
  }
};

// Nobody types for a while.
void rest(FakeClient& client) {
  client.clock.advance(std::chrono::seconds(1));
  client.work_off();
}

// The message of the rule's finding; "" when it is silent.
std::string message_of(const FakeClient& client, std::string_view rule) {
  for (const Json& each : client.diagnostics(uri)) {
    if (each.at("code") == rule) return each.at("message");
  }
  return {};
}

bool ends_with(const std::string& message, std::string_view end) { return message.ends_with(end); }

}  // namespace

TEST_CASE("findings are priced once they have stood for a moment, and keep their price while one types elsewhere") {
  Project project{.edited = {"src/app.js", "src/app.js", "package-lock.json"}};
  FakeClient client(project.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  CHECK(project.looks == 0);
  CHECK_FALSE(message_of(client, "copy-before-install").empty());
  CHECK_FALSE(ends_with(message_of(client, "copy-before-install"), "after this fix: 1"));
  rest(client);
  CHECK(project.looks == 1);
  CHECK(project.asked_commits == 100);
  CHECK(ends_with(message_of(client, "copy-before-install"),
                  "\n`npm ci` re-ran in 3 of the last 3 commits; after this fix: 1"));

  client.edit(uri, 2, {4, 0, 4, 0}, "# built with esbuild\n");
  client.work_off();
  CHECK(ends_with(message_of(client, "copy-before-install"), "after this fix: 1"));
  rest(client);
  CHECK(project.looks == 1);

  // Another finding than those that were asked about.
  client.edit(uri, 3, {2, 0, 2, 8}, "COPY ./ ./");
  client.work_off();
  CHECK_FALSE(ends_with(message_of(client, "copy-before-install"), "after this fix: 1"));
  client.edit(uri, 4, {6, 0, 6, 0}, "#\n");
  client.work_off();
  CHECK(project.looks == 1);
  rest(client);
  CHECK(project.looks == 2);
  CHECK(ends_with(message_of(client, "copy-before-install"), "after this fix: 1"));
}

TEST_CASE("a finding that cost nothing is silent, as are its code actions, until it costs something") {
  Project project{.edited = {"package.json", "package-lock.json"}};
  FakeClient client(project.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  const auto fixes = [&] {
    const Json place{{"start", {{"line", 2}, {"character", 0}}}, {"end", {{"line", 2}, {"character", 1}}}};
    const Json response =
        client.ask("textDocument/codeAction",
                   {{"textDocument", {{"uri", uri}}}, {"range", place}, {"context", {{"diagnostics", Json::array()}}}});
    std::size_t count = 0;
    for (const Json& action : response.at("result")) count += static_cast<std::size_t>(action.at("kind") == "quickfix");
    return count;
  };
  CHECK_FALSE(message_of(client, "copy-before-install").empty());
  const std::size_t before = fixes();
  rest(client);
  CHECK(message_of(client, "copy-before-install").empty());
  CHECK_FALSE(message_of(client, "missing-cache-mount").empty());
  CHECK(fixes() < before);

  project.edited.emplace_back("src/app.js");
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}});
  client.work_off();
  CHECK(message_of(client, "copy-before-install").empty());
  rest(client);
  CHECK(project.looks == 2);
  CHECK(ends_with(message_of(client, "copy-before-install"), "3 of the last 3 commits; after this fix: 2"));
}

TEST_CASE("without a history the findings stay as they are, and the status says why") {
  Project project{.fault = "it is in no git repository"};
  FakeClient client(project.surroundings());
  client.start();
  client.open(uri, text);
  client.work_off();
  const std::string before = message_of(client, "copy-before-install");
  rest(client);
  CHECK(project.looks == 1);
  CHECK(message_of(client, "copy-before-install") == before);
  const Json status =
      client.ask("workspace/executeCommand", {{"command", "keyline.status"}, {"arguments", {{{"uri", uri}}}}});
  CHECK(status.dump().find("it is in no git repository") != std::string::npos);
  // Nothing that is typed makes a repository.
  client.edit(uri, 2, {2, 0, 2, 8}, "COPY ./ ./");
  client.work_off();
  rest(client);
  CHECK(project.looks == 1);
}

TEST_CASE("a client that pulls is told to ask again when prices are known") {
  Project project{.edited = {"package.json"}};
  FakeClient client(project.surroundings());
  client.start({{"textDocument", {{"diagnostic", Json::object()}}},
                {"workspace", {{"diagnostics", {{"refreshSupport", true}}}}}},
               Json::object());
  client.open(uri, text);
  client.work_off();
  client.forget_received();
  rest(client);
  CHECK(client.calls("workspace/diagnostic/refresh").size() == 1);
  const Json pulled = client.ask("textDocument/diagnostic", {{"textDocument", {{"uri", uri}}}});
  for (const Json& each : pulled.at("result").at("items")) CHECK(each.at("code") != "copy-before-install");
}

TEST_CASE("with historyCommits at 0 git is not asked, and what it said before is forgotten") {
  Project project{.edited = {"package.json"}};
  FakeClient client(project.surroundings());
  client.start(Json::object(), {{"initializationOptions", {{"historyCommits", 0}}}});
  client.open(uri, text);
  client.work_off();
  rest(client);
  CHECK(project.looks == 0);
  CHECK_FALSE(message_of(client, "copy-before-install").empty());
  const auto set = [&](int commits) {
    client.notify("workspace/didChangeConfiguration", {{"settings", {{"keyline", {{"historyCommits", commits}}}}}});
    client.work_off();
    rest(client);
  };
  set(20);
  CHECK(project.asked_commits == 20);
  CHECK(message_of(client, "copy-before-install").empty());
  set(0);
  CHECK(project.looks == 1);
  CHECK_FALSE(message_of(client, "copy-before-install").empty());
}
