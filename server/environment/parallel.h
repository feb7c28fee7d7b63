#pragma once
// Work on a disk by several threads at once: a slow disk answers many questions in the time of one. The caller takes
// part and waits until everything is done; more threads start only when there is enough left to do, so that a small
// directory costs none. Beside server/lsp/scheduler.cpp the only place with threads.
//
// A worker's number is below the number of threads asked for and held by one thread at a time: use it to find scratch
// memory. The caller is worker 0. Work must not throw.

#include <cstddef>
#include <functional>
#include <vector>

namespace keyline::server {

// Threads that keep a disk busy, also on a machine with few cores.
inline constexpr std::size_t disk_threads = 8;

// Tasks that find more tasks, as a walk over directories does. The newest go first, so that few are waiting at a time.
class Tasks {
 public:
  using Task = std::function<void(std::size_t worker, Tasks&)>;

  virtual void add(std::vector<Task> tasks) = 0;  // from any worker

 protected:
  ~Tasks() = default;
};
void run_tasks(std::vector<Tasks::Task> first, std::size_t threads);

// Calls `work` once for each index below `count`, in no order.
void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t worker, std::size_t index)>& work);

}  // namespace keyline::server
