#include "protocol/lsp/structure.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(TextDocumentParams, textDocument)
KEYLINE_JSON_OBJECT(DocumentSymbol, name, detail, kind, range, selectionRange, children)
KEYLINE_JSON_OBJECT(SymbolInformation, name, kind, location, containerName)
KEYLINE_JSON_OBJECT(WorkspaceSymbolParams, partialResultToken, query)
KEYLINE_JSON_OBJECT(FoldingRange, startLine, endLine, kind)
KEYLINE_JSON_OBJECT(SelectionRangeParams, textDocument, positions)
KEYLINE_JSON_OBJECT(SelectionRange, range, parent)
KEYLINE_JSON_OBJECT(DocumentLink, range, target)
KEYLINE_JSON_OBJECT(LinkedEditingRanges, ranges, wordPattern)
KEYLINE_JSON_OBJECT(CallHierarchyItem, name, kind, detail, uri, range, selectionRange)
KEYLINE_JSON_OBJECT(CallHierarchyCallsParams, item)
KEYLINE_JSON_OBJECT(CallHierarchyIncomingCall, from, fromRanges)
KEYLINE_JSON_OBJECT(CallHierarchyOutgoingCall, to, fromRanges)

}  // namespace keyline::protocol::lsp
