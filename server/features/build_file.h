#pragma once
// What an editor can ask about a Compose or Bake file: the builds in it, and what they name of Dockerfiles. Pure
// functions over a BuildFileView; whatever is not here is answered as for a document that is not open.

#include "protocol/lsp/methods.h"
#include "server/features/view.h"

namespace keyline::server::features {

protocol::lsp::CompletionList build_file_completion(const BuildFileView& view,
                                                    const protocol::lsp::CompletionParams& params);
// Of a service or target what its build is, of an argument or stage what the Dockerfile has by that name.
protocol::lsp::HoverRequest::Result build_file_hover(const BuildFileView& view,
                                                     const protocol::lsp::HoverParams& params);
// Of an argument: its ARG, and the steps that another value re-runs.
protocol::lsp::ReferencesRequest::Result build_file_references(const BuildFileView& view,
                                                               const protocol::lsp::ReferenceParams& params);
protocol::lsp::DefinitionRequest::Result build_file_definition(const BuildFileView& view,
                                                               const protocol::lsp::TextDocumentPositionParams& params);
// From contexts and Dockerfiles to the Dockerfiles.
protocol::lsp::DocumentLinkRequest::Result build_file_links(const BuildFileView& view,
                                                            const protocol::lsp::TextDocumentParams& params);
// The builds.
protocol::lsp::DocumentSymbolRequest::Result build_file_symbols(const BuildFileView& view,
                                                                const protocol::lsp::TextDocumentParams& params);

}  // namespace keyline::server::features
