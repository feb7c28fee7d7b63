#include "analysis/navigate/rename.h"

#include "protocol/json_rpc.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using protocol::ErrorCode;
using protocol::Result;

Result<lsp::PrepareRenameRequest::Result> prepare_rename(const View& view,
                                                         const lsp::TextDocumentPositionParams& params) {
  const auto name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name) return lsp::PrepareRenameRequest::Result{};
  if (std::string obstacle = rename_obstacle(view.snapshot, *name); !obstacle.empty())
    return protocol::failure(ErrorCode::request_failed, std::move(obstacle));
  return lsp::PrepareRenameRequest::Result{
      {to_range(view, name->span), std::string(slice(view.snapshot.text(), name->span))}};
}

Result<lsp::RenameRequest::Result> rename(const View& view, const lsp::RenameParams& params) {
  const auto name = analysis::name_at(view.snapshot, to_offset(view, params.position));
  if (!name) return protocol::failure(ErrorCode::request_failed, "There is no name here.");
  analysis::Renaming renaming = analysis::rename(view.snapshot, *name, params.newName);
  if (!renaming.refusal.empty()) return protocol::failure(ErrorCode::request_failed, std::move(renaming.refusal));
  return lsp::RenameRequest::Result{to_workspace_edit(view, to_text_edits(view, renaming.edits))};
}

}  // namespace keyline::server::features
