#include "protocol/lsp/presentation.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(SemanticTokensLegend, tokenTypes, tokenModifiers)
KEYLINE_JSON_OBJECT(SemanticTokensFullOptions, delta)
KEYLINE_JSON_OBJECT(SemanticTokensOptions, legend, range, full)
KEYLINE_JSON_OBJECT(SemanticTokensDeltaParams, textDocument, previousResultId)
KEYLINE_JSON_OBJECT(RangeParams, textDocument, range)
KEYLINE_JSON_OBJECT(SemanticTokens, resultId, data)
KEYLINE_JSON_OBJECT(SemanticTokensEdit, start, deleteCount, data)
KEYLINE_JSON_OBJECT(SemanticTokensDelta, resultId, edits)
KEYLINE_JSON_OBJECT(FormattingOptions, tabSize, insertSpaces)
KEYLINE_JSON_OBJECT(DocumentFormattingParams, textDocument, options)
KEYLINE_JSON_OBJECT(DocumentRangeFormattingParams, textDocument, range, options)
KEYLINE_JSON_OBJECT(DocumentRangesFormattingParams, textDocument, ranges, options)
KEYLINE_JSON_OBJECT(DocumentRangeFormattingOptions, rangesSupport)
KEYLINE_JSON_OBJECT(DocumentOnTypeFormattingParams, textDocument, position, ch, options)
KEYLINE_JSON_OBJECT(DocumentOnTypeFormattingOptions, firstTriggerCharacter)

}  // namespace keyline::protocol::lsp
