#pragma once
// What a feature may look at: one analysed text and who asks. Everything is immutable and lives as long as the call;
// features run on a worker and keep nothing between calls.

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "analysis/analysis.h"
#include "server/lsp/client_traits.h"
#include "server/settings/settings.h"

namespace keyline::server {

// A .dockerignore that the client has open, as it was when the question was asked.
struct OpenIgnoreFile {
  std::string path;
  std::string uri;  // as the client spells it
  std::int32_t version = 0;
  std::string text;
};

struct View {
  const analysis::Snapshot& snapshot;
  const std::string& uri;  // as the client spells it
  std::int32_t version = 0;
  const ClientTraits& client;
  const Settings& settings;
  std::stop_token stop;
  std::span<const OpenIgnoreFile> ignore_files = {};
};

}  // namespace keyline::server
