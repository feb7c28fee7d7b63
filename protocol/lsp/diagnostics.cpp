#include "protocol/lsp/diagnostics.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(CodeDescription, href)
KEYLINE_JSON_OBJECT(DiagnosticRelatedInformation, location, message)
KEYLINE_JSON_OBJECT(Diagnostic, range, severity, code, codeDescription, source, message, tags, relatedInformation, data)
KEYLINE_JSON_OBJECT(PublishDiagnosticsParams, uri, version, diagnostics)
KEYLINE_JSON_OBJECT(DocumentDiagnosticParams, textDocument, identifier, previousResultId)
KEYLINE_JSON_OBJECT(PreviousResultId, uri, value)
KEYLINE_JSON_OBJECT(WorkspaceDiagnosticParams, workDoneToken, partialResultToken, identifier, previousResultIds)
KEYLINE_JSON_OBJECT(DiagnosticOptions, workDoneProgress, identifier, interFileDependencies, workspaceDiagnostics)

}  // namespace keyline::protocol::lsp
