#include "protocol/lsp/navigation.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(TextDocumentPositionParams, textDocument, position)
KEYLINE_JSON_OBJECT(ReferenceContext, includeDeclaration)
KEYLINE_JSON_OBJECT(ReferenceParams, textDocument, position, context)
KEYLINE_JSON_OBJECT(DocumentHighlight, range, kind)
KEYLINE_JSON_OBJECT(PrepareRenameResult, range, placeholder)
KEYLINE_JSON_OBJECT(RenameParams, textDocument, position, newName)

}  // namespace keyline::protocol::lsp
