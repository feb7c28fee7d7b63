#include "tests/support/fake_client.h"

#include <utility>

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace keyline::tests {

using Json = FakeClient::Json;

FakeClient::FakeClient(server::Surroundings surroundings, server::Scheduler::Mode mode)
    : scheduler(clock, mode), session(scheduler, *this, std::move(surroundings)) {
  spdlog::set_level(spdlog::level::off);
  scheduler.on_event([this](server::Event event) { server::handle(session, std::move(event)); });
}

FakeClient::~FakeClient() = default;

std::int64_t FakeClient::request(std::string_view method, const Json& params) {
  const std::int64_t id = next_id_++;
  Json message{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send_raw(message.dump());
  return id;
}

void FakeClient::notify(std::string_view method, const Json& params) {
  Json message{{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send_raw(message.dump());
}

void FakeClient::send_raw(std::string body) { server::handle(session, server::FrameArrived{std::move(body)}); }
void FakeClient::drained() { server::handle(session, server::InputDrained{}); }
bool FakeClient::work_once() { return scheduler.pump_one(); }

void FakeClient::work_off() {
  drained();
  while (work_once()) {}
}

Json FakeClient::start(const Json& capabilities, const Json& more_params) {
  Json params{{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", capabilities}};
  params.update(more_params);
  const Json response = ask("initialize", params);
  notify("initialized", Json::object());
  work_off();
  return response.at("result");
}

Json FakeClient::start() { return start(Json::object(), Json::object()); }

void FakeClient::open(std::string_view uri, std::string_view text, int version) {
  const std::string_view language = uri.ends_with(".dockerignore")  ? "ignore"
                                    : uri.ends_with("compose.yaml") ? "dockercompose"
                                    : uri.ends_with(".hcl")         ? "dockerbake"
                                                                    : "dockerfile";
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", version}, {"text", text}}}});
}

void FakeClient::edit(std::string_view uri, int version, std::vector<std::uint32_t> range, std::string_view text) {
  const Json change{{"range",
                     {{"start", {{"line", range.at(0)}, {"character", range.at(1)}}},
                      {"end", {{"line", range.at(2)}, {"character", range.at(3)}}}}},
                    {"text", text}};
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", Json::array({change})}});
}

Json FakeClient::ask(std::string_view method, const Json& params) {
  const std::int64_t id = request(method, params);
  work_off();
  return responses(id).at(0);
}

std::vector<Json> FakeClient::received() const {
  std::vector<Json> all;
  for (const std::string& body : bodies_) all.push_back(Json::parse(body));
  return all;
}

std::vector<Json> FakeClient::responses(const Json& id) const {
  std::vector<Json> found;
  for (Json& message : received()) {
    if (!message.contains("method") && message.contains("id") && message["id"] == id)
      found.push_back(std::move(message));
  }
  return found;
}

std::vector<Json> FakeClient::calls(std::string_view method) const {
  std::vector<Json> found;
  for (Json& message : received()) {
    if (message.value("method", "") == method) found.push_back(std::move(message));
  }
  return found;
}

Json FakeClient::diagnostics(std::string_view uri) const {
  Json last;
  for (const Json& call : calls("textDocument/publishDiagnostics")) {
    if (call["params"]["uri"] == uri) last = call["params"]["diagnostics"];
  }
  return last;
}

}  // namespace keyline::tests
