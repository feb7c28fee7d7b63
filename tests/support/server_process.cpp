#include "tests/support/server_process.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

namespace keyline::tests {
namespace {

constexpr int limit_milliseconds = 120'000;

std::vector<char*> argument_list(const std::vector<std::string>& arguments) {
  std::vector<char*> list;
  for (const std::string& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  return list;
}

}  // namespace

using Json = ServerProcess::Json;

ServerProcess::ServerProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{KEYLINE_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe(to.data()) != 0 || ::pipe(from.data()) != 0) throw std::runtime_error("no pipe");
  std::signal(SIGPIPE, SIG_IGN);
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ == 0) {
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    for (const int end : {to[0], to[1], from[0], from[1]}) ::close(end);
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(KEYLINE_BINARY, argument_list(command).data());
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  input_ = to[1];
  output_ = from[0];
}

ServerProcess::~ServerProcess() {
  close_input();
  ::close(output_);
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
}

void ServerProcess::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(input_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw std::runtime_error("the server does not read");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ServerProcess::send(const Json& message) { send_bytes(protocol::encode_frame(message.dump())); }

void ServerProcess::request(int id, std::string_view method, const Json& params) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

void ServerProcess::notify(std::string_view method, const Json& params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

void ServerProcess::close_input() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
}

Json ServerProcess::receive() {
  while (true) {
    if (const std::optional<protocol::FrameEvent> event = frames_.next()) {
      return Json::parse(std::get<protocol::FrameBody>(*event).text);
    }
    pollfd waiting{output_, POLLIN, 0};
    if (::poll(&waiting, 1, limit_milliseconds) <= 0) throw std::runtime_error("the server says nothing");
    std::array<char, 65536> buffer{};
    const ssize_t size = ::read(output_, buffer.data(), buffer.size());
    if (size <= 0) return nullptr;
    frames_.feed({buffer.data(), static_cast<std::size_t>(size)});
  }
}

Json ServerProcess::response(const Json& id) {
  while (true) {
    Json message = receive();
    if (message.is_null()) throw std::runtime_error("the server left without an answer");
    if (!message.contains("method") && message["id"] == id) return message;
  }
}

Json ServerProcess::notification(std::string_view method) {
  while (true) {
    Json message = receive();
    if (message.is_null()) throw std::runtime_error("the server left without a word");
    if (message.value("method", "") == method) return message;
  }
}

int ServerProcess::wait_for_exit() {
  while (!receive().is_null()) {}
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace keyline::tests
