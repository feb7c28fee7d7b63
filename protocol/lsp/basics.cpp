#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

void write_json(std::string& out, const Nothing&) { out += "null"; }
void from_json(const nlohmann::json&, Nothing&) {}

KEYLINE_JSON_OBJECT(Position, line, character)
KEYLINE_JSON_OBJECT(Range, start, end)
KEYLINE_JSON_OBJECT(Location, uri, range)
KEYLINE_JSON_OBJECT(TextDocumentIdentifier, uri)
KEYLINE_JSON_OBJECT(VersionedTextDocumentIdentifier, uri, version)
KEYLINE_JSON_OBJECT(OptionalVersionedTextDocumentIdentifier, uri, version)
KEYLINE_JSON_OBJECT(TextEdit, range, newText)
KEYLINE_JSON_OBJECT(TextDocumentEdit, textDocument, edits)
KEYLINE_JSON_OBJECT(CreateFileOptions, overwrite, ignoreIfExists)
KEYLINE_JSON_OBJECT(CreateFile, kind, uri, options)
KEYLINE_JSON_OBJECT(WorkspaceEdit, changes, documentChanges)
KEYLINE_JSON_OBJECT(Command, title, command, arguments)
KEYLINE_JSON_OBJECT(MarkupContent, kind, value)

}  // namespace keyline::protocol::lsp
