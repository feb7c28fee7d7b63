#include "server/environment/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace keyline::server {

namespace {

// A thread costs about as much as reading this many directories.
constexpr std::size_t tasks_worth_a_thread = 16;

class Pool final : public Tasks {
 public:
  Pool(std::vector<Task> first, std::size_t threads) : waiting_(std::move(first)), most_helpers_(threads - 1) {
    helpers_.reserve(most_helpers_);
    std::reverse(waiting_.begin(), waiting_.end());
  }

  ~Pool() {
    for (std::thread& helper : helpers_) helper.join();
  }

  void add(std::vector<Task> tasks) override {
    if (tasks.empty()) return;
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), std::make_move_iterator(tasks.rbegin()), std::make_move_iterator(tasks.rend()));
    if (idle_ > 0) wake_.notify_one();
  }

  void run() {
    std::unique_lock lock(mutex_);
    work(0, lock);
  }

 private:
  // Until nothing is waiting and nobody is busy who could still add something. `lock` is held on entry and exit.
  void work(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    while (true) {
      if (waiting_.empty()) {
        if (busy_ == 0) return wake_.notify_all();
        ++idle_;
        wake_.wait(lock, [this] { return !waiting_.empty() || busy_ == 0; });
        --idle_;
        continue;
      }
      const Task task = std::move(waiting_.back());
      waiting_.pop_back();
      call_for_help();
      ++busy_;
      lock.unlock();
      task(worker, *this);
      lock.lock();
      --busy_;
    }
  }

  // The lock is held. Whoever is idle wakes the next: one at a time, while there is something for them.
  void call_for_help() {
    if (!waiting_.empty() && idle_ > 0) return wake_.notify_one();
    if (helpers_.size() >= most_helpers_ || waiting_.size() < tasks_worth_a_thread) return;
    const std::size_t worker = helpers_.size() + 1;
    try {
      helpers_.emplace_back([this, worker] {
        std::unique_lock lock(mutex_);
        work(worker, lock);
      });
    } catch (const std::system_error&) { most_helpers_ = helpers_.size(); }  // the system has no more: do with these
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Task> waiting_;
  std::size_t busy_ = 0;
  std::size_t idle_ = 0;
  std::size_t most_helpers_;
  std::vector<std::thread> helpers_;  // grown under the lock; joined when all is done
};

}  // namespace

void run_tasks(std::vector<Tasks::Task> first, std::size_t threads) {
  Pool pool(std::move(first), std::max<std::size_t>(threads, 1));
  pool.run();
}

void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t worker, std::size_t index)>& work) {
  std::vector<Tasks::Task> tasks;
  tasks.reserve(count);
  for (std::size_t index = 0; index < count; ++index) {
    tasks.push_back([&work, index](std::size_t worker, Tasks&) { work(worker, index); });
  }
  run_tasks(std::move(tasks), threads);
}

}  // namespace keyline::server
