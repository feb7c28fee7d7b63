#pragma once
// The shape of a document and of the workspace: symbols, folds, growing selections, links, edits of several places at
// once, and the call hierarchy.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/progress.h"

namespace keyline::protocol::lsp {

// Parameters of every request about a whole document.
struct TextDocumentParams {
  TextDocumentIdentifier textDocument;

  friend bool operator==(const TextDocumentParams&, const TextDocumentParams&) = default;
};

enum class SymbolKind : int { file = 1, module = 2, property = 7, function = 12, variable = 13, constant = 14 };

struct DocumentSymbol {
  std::string name;
  std::optional<std::string> detail;
  SymbolKind kind = SymbolKind::property;
  Range range;
  Range selectionRange;
  std::vector<DocumentSymbol> children;

  friend bool operator==(const DocumentSymbol&, const DocumentSymbol&) = default;
};

struct SymbolInformation {
  std::string name;
  SymbolKind kind = SymbolKind::property;
  Location location;
  std::optional<std::string> containerName;

  friend bool operator==(const SymbolInformation&, const SymbolInformation&) = default;
};

struct WorkspaceSymbolParams {
  std::optional<ProgressToken> partialResultToken;
  std::string query;

  friend bool operator==(const WorkspaceSymbolParams&, const WorkspaceSymbolParams&) = default;
};

struct FoldingRange {
  std::uint32_t startLine = 0;
  std::uint32_t endLine = 0;
  std::optional<std::string> kind;

  friend bool operator==(const FoldingRange&, const FoldingRange&) = default;
};

struct SelectionRangeParams {
  TextDocumentIdentifier textDocument;
  std::vector<Position> positions;

  friend bool operator==(const SelectionRangeParams&, const SelectionRangeParams&) = default;
};

struct SelectionRange {
  Range range;
  std::optional<JsonText> parent;  // an encoded SelectionRange that holds this one

  friend bool operator==(const SelectionRange&, const SelectionRange&) = default;
};

struct DocumentLink {
  Range range;
  std::optional<std::string> target;

  friend bool operator==(const DocumentLink&, const DocumentLink&) = default;
};

struct LinkedEditingRanges {
  std::vector<Range> ranges;
  std::optional<std::string> wordPattern;

  friend bool operator==(const LinkedEditingRanges&, const LinkedEditingRanges&) = default;
};

struct CallHierarchyItem {
  std::string name;
  SymbolKind kind = SymbolKind::function;
  std::optional<std::string> detail;
  DocumentUri uri;
  Range range;
  Range selectionRange;

  friend bool operator==(const CallHierarchyItem&, const CallHierarchyItem&) = default;
};

struct CallHierarchyCallsParams {
  CallHierarchyItem item;

  friend bool operator==(const CallHierarchyCallsParams&, const CallHierarchyCallsParams&) = default;
};

struct CallHierarchyIncomingCall {
  CallHierarchyItem from;
  std::vector<Range> fromRanges;

  friend bool operator==(const CallHierarchyIncomingCall&, const CallHierarchyIncomingCall&) = default;
};

struct CallHierarchyOutgoingCall {
  CallHierarchyItem to;
  std::vector<Range> fromRanges;

  friend bool operator==(const CallHierarchyOutgoingCall&, const CallHierarchyOutgoingCall&) = default;
};

KEYLINE_JSON_DECLARE(TextDocumentParams);
KEYLINE_JSON_DECLARE(DocumentSymbol);
KEYLINE_JSON_DECLARE(SymbolInformation);
KEYLINE_JSON_DECLARE(WorkspaceSymbolParams);
KEYLINE_JSON_DECLARE(FoldingRange);
KEYLINE_JSON_DECLARE(SelectionRangeParams);
KEYLINE_JSON_DECLARE(SelectionRange);
KEYLINE_JSON_DECLARE(DocumentLink);
KEYLINE_JSON_DECLARE(LinkedEditingRanges);
KEYLINE_JSON_DECLARE(CallHierarchyItem);
KEYLINE_JSON_DECLARE(CallHierarchyCallsParams);
KEYLINE_JSON_DECLARE(CallHierarchyIncomingCall);
KEYLINE_JSON_DECLARE(CallHierarchyOutgoingCall);

}  // namespace keyline::protocol::lsp
