#pragma once
// Diagnostics, as the server publishes them and as clients hand them back with a code action request. The latter may
// come from other servers, whose `code` is often a number.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"
#include "protocol/lsp/progress.h"

namespace keyline::protocol::lsp {

enum class DiagnosticSeverity : int { error = 1, warning = 2, information = 3, hint = 4 };

enum class DiagnosticTag : int { unnecessary = 1, deprecated = 2 };

struct CodeDescription {
  std::string href;

  friend bool operator==(const CodeDescription&, const CodeDescription&) = default;
};

struct DiagnosticRelatedInformation {
  Location location;
  std::string message;

  friend bool operator==(const DiagnosticRelatedInformation&, const DiagnosticRelatedInformation&) = default;
};

struct Diagnostic {
  Range range;
  std::optional<DiagnosticSeverity> severity;
  std::optional<std::variant<std::int32_t, std::string>> code;
  std::optional<CodeDescription> codeDescription;
  std::optional<std::string> source;
  std::string message;
  std::optional<std::vector<DiagnosticTag>> tags;
  std::optional<std::vector<DiagnosticRelatedInformation>> relatedInformation;
  std::optional<JsonValue> data;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

struct PublishDiagnosticsParams {
  DocumentUri uri;
  std::optional<std::int32_t> version;
  std::vector<Diagnostic> diagnostics;

  friend bool operator==(const PublishDiagnosticsParams&, const PublishDiagnosticsParams&) = default;
};

struct DocumentDiagnosticParams {
  TextDocumentIdentifier textDocument;
  std::optional<std::string> identifier;
  std::optional<std::string> previousResultId;
};

struct PreviousResultId {
  DocumentUri uri;
  std::string value;
};

struct WorkspaceDiagnosticParams {
  std::optional<ProgressToken> workDoneToken;
  std::optional<ProgressToken> partialResultToken;
  std::optional<std::string> identifier;
  std::vector<PreviousResultId> previousResultIds;
};

struct DiagnosticOptions {
  std::optional<bool> workDoneProgress;
  std::optional<std::string> identifier;
  bool interFileDependencies = false;
  bool workspaceDiagnostics = false;
};

KEYLINE_JSON_DECLARE(CodeDescription);
KEYLINE_JSON_DECLARE(DiagnosticRelatedInformation);
KEYLINE_JSON_DECLARE(Diagnostic);
KEYLINE_JSON_DECLARE(PublishDiagnosticsParams);
KEYLINE_JSON_DECLARE(DocumentDiagnosticParams);
KEYLINE_JSON_DECLARE(PreviousResultId);
KEYLINE_JSON_DECLARE(WorkspaceDiagnosticParams);
KEYLINE_JSON_DECLARE(DiagnosticOptions);

}  // namespace keyline::protocol::lsp
