#pragma once
// What a build is made of when nothing says so: the context directory that a Dockerfile was probably written for, with
// the reason in words for the hover, and the Dockerfiles below the folders given to `keyline check`. Reads directories
// only; bounded; errors are values.

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/evidence.h"

namespace keyline::server {

class BuildFileReader;

struct FindContextRequest {
  std::string dockerfile;              // absolute
  std::vector<std::string> workspace;  // absolute folders; without one above the Dockerfile, the git work tree counts
  // Of COPY, ADD and binds from the context, expanded. Asked only where another folder than the Dockerfile's may be
  // meant.
  std::function<std::vector<std::string>()> sources;
};

struct FoundContext {
  std::string directory;
  std::string reason;              // one sentence
  analysis::BuildEvidence builds;  // of this Dockerfile, by the project's build files
  std::string root;                // of the project
  analysis::ProjectBuildFiles project = {};
};

// A build file that names the Dockerfile and a directory is believed; else the Dockerfile's place and sources tell.
FoundContext find_context(const FindContextRequest& request, BuildFileReader& files);

struct FoundDockerfiles {
  std::vector<std::string> files;     // sorted, each once
  std::vector<std::string> problems;  // what could not be read, and whether the search was cut short
};

// A file is taken whatever its name; a folder is searched, but for hidden folders (other than .docker and
// .devcontainer) and those that hold other people's code.
FoundDockerfiles find_dockerfiles(const std::vector<std::string>& paths, std::stop_token stop = {},
                                  std::size_t most_entries = 1'000'000);
// Whether a search that starts where the path counts from comes to the file.
bool lies_in_searched_folders(std::string_view path);

}  // namespace keyline::server
