#include "protocol/lsp/code_action.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(CodeActionContext, diagnostics, only, triggerKind)
KEYLINE_JSON_OBJECT(CodeActionParams, textDocument, range, context)
KEYLINE_JSON_OBJECT(CodeAction, title, kind, diagnostics, isPreferred, edit, command, data)

}  // namespace keyline::protocol::lsp
