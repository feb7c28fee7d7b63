#pragma once
// Basic structures of LSP (specification: "Basic JSON Structures"): places in documents, and edits to them.
// Fields are spelled as on the wire. A Position counts lines from 0, and columns in the position encoding agreed on in
// `initialize`. Plain values; what is optional in the specification is optional here.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/json_object.h"

namespace keyline::protocol::lsp {

using DocumentUri = std::string;

// Stands for parameters and results that carry nothing: reads anything, is written as null.
struct Nothing {
  friend bool operator==(const Nothing&, const Nothing&) = default;
};

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Range {
  Position start;
  Position end;

  friend bool operator==(const Range&, const Range&) = default;
};

struct Location {
  DocumentUri uri;
  Range range;

  friend bool operator==(const Location&, const Location&) = default;
};

struct TextDocumentIdentifier {
  DocumentUri uri;

  friend bool operator==(const TextDocumentIdentifier&, const TextDocumentIdentifier&) = default;
};

struct VersionedTextDocumentIdentifier {
  DocumentUri uri;
  std::int32_t version = 0;

  friend bool operator==(const VersionedTextDocumentIdentifier&, const VersionedTextDocumentIdentifier&) = default;
};

struct OptionalVersionedTextDocumentIdentifier {
  DocumentUri uri;
  Nullable<std::int32_t> version;  // null: the file on disk is meant

  friend bool operator==(const OptionalVersionedTextDocumentIdentifier&,
                         const OptionalVersionedTextDocumentIdentifier&) = default;
};

struct TextEdit {
  Range range;
  std::string newText;

  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

struct TextDocumentEdit {
  OptionalVersionedTextDocumentIdentifier textDocument;
  std::vector<TextEdit> edits;

  friend bool operator==(const TextDocumentEdit&, const TextDocumentEdit&) = default;
};

struct CreateFileOptions {
  std::optional<bool> overwrite;
  std::optional<bool> ignoreIfExists;

  friend bool operator==(const CreateFileOptions&, const CreateFileOptions&) = default;
};

struct CreateFile {
  std::string kind = "create";
  DocumentUri uri;
  std::optional<CreateFileOptions> options;

  friend bool operator==(const CreateFile&, const CreateFile&) = default;
};

// `changes` for every client, `documentChanges` for those that announce it; never both.
struct WorkspaceEdit {
  std::optional<std::map<DocumentUri, std::vector<TextEdit>>> changes;
  std::optional<std::vector<std::variant<TextDocumentEdit, CreateFile>>> documentChanges;

  friend bool operator==(const WorkspaceEdit&, const WorkspaceEdit&) = default;
};

struct Command {
  std::string title;
  std::string command;
  std::optional<std::vector<JsonValue>> arguments;

  friend bool operator==(const Command&, const Command&) = default;
};

struct MarkupContent {
  std::string kind;  // "markdown" or "plaintext"
  std::string value;

  friend bool operator==(const MarkupContent&, const MarkupContent&) = default;
};

KEYLINE_JSON_DECLARE(Nothing);
KEYLINE_JSON_DECLARE(Position);
KEYLINE_JSON_DECLARE(Range);
KEYLINE_JSON_DECLARE(Location);
KEYLINE_JSON_DECLARE(TextDocumentIdentifier);
KEYLINE_JSON_DECLARE(VersionedTextDocumentIdentifier);
KEYLINE_JSON_DECLARE(OptionalVersionedTextDocumentIdentifier);
KEYLINE_JSON_DECLARE(TextEdit);
KEYLINE_JSON_DECLARE(TextDocumentEdit);
KEYLINE_JSON_DECLARE(CreateFileOptions);
KEYLINE_JSON_DECLARE(CreateFile);
KEYLINE_JSON_DECLARE(WorkspaceEdit);
KEYLINE_JSON_DECLARE(Command);
KEYLINE_JSON_DECLARE(MarkupContent);

}  // namespace keyline::protocol::lsp
