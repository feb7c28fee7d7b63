#pragma once
// Where the session's messages go: a connection in the program, a list in tests. Main thread only. Bodies are complete
// JSON-RPC messages; framing is the implementation's business.

#include <string>

namespace keyline::server {

class Output {
 public:
  virtual ~Output() = default;

  virtual void send(std::string body) = 0;
  // Takes the place of an earlier message with the same key that has not left yet: only the newest is of use.
  virtual void send_latest(const std::string& key, std::string body) = 0;
  // Sends what is left and ends the loop. Nothing is sent after it.
  virtual void finish() = 0;
};

}  // namespace keyline::server
