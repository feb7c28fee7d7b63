#pragma once
// What a session needs of the world outside: the build directory, what it contains, and whether a process lives.
// Functions, so that tests give their own and no test needs a disk.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/cache/history.h"
#include "analysis/context/build_context.h"
#include "analysis/model/model.h"
#include "analysis/replay/known_prices.h"

namespace keyline::server {

class BuildFileReader;
struct BuildProject;
class ListingCache;

struct ContextQuery {
  std::string dockerfile;                   // path text
  std::shared_ptr<const std::string> text;  // of the Dockerfile: what it copies tells where it is built
  analysis::BuildOptions build;
  std::vector<std::string> folders;                        // of the workspace
  std::string setting;                                     // keyline.context; "": find it
  std::map<std::string, std::string> overrides;            // .dockerignore files open in the editor: path -> text
  std::map<std::string, std::string> open_texts;           // these and the Dockerfiles: what the files contain
  std::shared_ptr<const analysis::BuildContext> previous;  // what the last query for this file gave
  // `dockerfile` is a .dockerignore: what is wanted is all that it could hide.
  bool for_ignore_file = false;
  std::shared_ptr<BuildFileReader> build_files = {};  // what this run has read of them; null: nothing is kept
};

// What stands around an open build file.
struct ProjectQuery {
  std::string path;  // of that file
  std::string text;
  analysis::BuildOptions build;
  std::vector<std::string> folders;               // of the workspace
  std::vector<std::string> dockerfiles;           // in these, as far as they are known
  std::map<std::string, std::string> open_texts;  // what other build files contain
};

// How far a reading of contents has come. Written by the disk lane, looked at by the main thread.
struct DiskProgress {
  std::atomic<std::size_t> files_done = 0;
  std::atomic<std::size_t> files = 0;  // 0: not known yet
  std::atomic<std::uint64_t> bytes_done = 0;
  std::atomic<std::uint64_t> bytes = 0;
};

// A file's text, and a stamp that is another one when the file may be.
struct StampedText {
  std::string stamp;
  std::shared_ptr<const std::string> text;  // null: the stamp is the one that was known
};

struct Surroundings {
  // Runs on the disk lane. Gives `previous` itself when nothing has changed; null only when stopped.
  std::function<std::shared_ptr<const analysis::BuildContext>(const ContextQuery&, std::stop_token)> load_context = {};
  // The same context with what its files contain; runs on the disk lane as well. Gives `previous` when nothing differs,
  // and what it has when stopped. Without this function nothing is known about contents.
  std::function<std::shared_ptr<const analysis::BuildContext>(
      const ContextQuery&, const std::shared_ptr<const analysis::BuildContext>& listed, DiskProgress&, std::stop_token)>
      hash_context = {};
  // As load_context, for many Dockerfiles in one go: build directories that they share are read once.
  std::function<std::shared_ptr<const analysis::BuildContext>(const ContextQuery&, ListingCache&, std::stop_token)>
      load_shared_context = {};
  // The Dockerfiles below folders, sorted, and bounded in number; on the disk lane.
  std::function<std::vector<std::string>(const std::vector<std::string>& folders, std::stop_token)> find_dockerfiles =
      {};
  // Nothing when it cannot be read, or is no file that anybody wrote by hand; on the disk lane.
  std::function<std::optional<StampedText>(const std::string& path, const std::string& known_stamp)> read_text = {};
  // On the disk lane. Null only when stopped.
  std::function<std::shared_ptr<const BuildProject>(const ProjectQuery&, std::stop_token)> load_project = {};
  // The builds that are known of this Dockerfile and context, for forecasts; on the disk lane. Null: none.
  std::function<std::shared_ptr<const analysis::BuildHistory>(const ContextQuery&)> known_builds = {};
  // The directories that the build has besides its context; on the disk lane.
  std::function<analysis::NamedContexts(const ContextQuery&, std::stop_token)> named_contexts = {};
  // What the findings of an analysis cost by the last commits of the project; on the disk lane.
  std::function<std::shared_ptr<const analysis::KnownPrices>(const ContextQuery&, const analysis::Snapshot&,
                                                             std::size_t commits, DiskProgress& progress)>
      price = {};
  // Remembers a build of what is on disk now, and tells how that went; on the disk lane.
  std::function<std::string(const ContextQuery&)> record_build = {};
  // Another text whenever somebody has changed what is remembered; on the disk lane, cheap.
  std::function<std::string()> history_stamp = {};
  std::function<bool(int process_id)> is_alive = {};
};

}  // namespace keyline::server
