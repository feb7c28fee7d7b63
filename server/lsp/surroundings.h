#pragma once
// What a session needs of the world outside: the build directory and whether a process lives. Functions, so that tests
// give their own and no test needs a disk.

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

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
  std::shared_ptr<const analysis::BuildContext> previous;  // what the last query for this file gave
};

struct Surroundings {
  // Runs on the disk lane. Gives `previous` itself when nothing has changed; null only when stopped.
  std::function<std::shared_ptr<const analysis::BuildContext>(const ContextQuery&, std::stop_token)> load_context;
  std::function<bool(int process_id)> is_alive;
};

}  // namespace keyline::server
