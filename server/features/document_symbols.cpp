#include <algorithm>

#include "analysis/navigate/outline.h"
#include "analysis/text/ascii.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::OutlineEntry;

namespace {

lsp::SymbolKind to_kind(OutlineEntry::Kind kind) {
  switch (kind) {
    case OutlineEntry::Kind::stage:
      return lsp::SymbolKind::module;
    case OutlineEntry::Kind::variable:
      return lsp::SymbolKind::variable;
    case OutlineEntry::Kind::command:
      return lsp::SymbolKind::function;
    case OutlineEntry::Kind::files:
      return lsp::SymbolKind::file;
    case OutlineEntry::Kind::directive:
      return lsp::SymbolKind::constant;
    case OutlineEntry::Kind::setting:
      break;
  }
  return lsp::SymbolKind::property;
}

lsp::DocumentSymbol to_symbol(const View& view, OutlineEntry& entry) {
  lsp::DocumentSymbol symbol;
  symbol.name = std::move(entry.name);
  if (!entry.detail.empty()) symbol.detail = std::move(entry.detail);
  symbol.kind = to_kind(entry.kind);
  symbol.range = to_range(view, entry.span);
  symbol.selectionRange = to_range(view, entry.selection);
  symbol.children.reserve(entry.children.size());
  for (OutlineEntry& child : entry.children) symbol.children.push_back(to_symbol(view, child));
  return symbol;
}

void flatten(const View& view, OutlineEntry& entry, const std::optional<std::string>& container,
             std::vector<lsp::SymbolInformation>& symbols) {
  symbols.push_back({entry.name, to_kind(entry.kind), {view.uri, to_range(view, entry.span)}, container});
  for (OutlineEntry& child : entry.children) flatten(view, child, entry.name, symbols);
}

}  // namespace

lsp::DocumentSymbolRequest::Result document_symbols(const View& view, const lsp::TextDocumentParams&) {
  std::vector<OutlineEntry> entries = analysis::outline(view.snapshot);
  if (!view.client.hierarchical_symbols) {
    std::vector<lsp::SymbolInformation> symbols;
    for (OutlineEntry& entry : entries) flatten(view, entry, std::nullopt, symbols);
    return symbols;
  }
  std::vector<lsp::DocumentSymbol> symbols;
  symbols.reserve(entries.size());
  for (OutlineEntry& entry : entries) symbols.push_back(to_symbol(view, entry));
  return symbols;
}

std::vector<lsp::SymbolInformation> stage_symbols(const analysis::Snapshot& snapshot, const std::string& uri,
                                                  analysis::Encoding encoding) {
  std::vector<lsp::SymbolInformation> symbols;
  for (const analysis::Stage& stage : snapshot.model.stages) {
    if (stage.name.empty()) continue;
    symbols.push_back({stage.name,
                       lsp::SymbolKind::module,
                       {uri, to_range(snapshot.lines, snapshot.text(), stage.name_span, encoding)},
                       stage.base.known ? std::optional("FROM " + stage.base.text) : std::nullopt});
  }
  return symbols;
}

// As editors filter: the letters in their order.
bool is_meant(std::string_view name, std::string_view query) {
  const std::string wanted = analysis::to_lower(query);
  std::size_t found = 0;
  for (const char letter : name) found += found < wanted.size() && letter == wanted[found] ? 1U : 0U;
  return found == wanted.size();
}

std::vector<std::string> base_images(const analysis::Model& model) {
  std::vector<std::string> images;
  for (const analysis::Stage& stage : model.stages) {
    if (stage.base.known && !stage.scratch && stage.base_stage == analysis::none) images.push_back(stage.base.text);
  }
  return images;
}

}  // namespace keyline::server::features
