#pragma once
// Code actions: what the client asks about a range, and the titled edits it gets. Clients without literal support take
// only Commands. Several clients resolve actions that were finished already: resolving must accept any action.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/diagnostics.h"

namespace keyline::protocol::lsp {

// A kind covers all kinds that continue it after a dot: "source" asks for "source.fixAll.keyline" too.
namespace code_action_kind {
inline constexpr std::string_view quick_fix = "quickfix";
inline constexpr std::string_view refactor = "refactor";
inline constexpr std::string_view refactor_rewrite = "refactor.rewrite";
inline constexpr std::string_view source = "source";
inline constexpr std::string_view source_fix_all = "source.fixAll";
}  // namespace code_action_kind

enum class CodeActionTriggerKind : int { invoked = 1, automatic = 2 };

struct CodeActionContext {
  std::vector<Diagnostic> diagnostics;
  std::optional<std::vector<std::string>> only;
  std::optional<CodeActionTriggerKind> triggerKind;

  friend bool operator==(const CodeActionContext&, const CodeActionContext&) = default;
};

struct CodeActionParams {
  TextDocumentIdentifier textDocument;
  Range range;
  CodeActionContext context;

  friend bool operator==(const CodeActionParams&, const CodeActionParams&) = default;
};

struct CodeAction {
  std::string title;
  std::optional<std::string> kind;
  std::optional<std::vector<Diagnostic>> diagnostics;
  std::optional<bool> isPreferred;
  std::optional<WorkspaceEdit> edit;
  std::optional<Command> command;
  std::optional<JsonValue> data;

  friend bool operator==(const CodeAction&, const CodeAction&) = default;
};

KEYLINE_JSON_DECLARE(CodeActionContext);
KEYLINE_JSON_DECLARE(CodeActionParams);
KEYLINE_JSON_DECLARE(CodeAction);

}  // namespace keyline::protocol::lsp
