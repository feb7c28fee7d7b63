#pragma once
// What git's index records of the files below a directory: whether each may be executed, which is all it keeps of a
// mode. The file is read as it is (gitformat-index(5), versions 2 to 4); git is not started, and nothing is believed of
// a file that does not fit. Reading is bounded.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keyline::server {

struct RecordedFile {
  std::string path;        // below the directory
  std::uint32_t mode = 0;  // what a checkout gives it under the usual umask, 022: 0644 or 0755
};

// Sorted by path bytewise. Of the work tree that the directory (absolute) lies in; without one, or where the index
// cannot be read, nothing.
std::vector<RecordedFile> recorded_files(const std::string& directory);

// Only what lies below `prefix` ("" or "a/b/"), which is left off the names.
std::vector<RecordedFile> read_git_index(std::string_view bytes, std::string_view prefix);

}  // namespace keyline::server
