#include "server/lsp/connection.h"

#include <array>
#include <functional>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <unistd.h>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/write.hpp>

#include "protocol/framing.h"
#include "server/lsp/outbox.h"

namespace keyline::server {
namespace {

constexpr std::size_t read_size = 64 * 1024;
constexpr std::size_t write_size = 64 * 1024;
// More than a well-behaved client ever leaves unread; what a server that writes without a queue would bear is 64 KiB.
constexpr std::size_t unread_limit = 8 * 1024 * 1024;
constexpr Clock::Duration farewell_time{1000};

// Asio makes a descriptor non-blocking; that would outlive us on a terminal, which is shared with the shell.
class DescriptorFlags {
 public:
  explicit DescriptorFlags(int descriptor) : descriptor_(descriptor), flags_(::fcntl(descriptor, F_GETFL)) {}
  ~DescriptorFlags() {
    if (flags_ >= 0) ::fcntl(descriptor_, F_SETFL, flags_);
  }
  DescriptorFlags(const DescriptorFlags&) = delete;
  DescriptorFlags& operator=(const DescriptorFlags&) = delete;

 private:
  int descriptor_;
  int flags_;
};

}  // namespace

struct Connection::State {
  State(Scheduler& owner, int input_descriptor, int output_descriptor, Deliver receiver)
      : scheduler(owner),
        deliver(std::move(receiver)),
        input_flags(input_descriptor),
        output_flags(output_descriptor),
        input(owner.loop(), ::dup(input_descriptor)),
        output(owner.loop(), ::dup(output_descriptor)) {}

  void read() {
    reading = true;
    input.async_read_some(asio::buffer(buffer), [this](const asio::error_code& error, std::size_t size) {
      reading = false;
      if (error == asio::error::operation_aborted || finishing) return;
      if (error) return deliver(InputEnded{});
      take(std::string_view(buffer.data(), size));
      read_when_useful();
    });
  }

  void read_when_useful() {
    if (!reading && !finishing && outbox.bytes() < unread_limit) read();
  }

  void take(std::string_view bytes) {
    frames.feed(bytes);
    while (std::optional<protocol::FrameEvent> event = frames.next()) {
      if (auto* body = std::get_if<protocol::FrameBody>(&*event)) {
        deliver(FrameArrived{std::move(body->text)});
      } else {
        deliver(FrameDamaged{std::get<protocol::FramingError>(*event).message});
      }
      if (finishing) return;
    }
    deliver(InputDrained{});
  }

  void write() {
    if (writing || broken) return;
    if (outbox.empty()) {
      if (finishing) scheduler.stop();
      return;
    }
    writing = true;
    on_the_way = outbox.take(write_size);
    asio::async_write(output, asio::buffer(on_the_way), [this](const asio::error_code& error, std::size_t) {
      writing = false;
      if (error) {
        broken = true;
        return finishing ? scheduler.stop() : deliver(OutputBroken{});
      }
      write();
      read_when_useful();
    });
  }

  Scheduler& scheduler;
  Deliver deliver;
  DescriptorFlags input_flags;
  DescriptorFlags output_flags;
  asio::posix::stream_descriptor input;
  asio::posix::stream_descriptor output;
  std::array<char, read_size> buffer{};
  protocol::FrameReader frames;
  Outbox outbox;
  std::string on_the_way;
  bool reading = false;
  bool writing = false;
  bool broken = false;
  bool finishing = false;
};

Connection::Connection(Scheduler& scheduler, int input, int output, Deliver deliver)
    : state_(std::make_unique<State>(scheduler, input, output, std::move(deliver))) {}
Connection::~Connection() = default;

void Connection::start() { state_->read(); }

void Connection::send(std::string body) {
  state_->outbox.push(protocol::encode_frame(body));
  state_->write();
}

void Connection::send_latest(const std::string& key, std::string body) {
  state_->outbox.push_latest(key, protocol::encode_frame(body));
  state_->write();
}

void Connection::finish() {
  if (state_->finishing) return;
  state_->finishing = true;
  if (state_->broken) return state_->scheduler.stop();
  state_->scheduler.start_timer(Timer::farewell, farewell_time);
  state_->write();
}

}  // namespace keyline::server
