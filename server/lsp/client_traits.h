#pragma once
// What of the client's announcement in `initialize` decides how an answer looks. Computed once, then shared unchanged
// with every worker. What a client does not announce is not used; its name counts only where it announces what it
// cannot do.

#include <cstdint>
#include <optional>

#include "analysis/text/line_index.h"
#include "protocol/lsp/lifecycle.h"

namespace keyline::server {

struct ClientTraits {
  analysis::Encoding encoding = analysis::Encoding::utf16;
  bool markdown = false;  // in hovers
  bool completion_markdown = false;
  bool related_information = false;
  bool code_description = false;
  bool tag_unnecessary = false;
  bool document_changes = false;
  bool prepares_rename = false;
  bool creates_files = false;
  bool hierarchical_symbols = false;
  bool formats_ranges = false;  // several at once
  std::optional<std::uint32_t> most_folds;

  bool configuration = false;  // may be asked for settings
  bool registers_configuration = false;
  bool registers_watched_files = false;
  bool pulls_diagnostics = false;  // and is then never pushed any
  bool pulls_workspace = false;    // asks for those of files that are not open as well
  bool refreshes_diagnostics = false;
  bool refreshes_hints = false;
  bool refreshes_lenses = false;
  bool shows_progress = false;
};

ClientTraits traits_of(const protocol::lsp::InitializeParams& params);

// As `initialize` names it: "utf-8", "utf-16" or "utf-32".
std::string_view encoding_name(analysis::Encoding encoding);

}  // namespace keyline::server
