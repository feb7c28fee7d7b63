#pragma once
// Diagnostics as JSON text, written without building the tree in between: they are the one answer that is sent again
// with every keystroke. The text parses to what encode() gives. Pure functions, safe on any thread.

#include <string>
#include <string_view>
#include <vector>

#include "protocol/lsp/diagnostics.h"

namespace keyline::protocol::lsp {

// Appends a JSON string. Bytes that are no UTF-8 become U+FFFD.
void write_json(std::string& out, std::string_view text);
void write_json(std::string& out, const std::vector<Diagnostic>& diagnostics);

// The body of textDocument/publishDiagnostics.
std::string write_publish(const PublishDiagnosticsParams& params);

}  // namespace keyline::protocol::lsp
