#pragma once
// An editor in the same process: sends messages to a real Session, without pipes or time, and keeps everything the
// session says. Nothing runs by itself: a test says when the read is over and when which piece of work is done, so
// every interleaving that threads could make can be made on purpose. Only who looks for races asks for real threads.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "server/lsp/session.h"
#include "tests/support/manual_clock.h"

namespace keyline::tests {

class FakeClient final : public server::Output {
 public:
  using Json = nlohmann::json;

  explicit FakeClient(server::Surroundings surroundings = {},
                      server::Scheduler::Mode mode = server::Scheduler::Mode::on_caller);
  ~FakeClient() override;

  // Sends, and does nothing more: call work_off() or the finer steps afterwards.
  std::int64_t request(std::string_view method, const Json& params);
  void notify(std::string_view method, const Json& params);
  void send_raw(std::string body);
  void drained();    // the end of what one read brought
  bool work_once();  // one piece of work or one timer that is due; false when there is none
  void work_off();   // drained() and all work there is

  // `initialize` and `initialized` with these capabilities, worked off; the answer's result.
  Json start(const Json& capabilities, const Json& more_params);
  Json start();
  // As a Dockerfile, unless its name says otherwise.
  void open(std::string_view uri, std::string_view text, int version = 1);
  // Replaces a range given as {line, character} pairs.
  void edit(std::string_view uri, int version, std::vector<std::uint32_t> range, std::string_view text);
  // Sends, works off and gives the whole response.
  Json ask(std::string_view method, const Json& params);

  // Messages received, oldest first.
  std::vector<Json> received() const;
  std::vector<Json> responses(const Json& id) const;
  std::vector<Json> calls(std::string_view method) const;  // notifications and requests of the server
  // The diagnostics published last for this document; null when there were none.
  Json diagnostics(std::string_view uri) const;
  void forget_received() { bodies_.clear(); }

  void send(std::string body) override { bodies_.push_back(std::move(body)); }
  void send_latest(const std::string&, std::string body) override { bodies_.push_back(std::move(body)); }
  void finish() override { finished_ = true; }
  bool finished() const { return finished_; }

  ManualClock clock;
  server::Scheduler scheduler;
  server::Session session;

 private:
  std::vector<std::string> bodies_;
  std::int64_t next_id_ = 1000;
  bool finished_ = false;
};

}  // namespace keyline::tests
