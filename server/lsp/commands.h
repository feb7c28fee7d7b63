#pragma once
// workspace/executeCommand as a question about the document that the command's argument names.

#include "protocol/result.h"
#include "server/lsp/session.h"

namespace keyline::server {

protocol::Result<Question> command_question(const Session& session, const protocol::JsonValue& params);

}  // namespace keyline::server
