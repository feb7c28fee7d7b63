#pragma once
// Who runs what, and when: one main loop that owns all mutable state, one worker thread a lane that owns nothing, and
// timers. This is the only file with threads. Work is a function that returns an Event; the event is handled on the
// main thread. Without threads (tests, `lsp --inline`) work runs on the main loop, in the order in which it was given.
//
// A lane is first in, first out: what runs later on it sees the results of what ran earlier. Brief work for a lane with
// nothing else to do is done on the main loop, after one more look at the input: waking a thread and being woken by it
// would take longer than the work. Everything but post() is for the main thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "server/environment/clock.h"
#include "server/lsp/event.h"

namespace asio {
class io_context;
}

namespace keyline::server {

// Disk work has a lane of its own, so that a slow file system never holds up an answer.
enum class Lane : std::uint8_t { analysis, disk };

// brief: a few milliseconds at most, and nothing of it on a disk.
enum class Effort : std::uint8_t { brief, any };

class Scheduler {
 public:
  enum class Mode : std::uint8_t { threads, on_caller };
  using Work = std::function<Event()>;

  Scheduler(const Clock& clock, Mode mode);
  ~Scheduler();  // waits for the work that is running; drops what has not begun
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Whom every event is given to. To be set once, before anything runs.
  void on_event(std::function<void(Event)> handler);
  void run(Lane lane, Work work, Effort effort = Effort::any);
  // One timer of each kind; starting it again moves it.
  void start_timer(Timer timer, Clock::Duration delay);
  void stop_timer(Timer timer);
  void post(Event event);  // from any thread

  asio::io_context& loop();
  void run_loop();  // returns after stop(), or when nothing is left that could happen
  void stop();
  // What is ready now, one piece of it; false when nothing is. For tests, with Mode::on_caller.
  bool pump_one();
  // What happens next, one piece of it. For tests, with Mode::threads, that know of work under way.
  void wait_one();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace keyline::server
