#include "protocol/lsp/progress.h"

namespace keyline::protocol::lsp {

KEYLINE_JSON_OBJECT(WorkDoneProgressCreateParams, token)
KEYLINE_JSON_OBJECT(WorkDoneProgressCancelParams, token)
KEYLINE_JSON_OBJECT(WorkDoneProgressBegin, kind, title, cancellable, message, percentage)
KEYLINE_JSON_OBJECT(WorkDoneProgressReport, kind, message, percentage)
KEYLINE_JSON_OBJECT(WorkDoneProgressEnd, kind, message)
KEYLINE_JSON_OBJECT(ProgressParams, token, value)

}  // namespace keyline::protocol::lsp
