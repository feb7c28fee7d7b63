#include "server/features/pieces.h"

#include <utility>

namespace keyline::server::features {

namespace lsp = protocol::lsp;

lsp::Hover to_hover(const ClientTraits& client, const analysis::Explanation& explanation, const lsp::Range& range) {
  lsp::Hover hover;
  hover.contents = client.markdown ? lsp::MarkupContent{"markdown", analysis::to_markdown(explanation)}
                                   : lsp::MarkupContent{"plaintext", analysis::to_text(explanation)};
  hover.range = range;
  return hover;
}

void add_edits(const ClientTraits& client, lsp::OptionalVersionedTextDocumentIdentifier document,
               std::vector<lsp::TextEdit> edits, lsp::WorkspaceEdit& workspace_edit) {
  if (!client.document_changes) {
    if (!workspace_edit.changes) workspace_edit.changes.emplace();
    (*workspace_edit.changes)[document.uri] = std::move(edits);
    return;
  }
  if (!workspace_edit.documentChanges) workspace_edit.documentChanges.emplace();
  workspace_edit.documentChanges->emplace_back(lsp::TextDocumentEdit{std::move(document), std::move(edits)});
}

}  // namespace keyline::server::features
