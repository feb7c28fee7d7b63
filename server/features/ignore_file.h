#pragma once
// What an editor can ask about a .dockerignore. Pure functions over an IgnoreView, as features.h has them over a View;
// whatever is not here is answered as for a document that is not open.

#include <string>
#include <vector>

#include "protocol/lsp/methods.h"
#include "server/features/view.h"

namespace keyline::server::features {

std::vector<protocol::lsp::Diagnostic> ignore_diagnostics(const IgnoreView& view);
protocol::lsp::HoverRequest::Result ignore_hover(const IgnoreView& view, const protocol::lsp::HoverParams& params);
protocol::lsp::CompletionList ignore_completion(const IgnoreView& view, const protocol::lsp::CompletionParams& params);
// The steps of open Dockerfiles that would take what the line hides, then the files themselves.
protocol::lsp::ReferencesRequest::Result ignore_references(const IgnoreView& view,
                                                           const protocol::lsp::ReferenceParams& params);
// The patterns, one a line.
protocol::lsp::DocumentSymbolRequest::Result ignore_symbols(const IgnoreView& view,
                                                            const protocol::lsp::TextDocumentParams& params);
// What mends the lines without effect.
protocol::lsp::CodeActionRequest::Result ignore_code_actions(const IgnoreView& view,
                                                             const protocol::lsp::CodeActionParams& params);
// Markdown, as features.h has it for a Dockerfile.
std::string ignore_status(const IgnoreView& view);
// Comments of several lines.
protocol::lsp::FoldingRangeRequest::Result ignore_folding(const IgnoreView& view,
                                                          const protocol::lsp::TextDocumentParams& params);

}  // namespace keyline::server::features
