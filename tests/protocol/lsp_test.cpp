#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "protocol/json_object.h"
#include "protocol/lsp/methods.h"
#include "tests/support/catch.h"

namespace lsp = keyline::protocol::lsp;

namespace {

using keyline::protocol::decode;
using keyline::protocol::encode;
using keyline::protocol::JsonValue;
using keyline::protocol::Result;

JsonValue json(std::string_view text) { return JsonValue(nlohmann::json::parse(text)); }

// Every member of `text` must be known to T, as the comparison would miss it otherwise.
template <class T>
void check_round_trip(std::string_view text) {
  CAPTURE(text);
  const Result<T> value = decode<T>(json(text));
  REQUIRE(value.has_value());
  CHECK(json(encode(*value).text()) == json(text));
}

template <class T>
std::string fault(std::string_view text) {
  const Result<T> value = decode<T>(json(text));
  return value ? "no fault" : value.error().message;
}

const std::string range = R"({"start":{"line":1,"character":2},"end":{"line":3,"character":4}})";

}  // namespace

TEST_CASE("Text synchronisation reads back as written") {
  check_round_trip<lsp::DidOpenTextDocumentParams>(
      R"({"textDocument":{"uri":"file:///D","languageId":"dockerfile","version":-1,"text":"FROM a\r\n"}})");
  check_round_trip<lsp::DidChangeTextDocumentParams>(
      R"({"textDocument":{"uri":"u","version":2},"contentChanges":[{"range":)" + range +
      R"(,"text":"x"},{"text":"whole"}]})");
  check_round_trip<lsp::DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"},"text":"t"})");
  check_round_trip<lsp::DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"}})");
  check_round_trip<lsp::DidCloseTextDocumentParams>(R"({"textDocument":{"uri":"u"}})");
}

TEST_CASE("A change without range replaces the whole text") {
  const auto params = decode<lsp::DidChangeTextDocumentParams>(json(
      R"({"textDocument":{"uri":"u","version":2},"contentChanges":[{"text":"a"},{"text":"b","rangeLength":3,"range":)" +
      range + "}]}"));
  REQUIRE(params.has_value());
  CHECK_FALSE(params->contentChanges.at(0).range.has_value());
  CHECK(params->contentChanges.at(1).range == lsp::Range{{1, 2}, {3, 4}});
}

TEST_CASE("Diagnostics read back as written") {
  check_round_trip<lsp::PublishDiagnosticsParams>(
      R"({"uri":"u","version":3,"diagnostics":[{"range":)" + range +
      R"(,"severity":2,"code":"copy-before-install","codeDescription":{"href":"h"},"source":"keyline","message":"m",)"
      R"("tags":[1,2],"relatedInformation":[{"location":{"uri":"v","range":)" +
      range + R"(},"message":"r"}],"data":{"fix":[1,null]}},{"range":)" + range + R"(,"code":12,"message":""}]})");
}

TEST_CASE("Code actions read back as written") {
  const std::string edit = R"({"newText":"n","range":)" + range + "}";
  check_round_trip<lsp::CodeActionParams>(R"({"textDocument":{"uri":"u"},"range":)" + range +
                                          R"(,"context":{"diagnostics":[{"range":)" + range +
                                          R"(,"message":"m"}],"only":["quickfix"],"triggerKind":1}})");
  check_round_trip<lsp::CodeAction>(
      R"({"title":"t","kind":"quickfix","isPreferred":true,"edit":{"changes":{"u":[)" + edit +
      R"(]}},"command":{"title":"c","command":"keyline.x","arguments":[1,"a",null]},"data":1})");
  check_round_trip<lsp::WorkspaceEdit>(
      R"({"documentChanges":[{"kind":"create","uri":"v","options":{"overwrite":false,"ignoreIfExists":true}},)"
      R"({"textDocument":{"uri":"v","version":null},"edits":[)" +
      edit + R"(]},{"textDocument":{"uri":"u","version":4},"edits":[]}]})");
  check_round_trip<lsp::CodeActionRequest::Result>(
      R"([{"title":"t","command":"keyline.x"},{"title":"t","command":{"title":"c","command":"keyline.x"}}])");
}

TEST_CASE("Hovers, hints and lenses read back as written") {
  check_round_trip<lsp::HoverParams>(R"({"textDocument":{"uri":"u"},"position":{"line":0,"character":2147483647}})");
  check_round_trip<lsp::HoverRequest::Result>(R"({"contents":{"kind":"markdown","value":"v"},"range":)" + range + "}");
  check_round_trip<lsp::HoverRequest::Result>("null");
  check_round_trip<lsp::InlayHintParams>(R"({"textDocument":{"uri":"u"},"range":)" + range + "}");
  check_round_trip<lsp::InlayHintRequest::Result>(
      R"([{"position":{"line":0,"character":1},"label":"cached","tooltip":"t","paddingLeft":true,"paddingRight":false},)"
      R"({"position":{"line":0,"character":1},"label":[{"value":"v","tooltip":{"kind":"plaintext","value":"w"},)"
      R"("location":{"uri":"u","range":)" +
      range + R"(},"command":{"title":"c","command":"d"}}],"data":{}}])");
  check_round_trip<lsp::CodeLensParams>(R"({"textDocument":{"uri":"u"}})");
  check_round_trip<lsp::CodeLens>(R"({"range":)" + range +
                                  R"(,"command":{"title":"3 steps","command":"x"},"data":[]})");
}

TEST_CASE("Workspace messages read back as written") {
  check_round_trip<lsp::ConfigurationParams>(R"({"items":[{"scopeUri":"u","section":"keyline"},{}]})");
  check_round_trip<lsp::ConfigurationRequest::Result>(R"([null,{"a":1}])");
  check_round_trip<lsp::DidChangeWatchedFilesParams>(R"({"changes":[{"uri":"u","type":1},{"uri":"v","type":3}]})");
  check_round_trip<lsp::DidChangeWorkspaceFoldersParams>(
      R"({"event":{"added":[{"uri":"u","name":"n"}],"removed":[]}})");
  check_round_trip<lsp::ExecuteCommandParams>(R"({"command":"c","arguments":[{"a":null},null]})");
  check_round_trip<lsp::ApplyWorkspaceEditParams>(R"({"label":"l","edit":{"changes":{}}})");
  check_round_trip<lsp::ApplyWorkspaceEditResult>(R"({"applied":false,"failureReason":"no"})");
  check_round_trip<lsp::MessageParams>(R"({"type":2,"message":"m"})");
  check_round_trip<lsp::RegistrationParams>(
      R"({"registrations":[{"id":"1","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[]}}]})");
  check_round_trip<lsp::DidChangeWatchedFilesRegistrationOptions>(R"({"watchers":[{"globPattern":"**/*"}]})");
  check_round_trip<lsp::WorkDoneProgressCreateParams>(R"({"token":"t"})");
  check_round_trip<lsp::ProgressParams>(R"({"token":4,"value":{"kind":"end"}})");
  check_round_trip<lsp::WorkDoneProgressBegin>(
      R"({"kind":"begin","title":"t","cancellable":true,"message":"m","percentage":0})");
  check_round_trip<lsp::CancelParams>(R"({"id":"1"})");
  check_round_trip<lsp::CancelParams>(R"({"id":1})");
}

TEST_CASE("Settings may be null or absent") {
  CHECK(decode<lsp::DidChangeConfigurationParams>(json(R"({"settings":null})"))->settings == std::nullopt);
  CHECK(decode<lsp::DidChangeConfigurationParams>(json("{}"))->settings == std::nullopt);
  CHECK(decode<lsp::DidChangeConfigurationParams>(json(R"({"settings":{"a":1}})"))->settings == json(R"({"a":1})"));
}

TEST_CASE("Initialize tells what the client can do") {
  const auto params = decode<lsp::InitializeParams>(json(R"({
    "processId": null, "rootUri": "file:///w", "rootPath": "/w", "trace": "off", "locale": "de",
    "clientInfo": {"name": "n", "version": "1"},
    "initializationOptions": {"keyline": {}},
    "workspaceFolders": [{"uri": "file:///w", "name": "w"}],
    "capabilities": {
      "general": {"positionEncodings": ["utf-8", "utf-16"]},
      "textDocument": {
        "publishDiagnostics": {"relatedInformation": true, "versionSupport": false, "codeDescriptionSupport": true,
                               "tagSupport": {"valueSet": [1, 2]}},
        "hover": {"contentFormat": ["plaintext"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
                       "isPreferredSupport": true, "resolveSupport": {"properties": ["edit"]}}},
      "workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]},
                    "configuration": true, "didChangeWatchedFiles": {"dynamicRegistration": true},
                    "inlayHint": {"refreshSupport": true}, "codeLens": {"refreshSupport": true}},
      "window": {"workDoneProgress": true}}})"));
  REQUIRE(params.has_value());
  CHECK_FALSE(params->processId.has_value());
  CHECK(params->rootUri == "file:///w");
  CHECK(params->workspaceFolders == std::vector<lsp::WorkspaceFolder>{{"file:///w", "w"}});
  const lsp::ClientCapabilities& client = params->capabilities;
  CHECK(client.general->positionEncodings == std::vector<std::string>{"utf-8", "utf-16"});
  CHECK(client.textDocument->publishDiagnostics->relatedInformation == true);
  CHECK(client.textDocument->publishDiagnostics->versionSupport == false);
  CHECK_FALSE(client.textDocument->publishDiagnostics->dataSupport.has_value());
  CHECK(client.textDocument->publishDiagnostics->tagSupport->valueSet.size() == 2);
  CHECK(client.textDocument->codeAction->codeActionLiteralSupport->codeActionKind.valueSet.size() == 1);
  CHECK(client.workspace->workspaceEdit->documentChanges == true);
  CHECK(client.workspace->didChangeWatchedFiles->dynamicRegistration == true);
  CHECK(client.workspace->codeLens->refreshSupport == true);
  CHECK(client.window->workDoneProgress == true);
}

TEST_CASE("A client that announces nonsense still starts") {
  const auto params = decode<lsp::InitializeParams>(json(R"({
    "processId": 12, "capabilities": {"general": [], "window": {"workDoneProgress": "yes"}, "workspace": null,
      "textDocument": {"publishDiagnostics": {"tagSupport": true, "relatedInformation": true}}}})"));
  REQUIRE(params.has_value());
  CHECK(params->processId == 12);
  CHECK_FALSE(params->rootUri.has_value());
  CHECK_FALSE(params->capabilities.general.has_value());
  CHECK_FALSE(params->capabilities.workspace.has_value());
  CHECK_FALSE(params->capabilities.window->workDoneProgress.has_value());
  CHECK_FALSE(params->capabilities.textDocument->publishDiagnostics->tagSupport.has_value());
  CHECK(params->capabilities.textDocument->publishDiagnostics->relatedInformation == true);
}

TEST_CASE("The server announces only what it says") {
  lsp::InitializeResult result;
  CHECK(encode(result).text() == R"({"capabilities":{}})");
  result.capabilities.positionEncoding = "utf-8";
  result.capabilities.textDocumentSync = {.openClose = true,
                                          .change = lsp::TextDocumentSyncKind::incremental,
                                          .save = lsp::SaveOptions{.includeText = false}};
  result.capabilities.hoverProvider = true;
  result.capabilities.codeActionProvider =
      lsp::CodeActionOptions{.codeActionKinds = {{"quickfix"}}, .resolveProvider = true};
  result.capabilities.codeLensProvider = lsp::CodeLensOptions{};
  result.capabilities.executeCommandProvider = lsp::ExecuteCommandOptions{.commands = {"keyline.x"}};
  result.serverInfo = lsp::ServerInfo{"keyline", "0.1.0"};
  CHECK(json(encode(result).text()) == json(R"({"capabilities": {"positionEncoding": "utf-8",
    "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}}, "hoverProvider": true,
    "codeActionProvider": {"codeActionKinds": ["quickfix"], "resolveProvider": true}, "codeLensProvider": {},
    "executeCommandProvider": {"commands": ["keyline.x"]}},
    "serverInfo": {"name": "keyline", "version": "0.1.0"}})"));
}

TEST_CASE("Messages that carry nothing") {
  CHECK(decode<lsp::ShutdownRequest::Params>(JsonValue()).has_value());
  CHECK(decode<lsp::InitializedNotification::Params>(json("{}")).has_value());
  CHECK(encode(lsp::ShutdownRequest::Result{}).is_null());
}

TEST_CASE("A fault names the path to it") {
  CHECK(fault<lsp::HoverParams>(R"({"textDocument":{"uri":"u"},"position":{"line":0,"character":-1}})") ==
        "position.character must be an integer from 0 to 4294967295");
  CHECK(fault<lsp::HoverParams>(R"({"textDocument":{"uri":"u"},"position":{"line":1.5,"character":0}})") ==
        "position.line must be an integer from 0 to 4294967295");
  CHECK(fault<lsp::HoverParams>(
            R"({"textDocument":{"uri":"u"},"position":{"line":18446744073709551615,"character":0}})") ==
        "position.line must be an integer from 0 to 4294967295");
  CHECK(fault<lsp::HoverParams>(R"({"textDocument":{"uri":"u"},"position":{"line":true,"character":0}})") ==
        "position.line must be an integer from 0 to 4294967295");
  CHECK(fault<lsp::HoverParams>(R"({"position":{"line":0,"character":0}})") == "textDocument is missing");
  CHECK(fault<lsp::HoverParams>(R"({"textDocument":{"uri":null},"position":{}})") ==
        "textDocument.uri must be a string");
  CHECK(fault<lsp::HoverParams>("null") == "must be an object");
  CHECK(fault<lsp::HoverParams>("[]") == "must be an object");
  CHECK(
      fault<lsp::DidChangeTextDocumentParams>(
          R"({"textDocument":{"uri":"u","version":1},"contentChanges":[{"text":""},{"range":{"start":{"line":0}}}]})") ==
      "contentChanges[1].range.start.character is missing");
  CHECK(fault<lsp::DidChangeTextDocumentParams>(
            R"({"textDocument":{"uri":"u","version":2147483648},"contentChanges":[]})") ==
        "textDocument.version must be an integer from -2147483648 to 2147483647");
  CHECK(fault<lsp::ConfigurationParams>(R"({"items":{}})") == "items must be an array");
  CHECK(fault<lsp::CodeAction>(R"({"title":"t","isPreferred":1})") == "isPreferred must be true or false");
  CHECK(fault<lsp::CodeAction>(R"({"title":"t","edit":{"changes":{"u":[{}]}}})") ==
        "edit.changes.u[0].range is missing");
  CHECK(fault<lsp::CancelParams>(R"({"id":null})") == "id has none of the allowed forms");
  CHECK(fault<std::vector<std::vector<int>>>("[[], [1, \"a\"]]") ==
        "[1][1] must be an integer from -2147483648 to 2147483647");
}

TEST_CASE("Integers may be written with a fraction of zero") {
  CHECK(decode<lsp::Position>(json(R"({"line":3.0,"character":1e2})")).value() == lsp::Position{3, 100});
}
