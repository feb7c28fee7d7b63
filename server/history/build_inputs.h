#pragma once
// The inputs of a build as they are on disk now, in the form in which they are remembered. Never fails: a directory
// that cannot be read whole says so in its record. Blocks while it reads; for commands and the disk lane.

#include <stop_token>
#include <string>

#include "protocol/result.h"
#include "server/history/recorded_build.h"
#include "server/history/store.h"
#include "server/lsp/surroundings.h"

namespace keyline::server {

// The query's `setting` names the context, absolute or relative to the Dockerfile's folder. Files that the Dockerfile
// takes from the context have their contents hashed, as have all files of named contexts.
RecordedBuild read_build_inputs(const ContextQuery& query, std::stop_token stop);

// Remembers the build as one that has just finished.
protocol::Result<void> remember(HistoryStore& store, RecordedBuild& build);

// Remembers in `store_file` that the query's Dockerfile, as it is saved, was built just now; says to its user how that
// went.
std::string record_build_now(const std::string& store_file, ContextQuery query);

// The names under which builds are remembered: whoever looks one up asks with these. Directories above are taken by
// their real names; the file itself is not followed, since its name decides which ignore file applies.
std::string recorded_file_name(const std::string& file);
std::string recorded_directory_name(const std::string& directory);

// Gives the measured steps their lines, by counting the steps of each stage.
void place_steps(RecordedBuild& build);

}  // namespace keyline::server
