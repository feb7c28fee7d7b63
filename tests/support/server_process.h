#pragma once
// The real program as a language server, at the other end of two pipes or of files. Waiting is always for something;
// the limit only ends a broken run.

#include <sys/types.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "protocol/framing.h"

namespace keyline::tests {

class ServerProcess {
 public:
  using Json = nlohmann::json;

  explicit ServerProcess(const std::vector<std::string>& arguments);
  ~ServerProcess();  // ends it the hard way if it still runs
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void send_bytes(std::string_view bytes);
  void send(const Json& message);
  void request(int id, std::string_view method, const Json& params);
  void notify(std::string_view method, const Json& params);
  void close_input();

  // The next message; null when the server closed its output.
  Json receive();
  // Reads on until the answer with this id, or until a notification of this method has come.
  Json response(const Json& id);
  Json notification(std::string_view method);
  // Its exit code; 128 + n when signal n ended it.
  int wait_for_exit();

 private:
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  protocol::FrameReader frames_;
};

}  // namespace keyline::tests
