#pragma once
// Permissions mean nothing to root, so a test about them is somebody else for as long as one of these lives.

#include <unistd.h>

#include <cstdlib>

#include "tests/support/catch.h"

namespace keyline::tests {

class Nobody {
 public:
  Nobody() : was_root_(geteuid() == 0) {
    if (was_root_) REQUIRE(seteuid(65534) == 0);
  }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }

 private:
  bool was_root_;
};

}  // namespace keyline::tests
