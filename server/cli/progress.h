#pragma once
// One line on stderr that says how far a long run has come. Only when stderr is a terminal and there is enough to do to
// be worth it; it is gone before anything else is written.

#include <cstddef>
#include <string>
#include <string_view>

#include "server/cli/terminal.h"

namespace keyline::server {

class Progress {
 public:
  Progress(std::string_view doing, std::size_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void at(std::size_t done, std::string_view what);
  void clear();

 private:
  Terminal terminal_;
  std::string doing_;
  std::size_t total_;
  bool shown_ = false;
};

}  // namespace keyline::server
