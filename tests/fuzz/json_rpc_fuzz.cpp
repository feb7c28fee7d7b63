// Whatever the body is, parsing gives a message; and what was understood survives being written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/json_rpc.h"

namespace {

using keyline::protocol::JsonText;
using keyline::protocol::Malformed;
using keyline::protocol::Message;
using keyline::protocol::Notification;
using keyline::protocol::parse_message;
using keyline::protocol::Request;
using keyline::protocol::Response;
using keyline::protocol::Unexpected;
using keyline::protocol::write_notification;
using keyline::protocol::write_request;
using keyline::protocol::write_response;

struct Writer {
  std::string operator()(const Request& request) const {
    return write_request(request.id, request.method, request.params);
  }
  std::string operator()(const Notification& notification) const {
    return write_notification(notification.method, notification.params);
  }
  std::string operator()(const Response& response) const {
    if (!response.result) return write_response(response.id, Unexpected(response.result.error()));
    return write_response(response.id, JsonText(*response.result));
  }
  std::string operator()(const Malformed&) const { return {}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Message message = parse_message(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!std::holds_alternative<Malformed>(message) && parse_message(std::visit(Writer(), message)) != message)
    std::abort();
  return 0;
}
