#pragma once
// The Surroundings of a session over a real disk: finds the build directory of a Dockerfile and reads it. Runs on the
// disk lane and touches nothing of the session.

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/cache/builder_cache.h"
#include "server/environment/disk_context.h"
#include "server/environment/find_context.h"
#include "server/lsp/surroundings.h"

namespace keyline::server {

std::shared_ptr<const analysis::BuildContext> load_context_from_disk(const ContextQuery& query, std::stop_token stop);
// Where it is known already which directory that is.
std::shared_ptr<const analysis::BuildContext> load_found_context(const ContextQuery& query, FoundContext found,
                                                                 std::stop_token stop);

// Surroundings::load_shared_context.
std::shared_ptr<const analysis::BuildContext> load_shared_context_from_disk(const ContextQuery& query,
                                                                            ListingCache& listings,
                                                                            std::stop_token stop);

// Surroundings::find_dockerfiles and read_text. Links are not followed, so nothing outside the folders is read.
std::vector<std::string> find_workspace_dockerfiles(const std::vector<std::string>& folders, std::stop_token stop);
std::optional<StampedText> read_workspace_file(const std::string& path, const std::string& known_stamp);

// Surroundings::hash_context: the files that the Dockerfile's COPY, ADD and binds select.
std::shared_ptr<const analysis::BuildContext> hash_context_on_disk(
    const ContextQuery& query, const std::shared_ptr<const analysis::BuildContext>& listed, DiskProgress& progress,
    std::stop_token stop);

// One value of `--build-context NAME=VALUE`, read and hashed whole: such directories are small and there for the build.
// Relative values count from the first workspace folder, else from the current one. Null when it is no directory.
std::shared_ptr<const DiskContext> load_named_context(const ContextQuery& query, const std::string& value,
                                                      std::stop_token stop);
// Surroundings::named_contexts: those that are directories.
analysis::NamedContexts load_named_contexts(const ContextQuery& query, std::stop_token stop);

// What COPY, ADD and binds take from the context, each once, sorted. "." stands for everything.
std::vector<std::string> context_sources(const analysis::Model& model);
std::vector<std::string> context_sources(const ContextQuery& query);

// The directory to read: the setting, taken from the workspace folder around the Dockerfile or, without folders, from
// its own folder, else what find_context() believes. The builds that are known of the Dockerfile come with it.
FoundContext found_context(const ContextQuery& query);
std::string context_directory(const ContextQuery& query);

// Whether an analysis could tell the two apart.
bool same_context(const analysis::BuildContext& one, const analysis::BuildContext& other);

}  // namespace keyline::server
