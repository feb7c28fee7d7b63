#pragma once
// What a session needs of the world outside: the build directory, what it contains, and whether a process lives.
// Functions, so that tests give their own and no test needs a disk.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/cache/history.h"
#include "analysis/context/build_context.h"
#include "analysis/model/model.h"

namespace keyline::server {

struct ContextQuery {
  std::string dockerfile;                   // path text
  std::shared_ptr<const std::string> text;  // of the Dockerfile: what it copies tells where it is built
  analysis::BuildOptions build;
  std::vector<std::string> folders;                        // of the workspace
  std::string setting;                                     // keyline.context; "": find it
  std::map<std::string, std::string> overrides;            // .dockerignore files open in the editor: path -> text
  std::map<std::string, std::string> open_texts;           // these and the Dockerfiles: what the files contain
  std::shared_ptr<const analysis::BuildContext> previous;  // what the last query for this file gave
};

// How far a reading of contents has come. Written by the disk lane, looked at by the main thread.
struct DiskProgress {
  std::atomic<std::size_t> files_done = 0;
  std::atomic<std::size_t> files = 0;  // 0: not known yet
  std::atomic<std::uint64_t> bytes_done = 0;
  std::atomic<std::uint64_t> bytes = 0;
};

struct Surroundings {
  // Runs on the disk lane. Gives `previous` itself when nothing has changed; null only when stopped.
  std::function<std::shared_ptr<const analysis::BuildContext>(const ContextQuery&, std::stop_token)> load_context = {};
  // The same context with what its files contain; runs on the disk lane as well. Gives `previous` when nothing differs,
  // and what it has when stopped. Without this function nothing is known about contents.
  std::function<std::shared_ptr<const analysis::BuildContext>(
      const ContextQuery&, const std::shared_ptr<const analysis::BuildContext>& listed, DiskProgress&, std::stop_token)>
      hash_context = {};
  // The builds that are known of this Dockerfile and context, for forecasts; on the disk lane. Null: none.
  std::function<std::shared_ptr<const analysis::BuildHistory>(const ContextQuery&)> known_builds = {};
  // The directories that the build has besides its context; on the disk lane.
  std::function<analysis::NamedContexts(const ContextQuery&, std::stop_token)> named_contexts = {};
  // Remembers a build of what is on disk now, and tells how that went; on the disk lane.
  std::function<std::string(const ContextQuery&)> record_build = {};
  // Another text whenever somebody has changed what is remembered; on the disk lane, cheap.
  std::function<std::string()> history_stamp = {};
  std::function<bool(int process_id)> is_alive = {};
};

}  // namespace keyline::server
