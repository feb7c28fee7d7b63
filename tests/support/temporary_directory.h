#pragma once
// A directory on disk for one test, gone with everything in it when the object goes. Paths are given from its root.

#include <string>
#include <string_view>

namespace keyline::tests {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  std::string path(std::string_view below) const { return path_ + "/" + std::string(below); }

  // Each makes the directories above as needed.
  void write(std::string_view below, std::string_view text) const;
  void make_directory(std::string_view below) const;
  void link(std::string_view below, const std::string& target) const;

 private:
  std::string path_;
};

}  // namespace keyline::tests
