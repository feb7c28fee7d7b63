#include "tests/support/temporary_directory.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace keyline::tests {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() : path_((fs::temp_directory_path() / "keyline-test-XXXXXX").string()) {
  if (!mkdtemp(path_.data())) throw std::runtime_error("no temporary directory: " + path_);
  path_ = fs::canonical(path_).string();
  fs::permissions(path_, fs::perms(0755));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TemporaryDirectory::write(std::string_view below, std::string_view text) const {
  fs::create_directories(fs::path(path(below)).parent_path());
  std::ofstream file(path(below), std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path(below));
}

void TemporaryDirectory::make_directory(std::string_view below) const { fs::create_directories(path(below)); }

void TemporaryDirectory::link(std::string_view below, const std::string& target) const {
  fs::create_directories(fs::path(path(below)).parent_path());
  fs::create_symlink(target, path(below));
}

}  // namespace keyline::tests
