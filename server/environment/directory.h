#pragma once
// Reading directories and small files the careful way: relative to an open directory, never through a link, never
// opening what could block (FIFOs, sockets, devices). Nothing here throws; errors are `errno` values.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

// Tells whether a file was replaced or written to since: any of these changes then. Times in nanoseconds since 1970.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // the bytes
  std::int64_t changed = 0;   // bytes, name, mode or owner
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
// Now, by the clock that stamps files.
std::int64_t file_time_now();

struct FileStatus {
  FileKind kind = FileKind::regular;
  std::uint32_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint64_t size = 0;  // 0 for directories
  bool readable = true;    // by this process
  FileStamp stamp;
};
// Nothing when it is not there. Links are not followed.
std::optional<FileStatus> status_of(int below, const char* path);
std::optional<FileStatus> status_of(const OpenFile& file);
// The target of a link; `size` is what its status says.
std::string read_link(int below, const char* path, std::uint64_t size);

struct EntryName {
  std::string_view name;         // ends in a NUL byte
  std::optional<FileKind> kind;  // where the file system tells without being asked about the entry itself
};
// Visits the entries of an open directory, in no order and without "." and "..", until `visit` says false. Returns 0 or
// an errno value. `buffer` is scratch memory.
int read_names(const OpenFile& directory, std::vector<char>& buffer,
               const std::function<bool(const EntryName&)>& visit);

struct DirectoryEntry {
  std::string name;
  FileKind kind = FileKind::regular;
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
