#pragma once
// What git's index records of the files below a directory: whether each may be executed, which is all it keeps of a
// mode. The file is read as it is (gitformat-index(5), versions 2 to 4); git is not started, and nothing is believed of
// a file that does not fit. Reading is bounded.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace keyline::server {

class GitIndex {
 public:
  // Of the work tree that the directory (absolute) lies in; without one, or where the index cannot be read, empty.
  static GitIndex around(const std::string& directory);
  // Only what lies below `prefix` ("" or "a/b/"), which is left off the names.
  static GitIndex read(std::string_view bytes, std::string_view prefix);

  // What a checkout gives the file under the usual umask, 022: 0644 or 0755; 0 when git does not record it.
  std::uint32_t checkout_mode(std::string_view path) const;
  bool empty() const { return executable_.empty(); }

 private:
  std::map<std::string, bool, std::less<>> executable_;  // by path below the directory
};

}  // namespace keyline::server
