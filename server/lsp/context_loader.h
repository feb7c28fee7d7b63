#pragma once
// Surroundings::load_context over a real disk: finds the build directory of a Dockerfile and reads it. Runs on the disk
// lane and touches nothing of the session.

#include "server/lsp/surroundings.h"

namespace keyline::server {

std::shared_ptr<const analysis::BuildContext> load_context_from_disk(const ContextQuery& query, std::stop_token stop);

// The directory to read: the setting, taken from the first workspace folder or the Dockerfile's own folder, else what
// find_context() believes.
std::string context_directory(const ContextQuery& query);

// Whether an analysis could tell the two apart.
bool same_context(const analysis::BuildContext& one, const analysis::BuildContext& other);

}  // namespace keyline::server
