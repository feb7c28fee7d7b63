#pragma once
// What analysis offers as an editor's list, in the order in which it makes sense. Shared by the kinds of document.

#include "analysis/assist/completion.h"
#include "protocol/lsp/completion.h"

namespace keyline::server::features {

protocol::lsp::CompletionList to_completion_list(analysis::Completions found, const protocol::lsp::Range& replace);

}  // namespace keyline::server::features
