#pragma once
// The two states that `keyline diff` compares, as the user names them: a folder, a Dockerfile, or a git revision. Reads
// disks and git's objects; nothing is checked out.

#include <memory>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "protocol/result.h"
#include "server/cli/build_flags.h"

namespace keyline::server {

// One Dockerfile with its build directory.
struct Side {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const analysis::BuildContext> context;
  bool revision = false;
};

// `file`: the Dockerfile, where `name` is a folder or a revision.
protocol::Result<Side> read_side(const std::string& name, const std::string& file, const Build& build);
// A revision has no modes but "may be executed" and no `.git`, so where one side is one, the other is taken the same
// way.
void make_comparable(Side& one, Side& other);

// A folder or a revision with all its Dockerfiles.
struct Project {
  std::string name;
  bool revision = false;
  std::string folder;                    // absolute; of a revision: where it is in the working tree
  std::vector<std::string> dockerfiles;  // from there, sorted
};

protocol::Result<std::pair<Project, Project>> read_projects(const std::string& before, const std::string& after);
protocol::Result<Side> read_project_side(const Project& project, const std::string& dockerfile, const Build& build);

}  // namespace keyline::server
