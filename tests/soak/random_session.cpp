#include "tests/soak/random_session.h"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/context/listed_context.h"
#include "server/lsp/build_project.h"

namespace keyline::tests {
namespace {

using analysis::BuildContext;
using analysis::ContextEntry;
using analysis::Dockerignore;
using analysis::ListedContext;
using server::ContextQuery;
using server::Scheduler;
using server::StampedText;
using Json = RandomSession::Json;

constexpr std::array<std::string_view, 7> uris{"file:///work/Dockerfile",    "file:///work/other/api.Dockerfile",
                                               "file:///work/.dockerignore", "untitled:Untitled-1",
                                               "file:///work/.gitignore",    "not a uri %zz",
                                               "file:///work/compose.yaml"};
constexpr std::array<std::string_view, 25> lines{
    "FROM node:22 AS build\n",
    "FROM scratch\n",
    "FROM build AS test\n",
    "ARG V=1\n",
    "ENV A=$V\n",
    "COPY . .\n",
    "COPY package*.json ./\n",
    "COPY --from=build /a /b\n",
    "RUN npm ci\n",
    "RUN apt-get update\n",
    "RUN --mount=type=cache,target=/root/.npm npm ci \\\n  && npm run build\n",
    "RUN <<EOF\necho $A\nEOF\n",
    "RUN <<EOF\n",
    "# keyline: ignore=copy-before-install why\n",
    "# syntax=docker/dockerfile:1\n",
    "ONBUILD RUN make\n",
    "WORKDIR app\n",
    "\xc3\xa9\xf0\x9f\x90\xb3\n",
    "\n",
    "USER 1000\n",
    "src/*.ts # why\n",
    "!src/app.ts\n",
    "node_modules\n",
    "services:\n  api:\n    build: {context: ., args: {V: 2, X: 3}}\n",
    "ADD https://example.test/x /x\n"};
constexpr std::array<std::string_view, 36> methods{"textDocument/hover",
                                                   "textDocument/completion",
                                                   "textDocument/signatureHelp",
                                                   "textDocument/codeAction",
                                                   "textDocument/codeLens",
                                                   "textDocument/inlayHint",
                                                   "textDocument/diagnostic",
                                                   "textDocument/definition",
                                                   "textDocument/declaration",
                                                   "textDocument/references",
                                                   "textDocument/documentHighlight",
                                                   "textDocument/prepareRename",
                                                   "textDocument/rename",
                                                   "textDocument/documentSymbol",
                                                   "textDocument/foldingRange",
                                                   "textDocument/selectionRange",
                                                   "textDocument/documentLink",
                                                   "textDocument/linkedEditingRange",
                                                   "textDocument/semanticTokens/full",
                                                   "textDocument/semanticTokens/full/delta",
                                                   "textDocument/semanticTokens/range",
                                                   "textDocument/formatting",
                                                   "textDocument/rangeFormatting",
                                                   "textDocument/rangesFormatting",
                                                   "textDocument/onTypeFormatting",
                                                   "textDocument/prepareCallHierarchy",
                                                   "callHierarchy/incomingCalls",
                                                   "callHierarchy/outgoingCalls",
                                                   "workspace/symbol",
                                                   "workspace/diagnostic",
                                                   "workspace/executeCommand",
                                                   "completionItem/resolve",
                                                   "codeAction/resolve",
                                                   "textDocument/didOpen",
                                                   "no/such/request",
                                                   "initialize"};

// The same files with a change now and then. Called on the disk lane.
std::shared_ptr<const BuildContext> context_of(const ContextQuery& query, unsigned turn, bool with_contents) {
  ListedContext::Source source;
  for (const std::string_view path :
       {"README.md", "node_modules/a/index.js", "package.json", "package-lock.json", "src/app.test.ts", "src/app.ts"}) {
    ContextEntry& entry = source.entries.emplace_back();
    entry.path = path;
    entry.size = 10 + turn % 3;
    entry.mode = turn % 4 == 0 ? 0664 : 0644;
    entry.checkout_mode = 0644;
    if (with_contents) entry.content = analysis::hash_content(path);
  }
  source.texts.emplace("package.json", turn % 5 == 0 ? "{" : R"({"scripts":{"postinstall":"node src/app.ts"}})");
  if (turn % 7 == 0) source.unknown_reason = "it could not be read";
  if (query.for_ignore_file) return std::make_shared<const ListedContext>(std::move(source));
  const auto open = query.overrides.find("/work/.dockerignore");
  source.dockerignore = Dockerignore(open == query.overrides.end() ? "node_modules\n" : open->second);
  source.ignore_file = {"/work/.dockerignore", true};
  return std::make_shared<const ListedContext>(std::move(source));
}

server::Surroundings changing_disk() {
  const auto turns = std::make_shared<std::atomic<unsigned>>(0);
  server::Surroundings around;
  around.load_context = [turns](const ContextQuery& query, std::stop_token) {
    return query.previous && ++*turns % 2 == 0 ? query.previous : context_of(query, *turns, false);
  };
  around.hash_context = [turns](const ContextQuery& query, const std::shared_ptr<const BuildContext>& listed,
                                server::DiskProgress& progress, std::stop_token) {
    progress.files = 6;
    return listed->complete() ? context_of(query, *turns, true) : listed;
  };
  around.load_shared_context = [turns](const ContextQuery& query, server::ListingCache&, std::stop_token) {
    return context_of(query, *turns, false);
  };
  around.find_dockerfiles = [turns](const std::vector<std::string>&, std::stop_token) {
    std::vector<std::string> found{"/work/Dockerfile", "/work/api/Dockerfile"};
    if (*turns % 3 == 0) found.emplace_back("/work/web/Dockerfile");
    return found;
  };
  around.read_text = [turns](const std::string& path, const std::string& known) -> std::optional<StampedText> {
    std::string stamp = std::to_string(*turns / 8 % 4);
    if (stamp == known) return StampedText{std::move(stamp), nullptr};
    if (stamp == "3" && path.ends_with("web/Dockerfile")) return std::nullopt;
    auto text = std::make_shared<const std::string>("FROM alpine:3.2" + stamp + " AS b\nCOPY missing /\n");
    return StampedText{std::move(stamp), std::move(text)};
  };
  around.load_project = [turns](const server::ProjectQuery&, std::stop_token) {
    auto text = std::make_shared<const std::string>(++*turns % 2 == 0 ? "FROM scratch\nARG X\n" : "FROM scratch\n");
    auto dockerfile = std::make_shared<analysis::Snapshot>();
    dockerfile->tree = analysis::parse(text);
    dockerfile->model = analysis::build_model(dockerfile->tree, {});
    auto project = std::make_shared<server::BuildProject>();
    project->root = "/work";
    project->dockerfiles.emplace("/work/Dockerfile", std::move(dockerfile));
    return project;
  };
  around.record_build = [](const ContextQuery&) { return "remembered"; };
  around.history_stamp = [turns] { return std::to_string(*turns / 64); };
  around.known_builds = [](const ContextQuery&) { return nullptr; };
  around.is_alive = [](int) { return true; };
  return around;
}

Json everything_announced() {
  const Json dynamic{{"dynamicRegistration", true}};
  const Json refresh{{"refreshSupport", true}};
  return {{"general", {{"positionEncodings", {"utf-8", "utf-16"}}}},
          {"window", {{"workDoneProgress", true}}},
          {"workspace",
           {{"configuration", true},
            {"didChangeWatchedFiles", dynamic},
            {"didChangeConfiguration", dynamic},
            {"diagnostics", refresh},
            {"inlayHint", refresh},
            {"codeLens", refresh},
            {"workspaceEdit", {{"documentChanges", true}, {"resourceOperations", {"create"}}}}}},
          {"textDocument",
           {{"diagnostic", {{"relatedInformation", true}}},
            {"hover", {{"contentFormat", {"markdown"}}}},
            {"documentSymbol", {{"hierarchicalDocumentSymbolSupport", true}}}}}};
}

}  // namespace

RandomSession::RandomSession(Client kind, std::uint64_t seed, Scheduler::Mode mode)
    : random_(seed), threads_(mode == Scheduler::Mode::threads), client_(changing_disk(), mode) {
  const Json params{{"processId", 1},
                    {"rootUri", nullptr},
                    {"workspaceFolders", {{{"uri", "file:///work"}, {"name", "work"}}}},
                    {"capabilities", kind == Client::pulls ? everything_announced() : Json::object()}};
  client_.request("initialize", params);
  client_.notify("initialized", Json::object());
}

void RandomSession::send_one() {
  switch (dice(20)) {
    case 0:
      return client_.open(uri(), text_of(dice(14)), version_++);
    case 1:
    case 2:
    case 3:
    case 4:
      return client_.edit(uri(), version_++, {dice(12), dice(30), dice(12), dice(30)}, text_of(dice(3)));
    case 5:
      return notify(dice(4) == 0 ? "textDocument/didClose" : "textDocument/didSave", '{' + document() + '}');
    case 6:
      return send_nonsense();
    case 7:
      return cancel();
    case 8:
      return notify_of_workspace();
    case 9:
      // An id that was used already, and may still be in use.
      return asked_.empty() ? ask() : ask_with(std::next(asked_.begin(), dice(asked_.size()))->first);
    default:
      return ask();
  }
}

void RandomSession::work_some() {
  if (dice(3) == 0) client_.drained();
  if (dice(16) == 0) client_.clock.advance(std::chrono::milliseconds(dice(800)));
  for (unsigned i = dice(4); i > 0; --i) client_.work_once();
}

std::string RandomSession::settle() {
  std::string fault;
  // Work is done, timers go off, and what they lead to is done as well.
  for (int i = 0; i < 3 && fault.empty(); ++i) {
    work_off();
    fault = take_received();
    client_.clock.advance(std::chrono::seconds(1));
  }
  work_off();
  if (fault.empty()) fault = end_held_requests();
  if (fault.empty()) fault = take_received();
  for (const auto& [id, times] : asked_) {
    if (fault.empty() && answered_[id] != times)
      fault = fmt::format("request {} was sent {} and answered {} times", id, times, answered_[id]);
  }
  asked_.clear();
  answered_.clear();
  held_.clear();
  return fault;
}

std::string RandomSession::rest() {
  for (const std::string_view each : uris) client_.notify("textDocument/didClose", {{"textDocument", {{"uri", each}}}});
  std::string fault = settle();
  if (fault.empty() && !client_.session.documents.all().empty()) fault = "a document stayed open";
  return fault;
}

std::string RandomSession::leave() {
  ++asked_[client_.request("shutdown", Json())];
  std::string fault = settle();
  client_.notify("exit", Json());
  if (fault.empty() && (!client_.finished() || client_.session.exit_code != 0)) fault = "it did not end in order";
  return fault;
}

// ---- what is sent

std::string RandomSession::uri() { return dice(8) < 5 ? std::string(uris[0]) : one_of(uris); }
std::string RandomSession::document() { return fmt::format(R"("textDocument":{{"uri":"{}"}})", uri()); }
std::string RandomSession::position() { return fmt::format(R"({{"line":{},"character":{}}})", dice(14), dice(40)); }
std::string RandomSession::range() { return fmt::format(R"({{"start":{},"end":{}}})", position(), position()); }

std::string RandomSession::text_of(unsigned count) {
  std::string all;
  for (; count > 0; --count) all += one_of(lines);
  return all;
}

std::string RandomSession::params_for(std::string_view method) {
  if (dice(12) == 0) return wrong_params();
  std::string all = '{' + document();
  const auto add = [&](std::string_view name, std::string_view value) {
    all += fmt::format(R"(,"{}":{})", name, value);
  };
  const auto is = [&](std::string_view part) { return method.find(part) != std::string_view::npos; };
  add("position", position());
  add("positions", fmt::format("[{}]", position()));
  if (is("range") || is("Range") || is("codeAction") || is("inlayHint")) add("range", range());
  if (is("rangesFormatting")) add("ranges", fmt::format("[{},{}]", range(), range()));
  if (is("ormatting")) add("options", R"({"tabSize":4,"insertSpaces":true})");
  if (is("onType")) add("ch", R"("\n")");
  if (is("codeAction") || is("references")) add("context", R"({"diagnostics":[],"includeDeclaration":true})");
  if (is("rename")) add("newName", dice(2) == 0 ? R"("name")" : R"("")");
  if (is("workspace/symbol")) add("query", R"("b")");
  if (is("textDocument/diagnostic") || is("delta")) add("previousResultId", fmt::format(R"("{}")", dice(4)));
  if (is("workspace/diagnostic")) add("previousResultIds", fmt::format(R"([{{"uri":"{}","value":"0"}}])", uri()));
  if (is("workspace/") && dice(2) == 0) add("partialResultToken", R"("part")");
  if (is("workspace/") && dice(2) == 0) add("workDoneToken", std::to_string(dice(3)));
  if (is("resolve")) add("label", R"("COPY","data":"COPY","title":"x")");
  if (is("Calls")) {
    add("item", fmt::format(R"({{"name":"RUN","kind":12,"uri":"{}","range":{},"selectionRange":{}}})", uri(), range(),
                            range()));
  }
  if (is("executeCommand")) {
    static constexpr std::array<std::string_view, 6> commands{"keyline.explain",     "keyline.showInvalidation",
                                                              "keyline.whatIf",      "keyline.status",
                                                              "keyline.recordBuild", "other"};
    add("command", fmt::format(R"("{}")", one_of(commands)));
    add("arguments",
        fmt::format(R"([{{"uri":"{}","position":{},"stage":{},"paths":["src/app.ts"]}}])", uri(), position(), dice(3)));
  }
  return all + '}';
}

std::string RandomSession::wrong_params() {
  switch (dice(5)) {
    case 0:
      return "null";
    case 1:
      return R"([1,"two"])";
    case 2:
      return R"({"textDocument":"text"})";
    case 3:
      return R"({"textDocument":{"uri":5},"position":{"line":-1,"character":"x"}})";
    default:
      return '{' + document() + R"(,"position":{"line":4294967296,"character":1e300}})";
  }
}

void RandomSession::ask() { ask_with(next_id_++); }

void RandomSession::ask_with(std::int64_t id) {
  const std::string method = one_of(methods);
  client_.send_raw(
      fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method, params_for(method)));
  ++asked_[id];
  ++requests_;
  if (method == "workspace/diagnostic") held_.insert(id);
}

void RandomSession::notify(std::string_view method, std::string_view params) {
  client_.send_raw(fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{}}})", method, params));
}

void RandomSession::cancel() {
  if (dice(4) == 0) return notify("window/workDoneProgress/cancel", fmt::format(R"({{"token":{}}})", dice(3)));
  const std::int64_t id = asked_.empty() ? 0 : std::next(asked_.begin(), dice(asked_.size()))->first;
  notify("$/cancelRequest", fmt::format(R"({{"id":{}}})", id));
}

void RandomSession::notify_of_workspace() {
  switch (dice(5)) {
    case 0:
    case 1:
      return notify("workspace/didChangeConfiguration",
                    fmt::format(R"({{"settings":{{"keyline":{{"inlayHints":{{"enable":{}}}}}}}}})", dice(2) == 0));
    case 2:
      return notify(
          "workspace/didChangeWorkspaceFolders",
          fmt::format(R"({{"event":{{"added":[],"removed":[],"{}":[{{"uri":"file:///work{}","name":"w"}}]}}}})",
                      dice(2) == 0 ? "added" : "removed", dice(2) == 0 ? "" : "/other"));
    case 3:
      return notify(dice(2) == 0 ? "$/setTrace" : "no/such/notification", wrong_params());
    default:
      return notify("workspace/didChangeWatchedFiles",
                    fmt::format(R"({{"changes":[{{"uri":"{}","type":{}}}]}})", uri(), 1 + dice(3)));
  }
}

void RandomSession::send_nonsense() {
  switch (dice(7)) {
    case 0:
      return client_.send_raw("");
    case 1:
      return client_.send_raw("{\"jsonrpc\":\"2.0\",\"id\":");
    case 2:
      return client_.send_raw("[1,2,{}]");
    case 3:
      return client_.send_raw(std::string(300, '['));
    case 4:
      return client_.send_raw(R"({"jsonrpc":"2.0","method":5,"params":"\ud800"})");
    case 5:
      return client_.send_raw(R"({"jsonrpc":"2.0","id":77,"result":null})");
    default: {
      std::string bytes;
      for (unsigned i = dice(60); i > 0; --i) bytes += static_cast<char>(dice(256));
      return client_.send_raw(std::move(bytes));
    }
  }
}

// ---- what is received

bool RandomSession::is_busy() const {
  const server::Session& session = client_.session;
  if (session.workspace.surveying) return true;
  if (session.workspace_pull && !session.workspace_pull->is_held) return true;
  for (const auto& [path, document] : session.documents.all()) {
    if (document.run || document.context_loading) return true;
  }
  for (const server::Ticket ticket : session.requests.all()) {
    if (!session.workspace_pull || session.workspace_pull->ticket != ticket) return true;
  }
  return false;
}

void RandomSession::work_off() {
  client_.work_off();
  if (!threads_) return;
  while (is_busy()) {
    client_.scheduler.wait_one();
    client_.work_off();
  }
}

// A client answers what it is asked, or refuses.
void RandomSession::reply(const Json& request) {
  Json response{{"jsonrpc", "2.0"}, {"id", request.at("id")}};
  if (dice(4) == 0)
    response["error"] = {{"code", -32603}, {"message", "no"}};
  else if (request.at("method") == "workspace/configuration")
    response["result"] = Json::array({{{"codeLens", {{"enable", dice(2) == 0}}}}});
  else
    response["result"] = nullptr;
  client_.send_raw(response.dump());
}

// Counts the answers, and answers in turn until the server asks nothing more.
std::string RandomSession::take_received() {
  while (true) {
    const std::vector<Json> received = client_.received();
    client_.forget_received();
    bool asks = false;
    for (const Json& message : received) {
      const bool call = message.contains("method");
      if (call && message.contains("id")) {
        reply(message);
        asks = true;
      }
      if (call) continue;
      if (!message.contains("id") || message.contains("result") == message.contains("error"))
        return "no answer and no call: " + message.dump();
      if (message.at("id").is_number_integer()) ++answered_[message.at("id").get<std::int64_t>()];
    }
    if (!asks) return {};
    work_off();
  }
}

// Diagnostics of the workspace wait until there are any; nothing else may.
std::string RandomSession::end_held_requests() {
  for (const server::Ticket ticket : client_.session.requests.all()) {
    const protocol::Id id = client_.session.requests.find(ticket)->id;
    const auto* number = std::get_if<std::int64_t>(&id);
    if (number == nullptr || !held_.contains(*number)) return "a request is still to be answered";
    client_.notify("$/cancelRequest", {{"id", *number}});
  }
  return client_.session.requests.all().empty() ? "" : "a request stayed after it was cancelled";
}

}  // namespace keyline::tests
