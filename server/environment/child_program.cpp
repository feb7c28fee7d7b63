#include "server/environment/child_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keyline::server {

Pipe::Pipe() {
  if (::pipe(ends_.data()) != 0) return;
  for (const int end : ends_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
}

Pipe::~Pipe() {
  close_reader();
  close_writer();
}

void Pipe::close_end(int& end) {
  if (end >= 0) ::close(end);
  end = -1;
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace keyline::server
