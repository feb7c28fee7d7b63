#pragma once
// A clock that a test turns by hand, so that nothing waits and nothing depends on the machine's speed.

#include "server/environment/clock.h"

namespace keyline::tests {

class ManualClock final : public server::Clock {
 public:
  Time now() const override { return now_; }
  void advance(Duration time) { now_ += time; }

 private:
  Time now_{};
};

}  // namespace keyline::tests
