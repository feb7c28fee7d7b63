#include "server/cli/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "server/environment/child_program.h"
#include "server/environment/directory.h"

extern char** environ;

namespace keyline::server {

namespace {

constexpr std::array<int, 7> passed_on{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};

// All that a signal handler may do is leave a note here.
int note_to_self = -1;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

struct Note {
  int signal = 0;
  bool by_process = false;  // with kill(); else the terminal sent it, to the program as well
};

void leave_note(int signal, siginfo_t* info, void* /*context*/) {
  const int saved = errno;
  const Note note{signal, info->si_pid != 0};
  // A full pipe loses a signal that repeats one of thousands before it.
  [[maybe_unused]] const ssize_t written = ::write(note_to_self, &note, sizeof note);
  errno = saved;
}

void ignore(int /*signal*/) {}

void never_block(int descriptor) { ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK); }

// What was ignored when we were started (nohup) stays so, for us and for the program. Handlers end where another
// program begins, so it starts with the signals as we found them.
void catch_signal(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction before {};
  if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN && signal != SIGCHLD) return;
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

void catch_signals() {
  for (const int signal : passed_on) catch_signal(signal, leave_note);
  catch_signal(SIGCHLD, leave_note);
  struct sigaction before {};
  if (::sigaction(SIGPIPE, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = ignore;
  ::sigaction(SIGPIPE, &action, nullptr);
}

bool same_file(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

class ProgramRun {
 public:
  ProgramRun(const std::vector<std::string>& words, const Listener& listener)
      : listener_(listener), arguments_(pointers_to(words)) {}

  ProgramEnd run() {
    never_block(notes_.reader());
    never_block(notes_.writer());
    note_to_self = notes_.writer();
    catch_signals();
    if (const int error = start(); error != 0) {
      return {error == ENOENT || error == ENOTDIR ? 127 : 126, error_text(error)};
    }
    output_.close_writer();
    while (!ended_) wait_once();
    // What the program wrote is in the pipe; whoever else holds the other end is not waited for.
    never_block(output_.reader());
    while (pass_output()) {}
    return {exit_code_, ""};
  }

 private:
  int start() {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (listener_) {
      // Where both streams are one, they stay one, in order.
      if (same_file(STDOUT_FILENO, STDERR_FILENO)) {
        posix_spawn_file_actions_adddup2(&actions, output_.writer(), STDOUT_FILENO);
      }
      posix_spawn_file_actions_adddup2(&actions, output_.writer(), STDERR_FILENO);
    }
    const int error = posix_spawnp(&child_, arguments_[0], &actions, nullptr, arguments_.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }

  void wait_once() {
    // poll() passes over negative descriptors.
    std::array<pollfd, 2> sources{{{notes_.reader(), POLLIN, 0}, {listener_ ? output_.reader() : -1, POLLIN, 0}}};
    ::poll(sources.data(), sources.size(), -1);
    if (sources[1].revents != 0) pass_output();
    Note note;
    while (::read(notes_.reader(), &note, sizeof note) == static_cast<ssize_t>(sizeof note)) {
      if (note.signal == SIGCHLD) {
        reap();
      } else if (note.by_process && !ended_) {
        ::kill(child_, note.signal);
      }
    }
  }

  void reap() {
    int status = 0;
    if (ended_ || ::waitpid(child_, &status, WNOHANG) != child_) return;
    ended_ = true;
    exit_code_ = exit_code_of(status);
  }

  // False when there is nothing more for now.
  bool pass_output() {
    if (!listener_ || output_.reader() < 0) return false;
    std::array<char, 65536> block;
    const ssize_t size = ::read(output_.reader(), block.data(), block.size());
    if (size < 0 && errno == EINTR) return true;
    if (size < 0 && errno == EAGAIN) return false;
    const std::string_view bytes(block.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    // Where nobody reads any more, the program has to find that out as well.
    if (size <= 0 || !write_all(STDERR_FILENO, bytes)) {
      output_.close_reader();
      return false;
    }
    listener_(bytes);
    return true;
  }

  const Listener& listener_;
  std::vector<char*> arguments_;
  Pipe notes_;
  Pipe output_;
  pid_t child_ = -1;
  bool ended_ = false;
  int exit_code_ = 0;
};

}  // namespace

ProgramEnd run_program(const std::vector<std::string>& words, const Listener& listener) {
  return ProgramRun(words, listener).run();
}

}  // namespace keyline::server
