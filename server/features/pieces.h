#pragma once
// Pieces of answers that several features have in common. Pure functions.

#include <vector>

#include "analysis/explain/explanation.h"
#include "protocol/lsp/methods.h"
#include "server/features/view.h"

namespace keyline::server::features {

// In the markup that the client reads.
protocol::lsp::Hover to_hover(const ClientTraits& client, const analysis::Explanation& explanation,
                              const protocol::lsp::Range& range);

// Adds them to an edit of several documents, in the form that the client understands.
void add_edits(const ClientTraits& client, protocol::lsp::OptionalVersionedTextDocumentIdentifier document,
               std::vector<protocol::lsp::TextEdit> edits, protocol::lsp::WorkspaceEdit& workspace_edit);

inline analysis::Span whole(const View& view) {
  return {0, static_cast<analysis::Offset>(view.snapshot.text().size())};
}

}  // namespace keyline::server::features
