#pragma once
// How a text looks: colours (semantic tokens) and layout (formatting). Tokens travel as five numbers each, relative to
// the token before; positions count in the agreed encoding.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

struct SemanticTokensLegend {
  std::vector<std::string> tokenTypes;
  std::vector<std::string> tokenModifiers;

  friend bool operator==(const SemanticTokensLegend&, const SemanticTokensLegend&) = default;
};

struct SemanticTokensFullOptions {
  std::optional<bool> delta;

  friend bool operator==(const SemanticTokensFullOptions&, const SemanticTokensFullOptions&) = default;
};

struct SemanticTokensOptions {
  SemanticTokensLegend legend;
  std::optional<bool> range;
  std::optional<SemanticTokensFullOptions> full;

  friend bool operator==(const SemanticTokensOptions&, const SemanticTokensOptions&) = default;
};

struct SemanticTokensDeltaParams {
  TextDocumentIdentifier textDocument;
  std::string previousResultId;

  friend bool operator==(const SemanticTokensDeltaParams&, const SemanticTokensDeltaParams&) = default;
};

struct RangeParams {
  TextDocumentIdentifier textDocument;
  Range range;

  friend bool operator==(const RangeParams&, const RangeParams&) = default;
};

struct SemanticTokens {
  std::optional<std::string> resultId;
  std::vector<std::uint32_t> data;

  friend bool operator==(const SemanticTokens&, const SemanticTokens&) = default;
};

struct SemanticTokensEdit {
  std::uint32_t start = 0;
  std::uint32_t deleteCount = 0;
  std::optional<std::vector<std::uint32_t>> data;

  friend bool operator==(const SemanticTokensEdit&, const SemanticTokensEdit&) = default;
};

struct SemanticTokensDelta {
  std::optional<std::string> resultId;
  std::vector<SemanticTokensEdit> edits;

  friend bool operator==(const SemanticTokensDelta&, const SemanticTokensDelta&) = default;
};

struct FormattingOptions {
  std::uint32_t tabSize = 4;
  bool insertSpaces = true;

  friend bool operator==(const FormattingOptions&, const FormattingOptions&) = default;
};

struct DocumentFormattingParams {
  TextDocumentIdentifier textDocument;
  FormattingOptions options;

  friend bool operator==(const DocumentFormattingParams&, const DocumentFormattingParams&) = default;
};

struct DocumentRangeFormattingParams {
  TextDocumentIdentifier textDocument;
  Range range;
  FormattingOptions options;

  friend bool operator==(const DocumentRangeFormattingParams&, const DocumentRangeFormattingParams&) = default;
};

struct DocumentRangesFormattingParams {
  TextDocumentIdentifier textDocument;
  std::vector<Range> ranges;
  FormattingOptions options;

  friend bool operator==(const DocumentRangesFormattingParams&, const DocumentRangesFormattingParams&) = default;
};

struct DocumentRangeFormattingOptions {
  bool rangesSupport = false;

  friend bool operator==(const DocumentRangeFormattingOptions&, const DocumentRangeFormattingOptions&) = default;
};

struct DocumentOnTypeFormattingParams {
  TextDocumentIdentifier textDocument;
  Position position;
  std::string ch;
  FormattingOptions options;

  friend bool operator==(const DocumentOnTypeFormattingParams&, const DocumentOnTypeFormattingParams&) = default;
};

struct DocumentOnTypeFormattingOptions {
  std::string firstTriggerCharacter;

  friend bool operator==(const DocumentOnTypeFormattingOptions&, const DocumentOnTypeFormattingOptions&) = default;
};

KEYLINE_JSON_DECLARE(SemanticTokensLegend);
KEYLINE_JSON_DECLARE(SemanticTokensFullOptions);
KEYLINE_JSON_DECLARE(SemanticTokensOptions);
KEYLINE_JSON_DECLARE(SemanticTokensDeltaParams);
KEYLINE_JSON_DECLARE(RangeParams);
KEYLINE_JSON_DECLARE(SemanticTokens);
KEYLINE_JSON_DECLARE(SemanticTokensEdit);
KEYLINE_JSON_DECLARE(SemanticTokensDelta);
KEYLINE_JSON_DECLARE(FormattingOptions);
KEYLINE_JSON_DECLARE(DocumentFormattingParams);
KEYLINE_JSON_DECLARE(DocumentRangeFormattingParams);
KEYLINE_JSON_DECLARE(DocumentRangesFormattingParams);
KEYLINE_JSON_DECLARE(DocumentRangeFormattingOptions);
KEYLINE_JSON_DECLARE(DocumentOnTypeFormattingParams);
KEYLINE_JSON_DECLARE(DocumentOnTypeFormattingOptions);

}  // namespace keyline::protocol::lsp
