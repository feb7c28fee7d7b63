#pragma once
// Build directories that several Dockerfiles of one run share, listed once for all of them. For commands that look at
// many files; an editor lists again whenever something changes. A Dockerfile with an ignore file of its own has a
// listing of its own.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "analysis/context/build_context.h"

namespace keyline::server {

class ListingCache {
 public:
  using Load = std::function<std::shared_ptr<const analysis::BuildContext>()>;

  // The context of `dockerfile` in `directory`, both absolute; `load` reads it unless it is known.
  std::shared_ptr<const analysis::BuildContext> of(const std::string& directory, const std::string& dockerfile,
                                                   const Load& load);

 private:
  std::map<std::string, std::shared_ptr<const analysis::BuildContext>> known_;  // by directory
};

}  // namespace keyline::server
