#pragma once
// A client that sends messages at random moments of the server's work, most of them valid, and counts the answers. The
// seed decides everything, unless there are threads.

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "tests/support/fake_client.h"

namespace keyline::tests {

class RandomSession {
 public:
  using Json = nlohmann::json;

  // pulls: diagnostics are asked for, and whatever else a client may announce it does; pushes: it announces nothing.
  enum class Client : std::uint8_t { pulls, pushes };

  RandomSession(Client kind, std::uint64_t seed, server::Scheduler::Mode mode);

  void send_one();
  void work_some();
  // All that was asked is answered. What was wrong; "" when each request had one answer.
  std::string settle();
  // As settle(), with every document closed.
  std::string rest();
  // `shutdown` and `exit`.
  std::string leave();

  std::uint64_t requests() const { return requests_; }

 private:
  unsigned dice(std::size_t sides) { return static_cast<unsigned>(random_() % sides); }
  template <class List>
  std::string one_of(const List& list) {
    return std::string(list[dice(list.size())]);
  }
  std::string uri();
  std::string text_of(unsigned lines);
  // JSON, as text: most of a million messages are small, and to build them as values would take longer than to answer.
  std::string document();
  std::string position();
  std::string range();
  std::string params_for(std::string_view method);
  std::string wrong_params();

  void ask();
  void ask_with(std::int64_t id);
  void notify(std::string_view method, std::string_view params);
  void ask_again();
  void cancel();
  void notify_of_workspace();
  void send_nonsense();

  void work_off();
  bool is_busy() const;
  void reply(const Json& request);
  std::string take_received();
  std::string end_held_requests();

  std::mt19937_64 random_;
  bool threads_;
  FakeClient client_;
  std::map<std::int64_t, int> asked_;  // how often each id was used, since the last time that all was answered
  std::map<std::int64_t, int> answered_;
  std::set<std::int64_t> held_;  // of those, what may wait for news
  std::uint64_t requests_ = 0;
  std::int64_t next_id_ = 1;
  int version_ = 1;
};

}  // namespace keyline::tests
