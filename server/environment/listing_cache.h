#pragma once
// Build directories that several Dockerfiles of one run share, listed once for all of them. For commands that look at
// many files; an editor lists again whenever something changes. A Dockerfile with an ignore file of its own has a
// listing of its own.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "analysis/context/build_context.h"
#include "server/environment/build_files.h"

namespace keyline::server {

class ListingCache {
 public:
  using Load = std::function<std::shared_ptr<const analysis::BuildContext>()>;

  // The context of `dockerfile` in `directory`, both absolute; `load` reads it unless it is known. `builds` are that
  // Dockerfile's own.
  std::shared_ptr<const analysis::BuildContext> of(const std::string& directory, const std::string& dockerfile,
                                                   const analysis::BuildEvidence& builds, const Load& load);
  // Build files are read once a run as well.
  const std::shared_ptr<BuildFileReader>& build_files() const { return build_files_; }

 private:
  std::map<std::string, std::shared_ptr<const analysis::BuildContext>> known_;  // by directory
  std::shared_ptr<BuildFileReader> build_files_ = std::make_shared<BuildFileReader>();
};

}  // namespace keyline::server
