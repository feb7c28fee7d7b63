#pragma once
// What a feature may look at: one analysed text and who asks. Everything is immutable and lives as long as the call;
// features run on a worker and keep nothing between calls.

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "analysis/analysis.h"
#include "analysis/builds/build_file.h"
#include "analysis/ignore_file.h"
#include "analysis/replay/known_prices.h"
#include "server/lsp/client_traits.h"
#include "server/lsp/workspace_files.h"
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
  const analysis::KnownPrices* prices = nullptr;  // of findings; null: nobody has looked into the history
};

// A Dockerfile that is open while a question is about its .dockerignore.
struct OpenDockerfile {
  std::string uri;
  std::shared_ptr<const analysis::Snapshot> snapshot;
};

// A Dockerfile that a build file may name.
struct KnownDockerfile {
  std::string path;
  std::string uri;
  std::shared_ptr<const DockerfilePlaces> places;
};

// The same as a View for a Compose or Bake file.
struct BuildFileView {
  std::string_view text;
  const analysis::LineIndex& lines;
  const std::string& uri;
  const std::string& path;
  analysis::BuildFileKind kind;
  const analysis::BuildFile& file;
  const ClientTraits& client;
  std::span<const KnownDockerfile> dockerfiles;
};

// The same as a View for a .dockerignore.
struct IgnoreView {
  const analysis::IgnoreSnapshot& snapshot;
  const std::string& uri;
  std::int32_t version = 0;
  const ClientTraits& client;
  std::span<const OpenDockerfile> dockerfiles = {};  // those whose builds it belongs to
};

}  // namespace keyline::server
