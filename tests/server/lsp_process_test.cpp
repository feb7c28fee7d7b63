// The real program over real pipes, sockets and files.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "server/lsp/listen.h"
#include "tests/support/catch.h"
#include "tests/support/server_process.h"
#include "tests/support/shell.h"

using keyline::tests::ServerProcess;
using keyline::tests::TemporaryFolder;
using Json = nlohmann::json;

namespace {

const std::vector<std::string> over_stdio{"lsp", "--stdio"};

Json initialize_params() { return {{"processId", ::getpid()}, {"rootUri", nullptr}, {"capabilities", Json::object()}}; }

void start(ServerProcess& server) {
  server.request(1, "initialize", initialize_params());
  CHECK(server.response(1).at("result").at("serverInfo").at("name") == "keyline");
  server.notify("initialized", Json::object());
}

int stop(ServerProcess& server) {
  server.request(999, "shutdown", nullptr);
  CHECK(server.response(999).at("result").is_null());
  server.notify("exit", nullptr);
  return server.wait_for_exit();
}

std::string frame(const Json& message) { return keyline::protocol::encode_frame(message.dump()); }

}  // namespace

TEST_CASE("a session over pipes, from initialize to exit") {
  const TemporaryFolder folder;
  folder.copy_sample("node-service");
  const std::string uri = "file://" + (folder.path() / "Dockerfile").string();
  ServerProcess server(over_stdio);
  start(server);
  server.notify("textDocument/didOpen",
                {{"textDocument",
                  {{"uri", uri}, {"languageId", "dockerfile"}, {"version", 1}, {"text", folder.read("Dockerfile")}}}});
  Json copy;
  while (copy.is_null()) {
    const Json published = server.notification("textDocument/publishDiagnostics");
    CHECK(published["params"]["uri"] == uri);
    CHECK(published["params"]["version"] == 1);
    for (const Json& diagnostic : published["params"]["diagnostics"]) {
      if (diagnostic["code"] == "copy-before-install") copy = diagnostic;
    }
  }
  const Json document{{"uri", uri}};
  server.request(2, "textDocument/hover", {{"textDocument", document}, {"position", copy["range"]["start"]}});
  CHECK_FALSE(server.response(2).at("result").at("contents").at("value").get<std::string>().empty());
  server.request(
      3, "textDocument/codeAction",
      {{"textDocument", document}, {"range", copy["range"]}, {"context", {{"diagnostics", Json::array({copy})}}}});
  const Json actions = server.response(3).at("result");
  REQUIRE_FALSE(actions.empty());
  CHECK(actions[0]["kind"] == "quickfix");
  CHECK(actions[0]["edit"]["changes"].contains(uri));
  CHECK(stop(server) == 0);
}

TEST_CASE("a request before initialize is refused and the server goes on") {
  ServerProcess server(over_stdio);
  server.request(5, "textDocument/hover", Json::object());
  CHECK(server.response(5).at("error").at("code") == -32002);
  start(server);
  CHECK(stop(server) == 0);
}

TEST_CASE("lies about lengths and broken JSON cost themselves alone") {
  ServerProcess server(over_stdio);
  server.send_bytes("Content-Length: 99999999999999999999\r\n\r\n{}");
  server.send_bytes("Content-Length: 1000000000000\r\n\r\n");
  server.send_bytes("Content-Length: -5\r\n\r\n");
  server.send_bytes("Content-Length: 3\r\n\r\n{]}");
  start(server);
  CHECK(stop(server) == 0);
}

TEST_CASE("messages may come in one piece or byte by byte") {
  ServerProcess server(over_stdio);
  const std::string all =
      frame({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "initialize"}, {"params", initialize_params()}}) +
      frame({{"jsonrpc", "2.0"}, {"id", 2}, {"method", "shutdown"}});
  for (const char byte : all) server.send_bytes({&byte, 1});
  CHECK(server.response(2).at("result").is_null());
  server.notify("exit", nullptr);
  CHECK(server.wait_for_exit() == 0);
}

TEST_CASE("the server leaves when its input ends") {
  ServerProcess server(over_stdio);
  start(server);
  server.close_input();
  CHECK(server.wait_for_exit() == 1);
}

TEST_CASE("exit without shutdown is 1") {
  ServerProcess server(over_stdio);
  start(server);
  server.notify("exit", nullptr);
  CHECK(server.wait_for_exit() == 1);
}

TEST_CASE("a burst of edits is answered with its last version and few publications") {
  ServerProcess server(over_stdio);
  start(server);
  const std::string uri = "untitled:burst";
  std::string text = "FROM alpine:3.20\n";
  for (int line = 0; line < 300; ++line) text += "RUN echo line-" + std::to_string(line) + "\n";
  server.notify("textDocument/didOpen",
                {{"textDocument", {{"uri", uri}, {"languageId", "dockerfile"}, {"version", 1}, {"text", text}}}});
  std::string burst;
  for (int version = 2; version <= 1001; ++version) {
    const Json place{{"line", 5}, {"character", 9}};
    const Json change{{"range", {{"start", place}, {"end", place}}}, {"text", "a"}};
    burst +=
        frame({{"jsonrpc", "2.0"},
               {"method", "textDocument/didChange"},
               {"params", {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", {change}}}}});
  }
  server.send_bytes(burst);
  int publications = 0;
  int last = 0;
  while (last != 1001) {
    const Json published = server.notification("textDocument/publishDiagnostics");
    ++publications;
    CHECK(published["params"]["version"].get<int>() > last);
    last = published["params"]["version"].get<int>();
  }
  CHECK(publications < 50);
  CHECK(stop(server) == 0);
}

TEST_CASE("input and output may be files") {
  const TemporaryFolder folder;
  folder.write(
      "in",
      frame({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "initialize"}, {"params", {{"capabilities", Json::object()}}}}) +
          frame({{"jsonrpc", "2.0"}, {"id", 2}, {"method", "shutdown"}}) +
          frame({{"jsonrpc", "2.0"}, {"method", "exit"}}));
  CHECK(run_shell(folder, "keyline lsp --stdio <in >out").exit_code == 0);
  CHECK(folder.read("out").find(R"("id":2)") != std::string::npos);
  CHECK(run_shell(folder, "keyline lsp --stdio </dev/null >out").exit_code == 1);
  CHECK(folder.read("out").empty());
}

TEST_CASE("only this machine can be listened on") {
  using keyline::server::parse_listen_address;
  CHECK(parse_listen_address("127.0.0.1:4711")->port == 4711);
  CHECK(parse_listen_address("localhost:0")->host == "127.0.0.1");
  CHECK(parse_listen_address("[::1]:80")->host == "::1");
  for (const char* refused : {"0.0.0.0:4711", "192.168.1.1:80", "[::]:80", "example.org:80", "127.0.0.1",
                              "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", ":80", ""}) {
    INFO(refused);
    const auto address = parse_listen_address(refused);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.find("127.0.0.1:PORT") != std::string::npos);
  }
  const TemporaryFolder folder;
  const auto result = run_shell(folder, "keyline lsp --listen 0.0.0.0:4711");
  CHECK(result.exit_code == 2);
  CHECK(result.output.find("loopback") != std::string::npos);
}
