#pragma once
// What an editor can ask about an analysed Dockerfile, one function a feature and one file each. Pure functions over a
// View: they run on a worker, read no disk and remember nothing. An answer that is empty says so in its type.

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp/methods.h"
#include "server/features/view.h"

namespace keyline::server::features {

std::vector<protocol::lsp::Diagnostic> diagnostics(const View& view);
protocol::lsp::HoverRequest::Result hover(const View& view, const protocol::lsp::HoverParams& params);
protocol::lsp::InlayHintRequest::Result inlay_hints(const View& view, const protocol::lsp::InlayHintParams& params);
protocol::lsp::CodeLensRequest::Result code_lenses(const View& view, const protocol::lsp::CodeLensParams& params);
protocol::lsp::CodeActionRequest::Result code_actions(const View& view, const protocol::lsp::CodeActionParams& params);

// The kinds of action there are, for `initialize`.
std::vector<std::string> code_action_kinds();

// Commands that a client may execute. All speak about one document.
inline constexpr std::string_view explain_command = "keyline.explain";                     // {uri, position}
inline constexpr std::string_view show_invalidation_command = "keyline.showInvalidation";  // {uri, stage}
inline constexpr std::string_view record_build_command = "keyline.recordBuild";            // {uri}

// Markdown about the place; empty when nothing stands there.
std::optional<std::string> explain(const View& view, const protocol::lsp::Position& position);
// What re-runs which steps of a stage, a line a step; empty when there is no such stage.
std::optional<std::string> invalidation(const View& view, analysis::StageId stage);

}  // namespace keyline::server::features
