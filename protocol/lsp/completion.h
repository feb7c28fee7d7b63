#pragma once
// Completion and signature help.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

enum class CompletionItemKind : int {
  text = 1,
  variable = 6,
  module = 9,
  property = 10,
  value = 12,
  keyword = 14,
  reference = 18,
  file = 17,
  folder = 19,
  constant = 21,
};

struct CompletionParams {
  TextDocumentIdentifier textDocument;
  Position position;
};

struct CompletionItem {
  std::string label;
  std::optional<CompletionItemKind> kind;
  std::optional<std::string> detail;
  std::optional<std::variant<std::string, MarkupContent>> documentation;
  std::optional<std::string> sortText;
  std::optional<std::string> filterText;
  std::optional<TextEdit> textEdit;
  std::optional<JsonValue> data;
};

struct CompletionList {
  bool isIncomplete = false;
  std::vector<CompletionItem> items;
};

struct CompletionOptions {
  std::optional<std::vector<std::string>> triggerCharacters;
  std::optional<bool> resolveProvider;
};

struct SignatureHelpParams {
  TextDocumentIdentifier textDocument;
  Position position;
};

struct ParameterInformation {
  std::string label;  // a part of the signature's label
};

struct SignatureInformation {
  std::string label;
  std::optional<std::variant<std::string, MarkupContent>> documentation;
  std::optional<std::vector<ParameterInformation>> parameters;
  std::optional<std::uint32_t> activeParameter;
};

struct SignatureHelp {
  std::vector<SignatureInformation> signatures;
  std::optional<std::uint32_t> activeSignature;
  std::optional<std::uint32_t> activeParameter;
};

struct SignatureHelpOptions {
  std::optional<std::vector<std::string>> triggerCharacters;
  std::optional<std::vector<std::string>> retriggerCharacters;
};

KEYLINE_JSON_DECLARE(CompletionParams);
KEYLINE_JSON_DECLARE(CompletionItem);
KEYLINE_JSON_DECLARE(CompletionList);
KEYLINE_JSON_DECLARE(CompletionOptions);
KEYLINE_JSON_DECLARE(SignatureHelpParams);
KEYLINE_JSON_DECLARE(ParameterInformation);
KEYLINE_JSON_DECLARE(SignatureInformation);
KEYLINE_JSON_DECLARE(SignatureHelp);
KEYLINE_JSON_DECLARE(SignatureHelpOptions);

}  // namespace keyline::protocol::lsp
