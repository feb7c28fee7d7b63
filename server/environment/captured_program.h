#pragma once
// Runs a program of the system to its end and hands on what it writes to standard output, as it comes. Its input is
// given whole. Nothing of the terminal reaches it.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace keyline::server {

struct CapturedProgram {
  std::vector<std::string> words;        // the program, looked up in PATH, and its arguments
  std::vector<std::string> environment;  // NAME=VALUE, all of it
  std::string_view input = {};
};

struct CapturedEnd {
  bool started = false;
  int exit_code = 0;   // as a shell gives it: 128 + signal
  std::string errors;  // the beginning of what it wrote to standard error
};

CapturedEnd capture_program(const CapturedProgram& program, const std::function<void(std::string_view)>& output);

}  // namespace keyline::server
