#pragma once
// Runs another program in our place: same standard streams, same environment, signals sent to us passed on, its exit
// code ours. What it writes to standard error can be listened to while it goes by; then standard error is a pipe for
// it. Installs signal handlers, so it is called once, from the main thread of a command.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace keyline::server {

using Listener = std::function<void(std::string_view bytes)>;

struct ProgramEnd {
  int exit_code = 0;  // as a shell gives it: 128 + signal, 127 not found, 126 not executable
  std::string error;  // why it could not be started; "": it ran
};

// `words` holds the program and its arguments. Without a listener the streams are not touched at all.
ProgramEnd run_program(const std::vector<std::string>& words, const Listener& listener);

}  // namespace keyline::server
