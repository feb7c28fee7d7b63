#pragma once
// What a client asks about a name: where it comes from, where else it stands, and another spelling for it.

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

// The parameters of every request about one place that says nothing more.
struct TextDocumentPositionParams {
  TextDocumentIdentifier textDocument;
  Position position;

  friend bool operator==(const TextDocumentPositionParams&, const TextDocumentPositionParams&) = default;
};

struct ReferenceContext {
  bool includeDeclaration = false;

  friend bool operator==(const ReferenceContext&, const ReferenceContext&) = default;
};

struct ReferenceParams {
  TextDocumentIdentifier textDocument;
  Position position;
  ReferenceContext context;

  friend bool operator==(const ReferenceParams&, const ReferenceParams&) = default;
};

enum class DocumentHighlightKind : int { text = 1, read = 2, write = 3 };

struct DocumentHighlight {
  Range range;
  std::optional<DocumentHighlightKind> kind;

  friend bool operator==(const DocumentHighlight&, const DocumentHighlight&) = default;
};

struct PrepareRenameResult {
  Range range;
  std::string placeholder;

  friend bool operator==(const PrepareRenameResult&, const PrepareRenameResult&) = default;
};

struct RenameParams {
  TextDocumentIdentifier textDocument;
  Position position;
  std::string newName;

  friend bool operator==(const RenameParams&, const RenameParams&) = default;
};

KEYLINE_JSON_DECLARE(TextDocumentPositionParams);
KEYLINE_JSON_DECLARE(ReferenceContext);
KEYLINE_JSON_DECLARE(ReferenceParams);
KEYLINE_JSON_DECLARE(DocumentHighlight);
KEYLINE_JSON_DECLARE(PrepareRenameResult);
KEYLINE_JSON_DECLARE(RenameParams);

}  // namespace keyline::protocol::lsp
