#pragma once
// The build directory of each open Dockerfile: loaded on the disk lane, again when files changed, never twice at once
// for one document. Until the first load is done a document is analysed without one. Main thread only.

#include "server/lsp/session.h"

namespace keyline::server {

void load_context(Session& session, Document& document);
void load_contexts(Session& session);
// Something on disk or in a .dockerignore changed: load again once it has been quiet for a moment.
void contexts_changed(Session& session);
void context_loaded(Session& session, ContextLoaded loaded);

// Whether a change of this file can matter to any build: not what version control and package managers keep for
// themselves.
bool may_matter(std::string_view path);

}  // namespace keyline::server
