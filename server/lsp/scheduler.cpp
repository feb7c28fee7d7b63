#include "server/lsp/scheduler.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

namespace keyline::server {
namespace {

constexpr std::size_t lane_count = 2;

// One thread that does what it is given, in order. The thread starts with the first piece of work, so that a server
// that was only asked who it is has none.
class Worker {
 public:
  using Deliver = std::function<void(Event)>;

  explicit Worker(Deliver deliver) : deliver_(std::move(deliver)) {}

  ~Worker() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      queue_.clear();
    }
    wake_.notify_one();
    thread_.join();
  }

  void run(Scheduler::Work work) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    wake_.notify_one();
    if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  }

 private:
  void loop() {
    while (true) {
      Scheduler::Work work;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (ending_) return;
        work = std::move(queue_.front());
        queue_.pop_front();
      }
      deliver_(work());
    }
  }

  Deliver deliver_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Scheduler::Work> queue_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

struct Scheduler::State {
  using Work = Scheduler::Work;

  State(const Clock& now, Mode wanted) : clock(now), mode(wanted) {}

  void handle(Event event) { handler(std::move(event)); }

  std::optional<Clock::Time> next_due() const {
    std::optional<Clock::Time> next;
    for (const std::optional<Clock::Time>& due : timers) {
      if (due && (!next || *due < *next)) next = due;
    }
    return next;
  }

  // The loop's one real timer follows the earliest of ours; what is due is decided by our clock alone.
  void arm() {
    const std::optional<Clock::Time> due = next_due();
    alarm.cancel();
    if (!due) return;
    alarm.expires_after(std::max(Clock::Time::duration::zero(), *due - clock.now()));
    alarm.async_wait([this](const asio::error_code& error) {
      if (error) return;
      fire_due();
      arm();
    });
  }

  bool fire_due() {
    const Clock::Time now = clock.now();
    bool fired = false;
    for (std::size_t index = 0; index < timer_count; ++index) {
      if (!timers[index] || *timers[index] > now) continue;
      timers[index].reset();
      fired = true;
      handle(TimerFired{static_cast<Timer>(index)});
    }
    return fired;
  }

  // ---- lanes

  // Work keeps its order: what stands behind brief work that was not done yet waits for it.
  struct Queue {
    std::deque<std::pair<Work, Effort>> waiting;
    std::size_t with_worker = 0;  // given to the thread, and its event not handled yet
    std::unique_ptr<Worker> worker;
  };

  void run(Lane lane, Work work, Effort effort) {
    Queue& queue = queues[static_cast<std::size_t>(lane)];
    if (queue.waiting.empty() && (effort == Effort::any || queue.with_worker > 0))
      return give_to_worker(queue, std::move(work));
    queue.waiting.emplace_back(std::move(work), effort);
    if (queue.waiting.size() == 1) do_next_soon(queue);
  }

  // The input is looked at in between: a text that has changed again by then makes the work needless.
  void do_next_soon(Queue& queue) {
    asio::post(io, [this, &queue] { asio::post(io, [this, &queue] { do_next(queue); }); });
  }

  void do_next(Queue& queue) {
    auto [work, effort] = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    if (!queue.waiting.empty()) do_next_soon(queue);
    if (effort == Effort::any || queue.with_worker > 0) return give_to_worker(queue, std::move(work));
    handle(work());
  }

  void give_to_worker(Queue& queue, Work work) {
    if (!queue.worker) {
      queue.worker = std::make_unique<Worker>([this, &queue](Event event) {
        asio::post(io, [this, &queue, event = std::move(event)]() mutable {
          --queue.with_worker;
          handle(std::move(event));
        });
      });
    }
    ++queue.with_worker;
    queue.worker->run(std::move(work));
  }

  const Clock& clock;
  const Mode mode;
  std::function<void(Event)> handler;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> stay{io.get_executor()};
  asio::steady_timer alarm{io};
  std::array<std::optional<Clock::Time>, timer_count> timers{};
  std::array<Queue, lane_count> queues;  // last: their threads are joined before the loop goes
};

Scheduler::Scheduler(const Clock& clock, Mode mode) : state_(std::make_unique<State>(clock, mode)) {}
Scheduler::~Scheduler() = default;

void Scheduler::on_event(std::function<void(Event)> handler) { state_->handler = std::move(handler); }

void Scheduler::run(Lane lane, Work work, Effort effort) {
  if (state_->mode == Mode::threads) return state_->run(lane, std::move(work), effort);
  asio::post(state_->io, [this, work = std::move(work)] { state_->handle(work()); });
}

void Scheduler::start_timer(Timer timer, Clock::Duration delay) {
  state_->timers[static_cast<std::size_t>(timer)] = state_->clock.now() + delay;
  state_->arm();
}

void Scheduler::stop_timer(Timer timer) {
  state_->timers[static_cast<std::size_t>(timer)].reset();
  state_->arm();
}

void Scheduler::post(Event event) {
  asio::post(state_->io, [this, event = std::move(event)]() mutable { state_->handle(std::move(event)); });
}

asio::io_context& Scheduler::loop() { return state_->io; }
void Scheduler::run_loop() { state_->io.run(); }
void Scheduler::stop() { state_->io.stop(); }
void Scheduler::wait_one() { state_->io.run_one(); }
bool Scheduler::pump_one() { return state_->io.poll_one() > 0 || state_->fire_due(); }

}  // namespace keyline::server
