#include "protocol/lsp/completion.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(CompletionParams, textDocument, position)
KEYLINE_JSON_OBJECT(CompletionItem, label, kind, detail, documentation, sortText, filterText, textEdit, data)
KEYLINE_JSON_OBJECT(CompletionList, isIncomplete, items)
KEYLINE_JSON_OBJECT(CompletionOptions, triggerCharacters, resolveProvider)
KEYLINE_JSON_OBJECT(SignatureHelpParams, textDocument, position)
KEYLINE_JSON_OBJECT(ParameterInformation, label)
KEYLINE_JSON_OBJECT(SignatureInformation, label, documentation, parameters, activeParameter)
KEYLINE_JSON_OBJECT(SignatureHelp, signatures, activeSignature, activeParameter)
KEYLINE_JSON_OBJECT(SignatureHelpOptions, triggerCharacters, retriggerCharacters)

}  // namespace keyline::protocol::lsp
