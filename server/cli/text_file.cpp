#include "server/cli/text_file.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/environment/directory.h"
#include "server/environment/disk_context.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

constexpr std::size_t most_bytes = std::size_t{16} << 20U;
constexpr const char* too_large = "larger than 16 MiB, which is all BuildKit takes for a Dockerfile";

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
  SmallFile file = read_small_file(working_directory(), path.string(), most_bytes, OpenFile::Links::follow);
  if (file.text) return *std::move(file.text);
  std::error_code ignored;
  switch (file.error) {
    case EFBIG:
      return Unexpected({too_large});
    case EINVAL:
      return Unexpected({std::filesystem::is_directory(path, ignored) ? "a directory" : "not a regular file"});
    case ENOENT:
      return Unexpected({path_exists(path.string()) ? "a symlink whose target does not exist" : "no such file"});
    case ELOOP:
      return Unexpected({"a symlink that leads in a circle"});
    default:
      return Unexpected({error_text(file.error)});
  }
}

Result<std::string> read_standard_input() {
  std::string text;
  std::array<char, 65536> block;
  while (true) {
    const ssize_t size = ::read(STDIN_FILENO, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Unexpected({error_text(errno)});
    if (size == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(size));
    if (text.size() > most_bytes) return Unexpected({too_large});
  }
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(path, error);
  return error ? path : full.lexically_normal().string();
}

std::string shown_path(const std::string& path) {
  std::error_code error;
  const std::string below = path_within(std::filesystem::current_path(error).generic_string(), path);
  return error || below.empty() ? path : below;
}

}  // namespace keyline::server
