#pragma once
// What the findings in open Dockerfiles cost by the project's history (analysis/replay/price.h). It is worked out on
// the disk lane once the findings have stood for a moment, kept while the file is edited, and worked out anew when
// files were saved: a commit may have been made. Until then findings have no price. Main thread only.

#include "server/lsp/session.h"

namespace keyline::server {

// To be called with each new snapshot.
void findings_known(Session& session, const Document& document);
// Files on disk, or the setting, are other ones.
void prices_stale(Session& session);

void price_documents(Session& session);  // Timer::prices
void prices_found(Session& session, PricesFound found);

// Null where findings have none.
std::shared_ptr<const analysis::KnownPrices> prices_of(const Session& session, const Document& document);

}  // namespace keyline::server
