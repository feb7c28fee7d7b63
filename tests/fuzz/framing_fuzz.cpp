// Framing must give the same events however the stream is cut, stay within its limits, and come back to life: a good
// frame after any rubbish is received, unless the rubbish announced a body and swallowed it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/framing.h"

namespace {

using keyline::protocol::FrameBody;
using keyline::protocol::FrameEvent;
using keyline::protocol::FrameReader;
using keyline::protocol::FramingLimits;

constexpr FramingLimits limits{.header_bytes = 64, .body_bytes = 256};

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<FrameEvent> read_in_chunks(std::string_view stream, std::size_t chunk_size) {
  FrameReader reader(limits);
  std::vector<FrameEvent> events;
  for (std::size_t begin = 0; begin < stream.size(); begin += chunk_size) {
    reader.feed(stream.substr(begin, chunk_size));
    while (auto event = reader.next()) events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const std::vector<FrameEvent> whole = read_in_chunks(stream, size + 1);
  require(whole == read_in_chunks(stream, 1));
  require(whole == read_in_chunks(stream, 7));
  for (const FrameEvent& event : whole) {
    if (const auto* body = std::get_if<FrameBody>(&event)) require(body->text.size() <= limits.body_bytes);
  }

  // Longer than any body and header that the rubbish may have left open.
  const std::string filler(limits.header_bytes + limits.body_bytes, '\n');
  const std::vector<FrameEvent> revived =
      read_in_chunks(std::string(stream) + filler + keyline::protocol::encode_frame("alive"), size + 1);
  require(!revived.empty() && revived.back() == FrameEvent(FrameBody{"alive"}));
  return 0;
}
