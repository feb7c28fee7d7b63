#pragma once
// What stands around a Compose or Bake file that is open: the other build files of its project and the Dockerfiles that
// its builds name, as they are on disk. Read on the disk lane; the findings in the text that the editor has are then
// worked out on the analysis lane, so that an edit reads nothing. Immutable, and touches nothing of the session.

#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

#include "analysis/analysis.h"
#include "analysis/builds/evidence.h"
#include "server/lsp/surroundings.h"

namespace keyline::server {

// By absolute path. Of a file on disk only the tree and the model are made; null: it cannot be read.
using Dockerfiles = std::map<std::string, std::shared_ptr<const analysis::Snapshot>, std::less<>>;

// A file that is on no disk has an empty one, and what the rest of its project says being unknown, no findings.
struct BuildProject {
  std::string root;
  analysis::ProjectBuildFiles files;   // sorted by their paths from the root
  analysis::BuildVariables variables;  // what a .env beside the file sets
  Dockerfiles dockerfiles;             // that the file named when it was read
};

// Surroundings::load_project. Null only when stopped.
std::shared_ptr<const BuildProject> load_project_from_disk(const ProjectQuery& query, std::stop_token stop);

struct BuildFileInputs {
  std::string path;  // absolute
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const BuildProject> project;
  Dockerfiles open;  // as the editor has them; these count
  analysis::RuleSettings rules;
};

struct CheckedBuildFile {
  std::shared_ptr<const analysis::Snapshot> snapshot;  // as check_build_file() makes it
  std::set<std::string, std::less<>> dockerfiles;      // that it names
};

CheckedBuildFile check_open_build_file(const BuildFileInputs& inputs);

}  // namespace keyline::server
