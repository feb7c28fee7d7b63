#include "server/lsp/pricing.h"

#include <utility>

#include "protocol/uri.h"
#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/disk_progress.h"

namespace keyline::server {
namespace {

// Longer than between two letters.
constexpr Clock::Duration quiet_time{1000};

bool wants_prices(const Session& session, const Document& document) {
  const bool can_have = session.surroundings.price && session.settings->history_commits > 0 &&
                        document.kind == DocumentKind::dockerfile && protocol::is_file_uri(document.uri);
  // What a fix would do to the build directory is not known before that is.
  if (!can_have || document.pricing || !document.is_current() || !document.snapshot->context().complete()) return false;
  if (!document.prices || document.prices_stale) return true;
  return document.prices->fault().empty() && !document.prices->covers(*document.snapshot);
}

}  // namespace

void findings_known(Session& session, const Document& document) {
  if (wants_prices(session, document)) session.scheduler.start_timer(Timer::prices, quiet_time);
}

void prices_stale(Session& session) {
  for (auto& [path, document] : session.documents.all()) {
    document.prices_stale = true;
    findings_known(session, document);
  }
}

void price_documents(Session& session) {
  for (auto& [path, document] : session.documents.all()) {
    if (!wants_prices(session, document)) continue;
    document.pricing = true;
    document.prices_stale = false;
    document.price_progress = std::make_shared<DiskProgress>();
    disk_work_began(session);
    session.scheduler.run(Lane::disk,
                          [price = session.surroundings.price, query = query_for(session, document),
                           snapshot = document.snapshot, commits = session.settings->history_commits,
                           progress = document.price_progress, opening = document.opening]() -> Event {
                            return PricesFound{query.dockerfile, opening, price(query, *snapshot, commits, *progress)};
                          });
  }
}

void prices_found(Session& session, PricesFound found) {
  Document* document = session.documents.find_path(found.path);
  if (document != nullptr && document->opening == found.opening) {
    document->pricing = false;
    document->price_progress = nullptr;
    const std::shared_ptr<const analysis::KnownPrices> before =
        std::exchange(document->prices, std::move(found.prices));
    const analysis::Snapshot& snapshot = *document->snapshot;
    if (document->prices->of(snapshot) != (before ? before->of(snapshot) : analysis::Prices())) {
      document->dirty = document->news = true;
      settle(session);
    }
    findings_known(session, *document);
  }
  disk_work_ended(session);
}

std::shared_ptr<const analysis::KnownPrices> prices_of(const Session& session, const Document& document) {
  return session.settings->history_commits > 0 ? document.prices : nullptr;
}

}  // namespace keyline::server
