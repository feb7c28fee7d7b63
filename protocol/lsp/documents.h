#pragma once
// Text synchronisation: what the client tells about the documents it has open. Versions only grow while a document is
// open; content changes apply one after the other, each to the result of the one before.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

struct TextDocumentItem {
  DocumentUri uri;
  std::string languageId;
  std::int32_t version = 0;
  std::string text;

  friend bool operator==(const TextDocumentItem&, const TextDocumentItem&) = default;
};

struct DidOpenTextDocumentParams {
  TextDocumentItem textDocument;

  friend bool operator==(const DidOpenTextDocumentParams&, const DidOpenTextDocumentParams&) = default;
};

struct TextDocumentContentChangeEvent {
  std::optional<Range> range;  // absent: `text` is the whole new document
  std::string text;

  friend bool operator==(const TextDocumentContentChangeEvent&, const TextDocumentContentChangeEvent&) = default;
};

struct DidChangeTextDocumentParams {
  VersionedTextDocumentIdentifier textDocument;
  std::vector<TextDocumentContentChangeEvent> contentChanges;

  friend bool operator==(const DidChangeTextDocumentParams&, const DidChangeTextDocumentParams&) = default;
};

struct DidSaveTextDocumentParams {
  TextDocumentIdentifier textDocument;
  std::optional<std::string> text;

  friend bool operator==(const DidSaveTextDocumentParams&, const DidSaveTextDocumentParams&) = default;
};

struct DidCloseTextDocumentParams {
  TextDocumentIdentifier textDocument;

  friend bool operator==(const DidCloseTextDocumentParams&, const DidCloseTextDocumentParams&) = default;
};

KEYLINE_JSON_DECLARE(TextDocumentItem);
KEYLINE_JSON_DECLARE(DidOpenTextDocumentParams);
KEYLINE_JSON_DECLARE(TextDocumentContentChangeEvent);
KEYLINE_JSON_DECLARE(DidChangeTextDocumentParams);
KEYLINE_JSON_DECLARE(DidSaveTextDocumentParams);
KEYLINE_JSON_DECLARE(DidCloseTextDocumentParams);

}  // namespace keyline::protocol::lsp
