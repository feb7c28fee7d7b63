#pragma once
// What git does not record, as far as the .gitignore files of the context tell: such a path is not in a clean checkout,
// so whoever builds from one builds without it. Settings of git outside of the context are not seen: "no" means "not
// known to be ignored". Plain facts, for rules/.

#include <string_view>

#include "analysis/context/build_context.h"
#include "analysis/context/dockerignore.h"

namespace keyline::analysis {

class GitIgnores {
 public:
  explicit GitIgnores(const BuildContext& context);

  bool ignores(std::string_view path) const { return patterns_.match(path).ignored; }

 private:
  Dockerignore patterns_;  // gitignore(5) in the words of .dockerignore
};

// Whether the loader of a context is to keep the text of this file for GitIgnores.
bool is_gitignore(std::string_view path);

}  // namespace keyline::analysis
