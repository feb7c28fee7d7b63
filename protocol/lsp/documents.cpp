#include "protocol/lsp/documents.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(TextDocumentItem, uri, languageId, version, text)
KEYLINE_JSON_OBJECT(DidOpenTextDocumentParams, textDocument)
KEYLINE_JSON_OBJECT(TextDocumentContentChangeEvent, range, text)
KEYLINE_JSON_OBJECT(DidChangeTextDocumentParams, textDocument, contentChanges)
KEYLINE_JSON_OBJECT(DidSaveTextDocumentParams, textDocument, text)
KEYLINE_JSON_OBJECT(DidCloseTextDocumentParams, textDocument)

}  // namespace keyline::protocol::lsp
