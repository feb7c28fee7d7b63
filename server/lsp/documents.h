#pragma once
// The texts that the client has open, and what is known about each. Main thread only. `revision` counts texts: it grows
// with every change, whatever the client's version numbers do, and tells whether a snapshot is of the present text.
// Documents are found by the path their URI means, since clients spell one URI in several ways.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/ignore_file.h"
#include "analysis/replay/known_prices.h"
#include "protocol/lsp/documents.h"

namespace keyline::server {

struct AnalysisRun;
struct BuildProject;
namespace features {
struct FixMemory;
struct TokenMemory;
}  // namespace features
struct DiskProgress;

// What is in the editor's `.dockerignore`, not what is on disk, decides what a COPY matches. `other` is what a client
// sends because its name for the language covers more than ours: kept, and never spoken about. A build file is answered
// from its text alone; its analysis gives findings and nothing else.
enum class DocumentKind : std::uint8_t { dockerfile, dockerignore, build_file, other };

// Whether documents of the kind have analyses and diagnostics.
constexpr bool is_analyzed(DocumentKind kind) { return kind != DocumentKind::other; }

struct Document {
  std::string uri;   // as the client spells it
  std::string path;  // the key
  DocumentKind kind = DocumentKind::dockerfile;
  std::int32_t version = 0;
  std::uint64_t opening = 0;  // the revision it was opened with: tells it from an earlier opening of the same file
  std::uint64_t revision = 0;
  std::string text;
  analysis::LineIndex lines;  // of `text`

  // The newest analysis that was finished, and the revision it speaks about.
  std::shared_ptr<const analysis::Snapshot> snapshot;
  std::shared_ptr<const analysis::IgnoreSnapshot> ignore;  // the same for a .dockerignore
  std::uint64_t snapshot_revision = 0;
  std::shared_ptr<AnalysisRun> run;  // at most one is under way
  bool dirty = true;                 // text, context or settings differ from what was last given to a run
  bool news = false;                 // all but the text does: once a run has read it, clients are to ask again
  std::size_t published = 0;         // a digest of the last diagnostics sent

  // Of a build file: what stands around it, null until that is known, and the Dockerfiles it named when last analysed.
  std::shared_ptr<const BuildProject> project;
  std::set<std::string, std::less<>> dockerfiles;

  // Null: never loaded. For a .dockerignore a listing in which nothing is hidden.
  std::shared_ptr<const analysis::BuildContext> context;
  analysis::NamedContexts named_contexts;                 // those that are directories and have been read
  std::shared_ptr<const analysis::BuildHistory> history;  // null: no build is known
  bool context_loading = false;                           // listing or hashing
  bool context_stale = false;                             // to be loaded once more when the load under way is done

  // What its findings cost by the history of the project; null: nobody has looked yet.
  std::shared_ptr<const analysis::KnownPrices> prices;
  bool pricing = false;                          // under way
  bool prices_stale = false;                     // files were saved since, and with them perhaps a commit was made
  std::shared_ptr<DiskProgress> price_progress;  // in commits for files

  // What the disk lane is told, and tells meanwhile.
  std::stop_source disk_stop;
  std::shared_ptr<DiskProgress> disk_progress;
  // Since contents were first hashed: the listing they were hashed for, and whose sources.
  std::shared_ptr<const analysis::BuildContext> listing;
  std::optional<std::vector<std::string>> hashed_sources;

  // Of the colours and fixes last given; only work in the analysis lane looks inside, one piece after the other.
  std::shared_ptr<features::TokenMemory> tokens;
  std::shared_ptr<features::FixMemory> fixes;

  bool is_current() const { return (snapshot || ignore) && snapshot_revision == revision; }
};

class Documents {
 public:
  // Opening what is open replaces it.
  Document& open(const protocol::lsp::TextDocumentItem& item);
  // Applies the changes in order; places outside the text are clamped to it.
  void change(Document& document, std::int32_t version,
              const std::vector<protocol::lsp::TextDocumentContentChangeEvent>& changes, analysis::Encoding encoding);
  void close(std::string_view uri);

  Document* find(std::string_view uri);
  const Document* find(std::string_view uri) const;
  Document* find_path(std::string_view path);
  // By path.
  std::map<std::string, Document, std::less<>>& all() { return documents_; }
  const std::map<std::string, Document, std::less<>>& all() const { return documents_; }

 private:
  std::map<std::string, Document, std::less<>> documents_;
  std::uint64_t next_revision_ = 1;
};

}  // namespace keyline::server
