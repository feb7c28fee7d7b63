#include "server/environment/captured_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "server/environment/child_program.h"

namespace keyline::server {

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// A file without a name, ready to be read from its beginning. A pipe would fill up while the program waits for us to
// read what it writes.
File file_with(std::string_view text) {
  File file(std::tmpfile());
  if (file == nullptr) return nullptr;
  ::fcntl(::fileno(file.get()), F_SETFD, FD_CLOEXEC);
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0)
    return nullptr;
  ::lseek(::fileno(file.get()), 0, SEEK_SET);
  return file;
}

std::string beginning_of(const File& file) {
  std::array<char, 4096> block;
  const ssize_t size = ::pread(::fileno(file.get()), block.data(), block.size(), 0);
  return size <= 0 ? std::string() : std::string(block.data(), static_cast<std::size_t>(size));
}

void read_to_end(int descriptor, const std::function<void(std::string_view)>& output) {
  std::vector<char> block(std::size_t{1} << 16U);
  while (true) {
    const ssize_t size = ::read(descriptor, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    output({block.data(), static_cast<std::size_t>(size)});
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return exit_code_of(status);
}

}  // namespace

CapturedEnd capture_program(const CapturedProgram& program, const std::function<void(std::string_view)>& output) {
  const File input = file_with(program.input);
  const File errors = file_with("");
  Pipe pipe;
  if (input == nullptr || errors == nullptr || pipe.writer() < 0) return {};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe.writer(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(errors.get()), STDERR_FILENO);
  std::vector<char*> words = pointers_to(program.words);
  std::vector<char*> environment = pointers_to(program.environment);
  pid_t child = -1;
  const int error = ::posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return {};
  pipe.close_writer();
  read_to_end(pipe.reader(), output);
  pipe.close_reader();
  return {true, wait_for(child), beginning_of(errors)};
}

}  // namespace keyline::server
