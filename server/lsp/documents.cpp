#include "server/lsp/documents.h"

#include "analysis/builds/build_file.h"
#include "analysis/context/dockerignore_name.h"
#include "protocol/uri.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;

// Compose and Bake files are edited with us; of the other kinds we only read what stands on the disk.
bool is_build_file(const lsp::TextDocumentItem& item, std::string_view path) {
  if (item.languageId == "dockerfile") return false;
  const auto kind = analysis::build_file_kind(path);
  return kind == analysis::BuildFileKind::compose || kind == analysis::BuildFileKind::bake;
}

DocumentKind kind_of(const lsp::TextDocumentItem& item, std::string_view path) {
  if (item.languageId == "dockerignore" || path.ends_with(analysis::dockerignore_name))
    return DocumentKind::dockerignore;
  if (is_build_file(item, path)) return DocumentKind::build_file;
  if (item.languageId == "yaml" || item.languageId == "json") return DocumentKind::other;
  if (item.languageId != "ignore") return DocumentKind::dockerfile;
  // Editors that call all such files "ignore" mean .gitignore too, and others that Docker never reads.
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with('.') ? DocumentKind::other : DocumentKind::dockerignore;
}

void apply(Document& document, const lsp::TextDocumentContentChangeEvent& change, analysis::Encoding encoding) {
  if (change.range) {
    const analysis::Span span = to_span(document.lines, document.text, *change.range, encoding);
    document.text.replace(span.begin, span.size(), change.text);
    document.lines.edit(document.text, span, static_cast<analysis::Offset>(change.text.size()));
  } else {
    document.text = change.text;
    document.lines = analysis::LineIndex(document.text);
  }
}

}  // namespace

Document& Documents::open(const lsp::TextDocumentItem& item) {
  std::string path = protocol::uri_to_path(item.uri);
  Document& document = documents_[path];
  document = {};
  document.uri = item.uri;
  document.kind = kind_of(item, path);
  document.path = std::move(path);
  document.version = item.version;
  document.revision = document.opening = next_revision_++;
  document.text = item.text;
  document.lines = analysis::LineIndex(document.text);
  document.tokens = std::make_shared<features::TokenMemory>();
  document.fixes = std::make_shared<features::FixMemory>();
  return document;
}

void Documents::change(Document& document, std::int32_t version,
                       const std::vector<lsp::TextDocumentContentChangeEvent>& changes, analysis::Encoding encoding) {
  for (const lsp::TextDocumentContentChangeEvent& change : changes) apply(document, change, encoding);
  document.version = version;
  document.revision = next_revision_++;
  document.dirty = true;
}

void Documents::close(std::string_view uri) { documents_.erase(protocol::uri_to_path(uri)); }

Document* Documents::find(std::string_view uri) { return find_path(protocol::uri_to_path(uri)); }

const Document* Documents::find(std::string_view uri) const {
  const auto found = documents_.find(protocol::uri_to_path(uri));
  return found == documents_.end() ? nullptr : &found->second;
}

Document* Documents::find_path(std::string_view path) {
  const auto found = documents_.find(path);
  return found == documents_.end() ? nullptr : &found->second;
}

}  // namespace keyline::server
