#pragma once
// What the paths on a command line stand for: a file itself, whatever its name, and the Dockerfiles below a folder. A
// folder without any is a fault, since nothing would be checked and all would look well.

#include <string>
#include <vector>

namespace keyline::server {

struct PathFault {
  std::string path;
  std::string message;
};

struct GivenFiles {
  std::vector<std::string> files;  // sorted, each once, as the user would write them; "-" stays
  std::vector<PathFault> faults;
};

// No paths mean the current folder. Whether a file can be read is said where it is read.
GivenFiles files_for(const std::vector<std::string>& paths);

}  // namespace keyline::server
