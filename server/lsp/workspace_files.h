#pragma once
// What is known of Dockerfiles that lie in the workspace's folders, whether somebody has them open or not. Immutable,
// so the disk lane can make the next one from the last.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/navigate/dockerfile_names.h"
#include "protocol/lsp/structure.h"

namespace keyline::server {

// A step that runs again when something gets another value.
struct RekeyedStep {
  protocol::lsp::Range range;  // of its first line
  std::string name;            // as BuildKit prints it
};

// The names of a Dockerfile and where they stand, as the client counts.
struct DockerfilePlaces {
  analysis::DockerfileNames names;
  std::vector<protocol::lsp::Range> stages;     // of names.stages
  std::vector<protocol::lsp::Range> arguments;  // of names.arguments
  // Of each of them, in a build of the last stage, and that stage's name.
  std::vector<std::vector<RekeyedStep>> rekeyed;
  std::string last_stage;
};

struct WorkspaceFile {
  std::string stamp;  // of the file that was read
  std::vector<protocol::lsp::SymbolInformation> stages;
  std::vector<std::string> images;
  DockerfilePlaces places = {};
};

struct WorkspaceFiles {
  std::map<std::string, std::shared_ptr<const WorkspaceFile>, std::less<>> by_path;
};

}  // namespace keyline::server
