#pragma once
// For tests of the program as a user runs it: a folder of its own that is gone afterwards, and commands in it through
// /bin/sh with `keyline` on the PATH and nothing in the environment that changes its output.

#include <filesystem>
#include <string>
#include <string_view>

namespace keyline::tests {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Where commands in the folder keep what they remember. Beside it, so that it is no part of a build context.
  std::filesystem::path cache() const { return path_.string() + ".cache"; }
  // Adds what tests/samples/NAME holds.
  void copy_sample(std::string_view name) const;
  void write(std::string_view file, std::string_view text) const;
  std::string read(std::string_view file) const;

 private:
  std::filesystem::path path_;
};

struct ShellResult {
  int exit_code = 0;
  std::string output;  // standard output and standard error, as they came
};

ShellResult run_shell(const TemporaryFolder& folder, std::string_view command);

}  // namespace keyline::tests
