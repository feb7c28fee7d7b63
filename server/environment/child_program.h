#pragma once
// What starting a program and waiting for it takes, whichever of our two ways it is run (captured_program.h and
// cli/run_program.h). Thin over POSIX: a call that fails leaves what it would have given empty.

#include <array>
#include <string>
#include <vector>

namespace keyline::server {

// Both ends are closed with it, and a program that is started does not get them by itself.
class Pipe {
 public:
  Pipe();
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return ends_[0]; }  // negative when closed, or when there was no pipe to be had
  int writer() const { return ends_[1]; }
  void close_reader() { close_end(ends_[0]); }
  void close_writer() { close_end(ends_[1]); }

 private:
  static void close_end(int& end);
  std::array<int, 2> ends_{-1, -1};
};

// As exec wants them; they point into `words`.
std::vector<char*> pointers_to(const std::vector<std::string>& words);

// What waitpid tells, as a shell gives it: 128 + signal.
int exit_code_of(int status);

}  // namespace keyline::server
