#include "tests/support/shell.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace keyline::tests {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "keyline-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  fs::remove_all(cache(), ignored);
}

void TemporaryFolder::copy_sample(std::string_view name) const {
  fs::copy(fs::path(KEYLINE_SOURCE_DIR) / "tests" / "samples" / name, path_, fs::copy_options::recursive);
}

void TemporaryFolder::write(std::string_view file, std::string_view text) const {
  fs::create_directories((path_ / file).parent_path());
  std::ofstream(path_ / file, std::ios::binary) << text;
}

std::string TemporaryFolder::read(std::string_view file) const {
  std::ifstream in(path_ / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

ShellResult run_shell(const TemporaryFolder& folder, std::string_view command) {
  const std::string script = fmt::format(
      "cd '{}' && umask 022 && unset NO_COLOR CLICOLOR CLICOLOR_FORCE && PATH='{}':\"$PATH\" && TERM=dumb && "
      "LC_ALL=C.UTF-8 && XDG_CACHE_HOME='{}' && export PATH TERM LC_ALL XDG_CACHE_HOME && exec 2>&1 </dev/null\n{}",
      folder.path().string(), fs::path(KEYLINE_BINARY).parent_path().string(), folder.cache().string(), command);
  std::FILE* pipe = ::popen(script.c_str(), "r");
  if (!pipe) throw std::runtime_error("no shell");
  ShellResult result;
  std::array<char, 4096> block;
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), pipe)) {
    result.output.append(block.data(), size);
  }
  const int status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace keyline::tests
