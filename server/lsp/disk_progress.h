#pragma once
// What the user sees of a long look at the disk: nothing for a second, then how far it has come, and a button to stop
// it. One for the whole session, however many documents wait. Main thread only.

#include "server/lsp/session.h"

namespace keyline::server {

// To be called when the disk lane is given work for a document, and whenever it may have no more of it.
void disk_work_began(Session& session);
void disk_work_ended(Session& session);

// Timer::progress.
void show_disk_work(Session& session);
// What the client says about the token that it was asked to make.
void progress_created(Session& session, bool accepted);
void cancel_progress(Session& session, const protocol::lsp::WorkDoneProgressCancelParams& params);

}  // namespace keyline::server
