#pragma once
// Which sources of a Dockerfile take a path of the context: for each COPY, ADD and bind mount that reads from it, what
// a change there does to the step. Made once for a Dockerfile and its .dockerignore.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/dockerignore.h"
#include "analysis/model/model.h"
#include "analysis/syntax/tree.h"

namespace keyline::analysis {

// maybe: a source whose text is not known, or a file that only some versions of BuildKit look at (--exclude).
enum class Hit : std::uint8_t { no, maybe, certain };

struct ReachSource {
  StepId step = none;
  std::string path;  // clean; "." for everything
  bool known = true;
  bool wildcard = false;
  std::vector<std::string> excludes;
};

class Reach {
 public:
  Reach(const SyntaxTree& tree, const Model& model, const BuildOptions& options, const Dockerignore& dockerignore);

  // Of the steps that the target needs, in their order.
  const std::vector<ReachSource>& sources() const { return sources_; }
  bool visible(std::string_view path) const { return !dockerignore_.match(path).ignored; }
  // What the source says to a change of a visible path.
  Hit hit(std::size_t source, std::string_view path) const;
  // The same as if the source were spelled otherwise.
  Hit hit_as(std::size_t source, std::string_view spelled, bool wildcard, std::string_view path) const;

 private:
  Dockerignore dockerignore_;
  std::vector<ReachSource> sources_;
  std::vector<Dockerignore> excludes_;  // of each
};

}  // namespace keyline::analysis
