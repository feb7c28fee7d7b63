// Whatever the body is, parsing gives a message; and what was understood survives being written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "protocol/json_rpc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using keyline::protocol::Malformed;
  using keyline::protocol::Message;
  using keyline::protocol::parse_message;

  const Message message = parse_message(std::string_view(reinterpret_cast<const char*>(data), size));
  std::visit(
      [&message]<class T>(const T& understood) {
        if constexpr (!std::is_same_v<T, Malformed>) {
          if (parse_message(serialize(understood)) != message) std::abort();
        }
      },
      message);
  return 0;
}
