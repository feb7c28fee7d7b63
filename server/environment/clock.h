#pragma once
// The only time in the program. Whoever needs to know "now" is given a Clock, so that tests turn the hands themselves
// and never sleep. Main thread only.

#include <chrono>

namespace keyline::server {

class Clock {
 public:
  using Duration = std::chrono::milliseconds;
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace keyline::server
