#pragma once
// Reading directories and small files the careful way: relative to an open directory, never through a link, never
// opening what could block (FIFOs, sockets, devices). Nothing here throws; errors are `errno` values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keyline::server {

// An open file or directory; closes itself. `error()` says why it is not open.
class OpenFile {
 public:
  OpenFile() = default;
  enum class Links : std::uint8_t { refuse, follow };  // for the last name of a path
  static OpenFile directory(int below, const std::string& path, Links links);
  static OpenFile to_read(int below, const std::string& path, Links links);

  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), error_(other.error_) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    error_ = other.error_;
    return *this;
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  int error() const { return error_; }
  // Hands the descriptor to the caller.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
  int error_ = 0;
};

// The current directory, as the first argument of the functions above: relative paths then start there.
int working_directory();

enum class FileKind : std::uint8_t { regular, directory, symlink, other };

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::regular;
  std::uint32_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint64_t size = 0;
  std::string target;    // of a symlink
  bool readable = true;  // by this process
};

struct DirectoryListing {
  std::vector<DirectoryEntry> entries;  // sorted by name
  int error = 0;                        // why the listing is missing or cut short
};

// The entries of `path` in the open directory `below`; no more than `limit` of them. What vanishes meanwhile is left
// out.
DirectoryListing list_directory(int below, const std::string& path, std::size_t limit);

// A regular file of at most `limit` bytes.
struct SmallFile {
  std::optional<std::string> text;
  int error = 0;  // ENOENT: there is none; EFBIG: too large; EINVAL: not a regular file
};
SmallFile read_small_file(int below, const std::string& path, std::size_t limit, OpenFile::Links links);

bool path_exists(const std::string& path);
// Whether a link ends at a regular file.
bool leads_to_file(int below, const std::string& path);
std::string error_text(int error);

}  // namespace keyline::server
