#pragma once
// Looks for the Dockerfiles in the workspace's folders, off the main thread, and answers what is asked about all of
// them. Looked for when somebody asks and something may have changed; a file is read again when its stamp is another
// one. Main thread only.

#include <string>
#include <vector>

#include "protocol/json_rpc.h"
#include "server/lsp/session.h"

namespace keyline::server {

// Makes sure that the files are known as they are now: workspace_surveyed() follows, at once where nothing changed.
void survey_workspace(Session& session);
void workspace_surveyed(Session& session, std::shared_ptr<const WorkspaceFiles> files);
// A folder came or went, or files did.
void workspace_changed(Session& session);

// Takes over the request.
void ask_symbols(Session& session, const protocol::Id& id, const protocol::lsp::WorkspaceSymbolParams& params);

// The Dockerfiles that are open or lie in the workspace's folders, as far as they are known.
std::vector<KnownDockerfile> known_dockerfiles(const Session& session);

// The base images that the workspace's Dockerfiles name, sorted; those of files that are not open, if they are known.
std::vector<std::string> workspace_images(const Session& session);

}  // namespace keyline::server
