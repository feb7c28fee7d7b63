#include "server/lsp/client_traits.h"

#include <algorithm>

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using analysis::Encoding;
using protocol::Tolerant;

// UTF-8 costs nothing, since that is what we hold; UTF-16 is what every client speaks, announced or not.
Encoding encoding_for(const lsp::ClientCapabilities& capabilities) {
  if (!capabilities.general || !capabilities.general->positionEncodings) return Encoding::utf16;
  const std::vector<std::string>& offered = *capabilities.general->positionEncodings;
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16, Encoding::utf32}) {
    if (std::ranges::find(offered, encoding_name(encoding)) != offered.end()) return encoding;
  }
  return Encoding::utf16;
}

bool yes(const Tolerant<bool>& answer) { return answer.value_or(false); }

bool registers(const Tolerant<lsp::DynamicRegistrationCapability>& capability) {
  return capability && yes(capability->dynamicRegistration);
}

bool refreshes(const Tolerant<lsp::RefreshCapability>& capability) {
  return capability && yes(capability->refreshSupport);
}

// Clients say how diagnostics may look with those they are pushed, with those they pull, or with both.
template <class Capabilities>
void read_diagnostics(const Capabilities& announced, ClientTraits& traits) {
  const auto& tags = announced.tagSupport;
  if (yes(announced.relatedInformation)) traits.related_information = true;
  if (yes(announced.codeDescriptionSupport)) traits.code_description = true;
  if (tags && std::ranges::count(tags->valueSet, lsp::DiagnosticTag::unnecessary) > 0) traits.tag_unnecessary = true;
}

void read_text_document(const lsp::TextDocumentClientCapabilities& document, ClientTraits& traits) {
  if (document.hover && document.hover->contentFormat) {
    const std::vector<std::string>& formats = *document.hover->contentFormat;
    traits.markdown = std::ranges::find(formats, "markdown") != formats.end();
  }
  traits.prepares_rename = document.rename && yes(document.rename->prepareSupport);
  if (document.completion && document.completion->completionItem &&
      document.completion->completionItem->documentationFormat) {
    const std::vector<std::string>& formats = *document.completion->completionItem->documentationFormat;
    traits.completion_markdown = std::ranges::find(formats, "markdown") != formats.end();
  }
  traits.hierarchical_symbols =
      document.documentSymbol && yes(document.documentSymbol->hierarchicalDocumentSymbolSupport);
  traits.formats_ranges = document.rangeFormatting && yes(document.rangeFormatting->rangesSupport);
  if (document.foldingRange) traits.most_folds = document.foldingRange->rangeLimit;
  if (document.publishDiagnostics) read_diagnostics(*document.publishDiagnostics, traits);
  if (document.diagnostic) {
    traits.pulls_diagnostics = true;
    read_diagnostics(*document.diagnostic, traits);
  }
}

void read_workspace(const lsp::WorkspaceClientCapabilities& workspace, ClientTraits& traits) {
  traits.document_changes = workspace.workspaceEdit && yes(workspace.workspaceEdit->documentChanges);
  if (traits.document_changes && workspace.workspaceEdit->resourceOperations) {
    traits.creates_files = std::ranges::count(*workspace.workspaceEdit->resourceOperations, "create") > 0;
  }
  traits.configuration = yes(workspace.configuration);
  traits.registers_configuration = registers(workspace.didChangeConfiguration);
  traits.registers_watched_files = registers(workspace.didChangeWatchedFiles);
  traits.refreshes_diagnostics = refreshes(workspace.diagnostics);
  traits.refreshes_hints = refreshes(workspace.inlayHint);
  traits.refreshes_lenses = refreshes(workspace.codeLens);
}

// Nothing says this in so many words. A client that pulls for one document only (LSP4IJ) does not say either how such
// diagnostics may look, which is newer than pulling them. Neovim (0.12), once it was offered the workspace's findings,
// asks for those in place of the ones of open documents when it is told to ask again, and what it shows gets old.
bool pulls_workspace(const lsp::InitializeParams& params) {
  const lsp::ClientCapabilities& can = params.capabilities;
  const bool announced = can.workspace && can.workspace->diagnostics && can.textDocument &&
                         can.textDocument->diagnostic && can.textDocument->diagnostic->relatedInformation;
  return announced && !(params.clientInfo && params.clientInfo->name == "Neovim");
}

}  // namespace

ClientTraits traits_of(const lsp::InitializeParams& params) {
  const lsp::ClientCapabilities& capabilities = params.capabilities;
  ClientTraits traits;
  traits.encoding = encoding_for(capabilities);
  if (capabilities.textDocument) read_text_document(*capabilities.textDocument, traits);
  if (capabilities.workspace) read_workspace(*capabilities.workspace, traits);
  traits.pulls_workspace = pulls_workspace(params);
  traits.shows_progress = capabilities.window && yes(capabilities.window->workDoneProgress);
  return traits;
}

std::string_view encoding_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8:
      return "utf-8";
    case Encoding::utf32:
      return "utf-32";
    case Encoding::utf16:
      break;
  }
  return "utf-16";
}

}  // namespace keyline::server
