#pragma once
// What a client asks about a document without changing it: hover, inlay hints, code lenses.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

struct HoverParams {
  TextDocumentIdentifier textDocument;
  Position position;

  friend bool operator==(const HoverParams&, const HoverParams&) = default;
};

struct Hover {
  MarkupContent contents;
  std::optional<Range> range;

  friend bool operator==(const Hover&, const Hover&) = default;
};

struct InlayHintParams {
  TextDocumentIdentifier textDocument;
  Range range;

  friend bool operator==(const InlayHintParams&, const InlayHintParams&) = default;
};

struct InlayHintLabelPart {
  std::string value;
  std::optional<std::variant<std::string, MarkupContent>> tooltip;
  std::optional<Location> location;
  std::optional<Command> command;

  friend bool operator==(const InlayHintLabelPart&, const InlayHintLabelPart&) = default;
};

struct InlayHint {
  Position position;
  std::variant<std::string, std::vector<InlayHintLabelPart>> label;
  std::optional<std::variant<std::string, MarkupContent>> tooltip;
  std::optional<bool> paddingLeft;
  std::optional<bool> paddingRight;
  std::optional<JsonValue> data;

  friend bool operator==(const InlayHint&, const InlayHint&) = default;
};

struct CodeLensParams {
  TextDocumentIdentifier textDocument;

  friend bool operator==(const CodeLensParams&, const CodeLensParams&) = default;
};

struct CodeLens {
  Range range;
  std::optional<Command> command;
  std::optional<JsonValue> data;

  friend bool operator==(const CodeLens&, const CodeLens&) = default;
};

KEYLINE_JSON_DECLARE(HoverParams);
KEYLINE_JSON_DECLARE(Hover);
KEYLINE_JSON_DECLARE(InlayHintParams);
KEYLINE_JSON_DECLARE(InlayHintLabelPart);
KEYLINE_JSON_DECLARE(InlayHint);
KEYLINE_JSON_DECLARE(CodeLensParams);
KEYLINE_JSON_DECLARE(CodeLens);

}  // namespace keyline::protocol::lsp
