#include "protocol/lsp/language_features.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(HoverParams, textDocument, position)
KEYLINE_JSON_OBJECT(Hover, contents, range)
KEYLINE_JSON_OBJECT(InlayHintParams, textDocument, range)
KEYLINE_JSON_OBJECT(InlayHintLabelPart, value, tooltip, location, command)
KEYLINE_JSON_OBJECT(InlayHint, position, label, tooltip, paddingLeft, paddingRight, data)
KEYLINE_JSON_OBJECT(CodeLensParams, textDocument)
KEYLINE_JSON_OBJECT(CodeLens, range, command, data)

}  // namespace keyline::protocol::lsp
