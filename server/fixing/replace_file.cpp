#include "server/fixing/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

Unexpected system_fault(std::string_view doing) {
  return Unexpected({fmt::format("{}: {}", doing, std::generic_category().message(errno))});
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A file beside the one to replace, gone again unless it was renamed.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& target)
      : path_((target.parent_path() / fmt::format(".{}.keyline-XXXXXX", target.filename().string())).string()) {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
    exists_ = descriptor_ >= 0;
  }
  ~Draft() {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    if (exists_) ::unlink(path_.c_str());
    errno = error;
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  int descriptor() const { return descriptor_; }

  bool fill(std::string_view content) {
    return write_all(descriptor_, content) && ::fsync(descriptor_) == 0 && ::close(std::exchange(descriptor_, -1)) == 0;
  }

  bool rename_to(const std::filesystem::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return false;
    exists_ = false;
    return true;
  }

  // Never over what is there. Not every file system has hard links: the name is then taken first and filled by
  // renaming.
  bool appear_as(const std::filesystem::path& target) {
    if (::link(path_.c_str(), target.c_str()) == 0) return true;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return false;
    const int taken = ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (taken < 0) return false;
    ::close(taken);
    return rename_to(target);
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool exists_ = false;
};

bool holds(const std::filesystem::path& path, std::string_view expected) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return false;
  std::array<char, 65536> block;
  ssize_t size = 0;
  while ((size = ::read(descriptor, block.data(), block.size())) > 0) {
    const std::string_view part(block.data(), static_cast<std::size_t>(size));
    if (!expected.starts_with(part)) break;
    expected.remove_prefix(part.size());
  }
  ::close(descriptor);
  return size == 0 && expected.empty();
}

// Changing the owner takes privileges; a file of the same user and mode is what is left without them.
void keep_owner(int descriptor, const struct stat& status) {
  if (::fchown(descriptor, status.st_uid, status.st_gid) != 0) {
    [[maybe_unused]] const int ignored = ::fchown(descriptor, static_cast<uid_t>(-1), status.st_gid);
  }
}

// The new name survives a power cut only when the directory is flushed too; not all file systems can.
void flush_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view expected, std::string_view content) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) return Unexpected({error.message()});
  struct stat status = {};
  if (::stat(target.c_str(), &status) != 0) return system_fault("cannot look at it");
  if (!S_ISREG(status.st_mode)) return Unexpected({"not a regular file"});
  if (::access(target.c_str(), W_OK) != 0) return system_fault("not writable");

  Draft draft(target);
  if (draft.descriptor() < 0) return system_fault("cannot create a file beside it");
  keep_owner(draft.descriptor(), status);
  // After the owner: giving a file away clears set-id bits.
  if (::fchmod(draft.descriptor(), status.st_mode & 07777U) != 0) return system_fault("cannot keep its mode");
  if (!draft.fill(content)) return system_fault("cannot write");
  if (!holds(target, expected)) return Unexpected({"changed by someone else meanwhile"});
  if (!draft.rename_to(target)) return system_fault("cannot rename");
  flush_directory(target.parent_path());
  return {};
}

Result<void> create_file(const std::filesystem::path& path, std::string_view content) {
  Draft draft(path);
  if (draft.descriptor() < 0) return system_fault("cannot create a file there");
  if (::fchmod(draft.descriptor(), 0644) != 0) return system_fault("cannot set its mode");
  if (!draft.fill(content)) return system_fault("cannot write");
  if (!draft.appear_as(path)) return system_fault("cannot create it");
  flush_directory(path.parent_path());
  return {};
}

}  // namespace keyline::server
