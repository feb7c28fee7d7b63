// usage: keyline_soak [--threads] [MESSAGES] [SEED]
// Two sessions that are sent that many messages in all, most of them valid, at random moments of their work: one with a
// client that announces everything, one with a client that announces nothing. Fails when a request is not answered as
// often as it was asked, when the server says something that is no message, or when memory grows after the first tenth:
// what is held while no document is open. What sanitizers find ends it at once. --threads: with the server's real
// threads, for ThreadSanitizer; then a seed does not repeat a run.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/soak/memory.h"
#include "tests/soak/random_session.h"

namespace {

using keyline::server::Scheduler;
using keyline::tests::held_bytes;
using keyline::tests::RandomSession;
using keyline::tests::resident_bytes;

constexpr std::uint64_t between_settles = 200;
constexpr std::uint64_t between_rests = 1'000;
// Of vectors that keep their room and caches that fill: what one message in a hundred thousand would leave is more.
constexpr std::size_t noise = std::size_t{32} << 10U;

struct Soak {
  Soak(std::uint64_t seed, Scheduler::Mode mode)
      : sessions{RandomSession(RandomSession::Client::pulls, seed, mode),
                 RandomSession(RandomSession::Client::pushes, seed + 1'000'003, mode)} {}

  std::array<RandomSession, 2> sessions;

  template <class Step>
  std::string each(Step step) {
    std::string fault;
    for (RandomSession& session : sessions) {
      if (fault.empty()) fault = step(session);
    }
    return fault;
  }
};

std::string run(Soak& soak, std::uint64_t messages) {
  const auto begin = std::chrono::steady_clock::now();
  std::size_t early = 0;
  std::size_t late = 0;
  for (std::uint64_t sent = 1; sent <= messages; ++sent) {
    RandomSession& session = soak.sessions[sent % 2];
    session.send_one();
    session.work_some();
    std::string fault;
    if (sent % between_settles == 0) fault = soak.each([](RandomSession& each) { return each.settle(); });
    if (fault.empty() && sent % between_rests == 0) {
      fault = soak.each([](RandomSession& each) { return each.rest(); });
      std::size_t& most = sent <= messages / 10 ? early : late;
      most = std::max(most, held_bytes());
    }
    if (!fault.empty()) return fmt::format("before message {}: {}", sent, fault);
    if (sent % (messages / 10) != 0) continue;
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    fmt::print("{:>9} messages, {:.0f} a second; {} KiB held at most, {} KiB resident\n", sent,
               static_cast<double>(sent) / time.count(), std::max(early, late) >> 10U, resident_bytes() >> 10U);
    std::fflush(stdout);
  }
  const std::string fault = soak.each([](RandomSession& each) { return each.leave(); });
  if (!fault.empty()) return fault;
  fmt::print("{} requests, each answered once; at rest {} bytes held at most in the first tenth, {} later\n",
             soak.sessions[0].requests() + soak.sessions[1].requests(), early, late);
  return late <= early + noise ? "" : "memory grows";
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string_view> words(arguments + 1, arguments + count);
  const bool threads = std::erase(words, "--threads") > 0;
  const std::uint64_t messages = words.empty() ? 20'000 : std::strtoull(words[0].data(), nullptr, 10);
  const std::uint64_t seed = words.size() < 2 ? 1 : std::strtoull(words[1].data(), nullptr, 10);
  if (messages < 10 * between_rests) {
    fmt::print("a soak needs {} messages\n", 10 * between_rests);
    return 2;
  }
  fmt::print("seed {}\n", seed);
  std::fflush(stdout);
  Soak soak(seed, threads ? Scheduler::Mode::threads : Scheduler::Mode::on_caller);
  const std::string fault = run(soak, messages);
  if (!fault.empty()) fmt::print("seed {}: {}\n", seed, fault);
  return fault.empty() ? 0 : 1;
}
