// Every request that the specification gives to clients is either served or answered with MethodNotFound, so that no
// client waits for what never comes.

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/fake_client.h"

using keyline::tests::FakeClient;
using Json = nlohmann::json;

namespace {

constexpr int method_not_found = -32601;

// The requests from client to server of the protocol's types, version 3.18, but for `initialize` and `shutdown`.
// tests/editors holds them against the types themselves.
const std::vector<std::string_view> not_served{
    "codeLens/resolve",
    "documentLink/resolve",
    "inlayHint/resolve",
    "textDocument/colorPresentation",
    "textDocument/documentColor",
    "textDocument/implementation",
    "textDocument/inlineCompletion",
    "textDocument/inlineValue",
    "textDocument/moniker",
    "textDocument/prepareTypeHierarchy",
    "textDocument/typeDefinition",
    "textDocument/willSaveWaitUntil",
    "typeHierarchy/subtypes",
    "typeHierarchy/supertypes",
    "workspace/textDocumentContent",
    "workspace/willCreateFiles",
    "workspace/willDeleteFiles",
    "workspace/willRenameFiles",
    "workspaceSymbol/resolve",
};
const std::vector<std::string_view> served{
    "callHierarchy/incomingCalls",
    "callHierarchy/outgoingCalls",
    "codeAction/resolve",
    "completionItem/resolve",
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/completion",
    "textDocument/declaration",
    "textDocument/definition",
    "textDocument/diagnostic",
    "textDocument/documentHighlight",
    "textDocument/documentLink",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/formatting",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/linkedEditingRange",
    "textDocument/onTypeFormatting",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareRename",
    "textDocument/rangeFormatting",
    "textDocument/rangesFormatting",
    "textDocument/references",
    "textDocument/rename",
    "textDocument/selectionRange",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/signatureHelp",
    "workspace/diagnostic",
    "workspace/executeCommand",
    "workspace/symbol",
};

// 0 for a result.
int error_code(const Json& response) { return response.contains("error") ? response["error"]["code"].get<int>() : 0; }

}  // namespace

TEST_CASE("requests that are not served are answered with MethodNotFound") {
  FakeClient client;
  client.start();
  client.open("file:///work/Dockerfile", "FROM scratch\n");
  client.work_off();
  const Json document{{"textDocument", {{"uri", "file:///work/Dockerfile"}}}};
  for (const std::string_view method : not_served) {
    INFO(method);
    CHECK(error_code(client.ask(method, document)) == method_not_found);
    CHECK(error_code(client.ask(method, nullptr)) == method_not_found);
  }
  for (const std::string_view method : served) {
    INFO(method);
    CHECK(error_code(client.ask(method, Json::object())) != method_not_found);
  }
}

TEST_CASE("what is announced is served") {
  FakeClient client;
  const Json announced = client.start().at("capabilities");
  CHECK_FALSE(announced.value("codeLensProvider", Json::object()).value("resolveProvider", false));
  CHECK_FALSE(announced.value("documentLinkProvider", Json::object()).value("resolveProvider", false));
  for (const std::string_view provider :
       {"colorProvider", "implementationProvider", "inlineValueProvider", "inlineCompletionProvider", "monikerProvider",
        "typeDefinitionProvider", "typeHierarchyProvider"}) {
    INFO(provider);
    CHECK_FALSE(announced.contains(provider));
  }
}

TEST_CASE("requests and notifications of nobody's specification do no harm") {
  FakeClient client;
  client.start();
  CHECK(error_code(client.ask("keyline/inventedRequest", Json::object())) == method_not_found);
  CHECK(error_code(client.ask("$/inventedRequest", Json::object())) == method_not_found);
  CHECK(error_code(client.ask("textDocument/didOpen", Json::object())) == method_not_found);
  client.forget_received();
  client.notify("$/inventedNotification", Json::object());
  client.notify("textDocument/hover", Json::object());
  client.work_off();
  CHECK(client.received().empty());
}
