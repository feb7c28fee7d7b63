#pragma once
// Finds the build files that may speak of a Dockerfile: in its folder and those above it up to the project's root, and
// where projects keep workflows and scripts. Reads files only, follows no link, bounded in number and size. A reader
// remembers what it has read: one is made for each run, or for each look that must see the present state.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/builds/evidence.h"

namespace keyline::server {

class BuildFileReader {
 public:
  // `open_texts` stand in for what is on disk, by absolute path.
  explicit BuildFileReader(std::map<std::string, std::string> open_texts = {}) : open_texts_(std::move(open_texts)) {}

  // `folder` is `root` or lies below it. Sorted by path within each folder, the root's first.
  analysis::ProjectBuildFiles read(const std::string& root, const std::string& folder);

 private:
  const analysis::ProjectBuildFiles& in_directory(const std::string& root, const std::string& directory);

  std::map<std::string, std::string> open_texts_;
  std::map<std::string, analysis::ProjectBuildFiles> known_;  // by root and directory
};

}  // namespace keyline::server
