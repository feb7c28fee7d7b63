#pragma once
// A client at the other end of two file descriptors (stdin and stdout, or one socket twice). Reads frames and gives
// them to the scheduler's handler, all frames of a read before InputDrained; writes what the session sends, newest
// diagnostics only. Stops reading while the client leaves too much unread. Main thread only.

#include <memory>
#include <string>

#include "server/lsp/output.h"
#include "server/lsp/scheduler.h"

namespace keyline::server {

class Connection final : public Output {
 public:
  using Deliver = std::function<void(Event)>;

  // Both descriptors belong to the caller and must outlive the connection. Anything that can be read will do: a pipe,
  // a terminal, a socket, a file.
  Connection(Scheduler& scheduler, int input, int output, Deliver deliver);
  ~Connection() override;

  void start();
  void send(std::string body) override;
  void send_latest(const std::string& key, std::string body) override;
  void finish() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace keyline::server
