#pragma once
// The outer layer of the base protocol: `Content-Length: 12\r\n\r\n` and then 12 bytes of body. No I/O happens here:
// whoever owns the stream feeds chunks, cut anywhere, and takes out bodies and errors in the order they came in.
// A reader never stops working: after damage it reports once, drops bytes up to the next `Content-Length: <digits>`
// line and goes on. Such a line cannot hide in a JSON body, because JSON strings hold no raw line ends; so a length
// that is a lie costs the lie alone. Memory is bounded by the limits. Not thread-safe; one reader per stream.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keyline::protocol {

struct FrameBody {
  std::string text;
  friend bool operator==(const FrameBody&, const FrameBody&) = default;
};

struct FramingError {
  std::string message;
  friend bool operator==(const FramingError&, const FramingError&) = default;
};

using FrameEvent = std::variant<FrameBody, FramingError>;

struct FramingLimits {
  std::size_t header_bytes = 16 * 1024;
  std::uint64_t body_bytes = 64 * 1024 * 1024;
};

// Recognises `Content-Length: <digits>\n` in any letter case, one byte at a time, in the middle of anything.
class LengthLineFinder {
 public:
  // True with the byte that completes such a line; length() then tells the number.
  bool push(char byte);
  // Nothing when the number does not fit 64 bits.
  std::optional<std::uint64_t> length() const { return length_; }

 private:
  enum class Part { name, before_number, number, after_number };
  void append_digit(char byte);
  void restart(char byte);

  Part part_ = Part::name;
  std::size_t matched_ = 0;  // letters of the name seen so far
  std::optional<std::uint64_t> length_;
};

class FrameReader {
 public:
  explicit FrameReader(FramingLimits limits = {}) : limits_(limits) {}

  void feed(std::string_view chunk);
  std::optional<FrameEvent> next();

  // False while part of a frame has arrived: a stream that ends then was cut off.
  bool at_boundary() const { return state_ == State::header && line_.empty() && header_bytes_ == 0; }

 private:
  enum class State { header, body, resynchronise };

  // Each takes what it can use of a non-empty chunk and returns how many bytes that was (at least one).
  std::size_t feed_header(std::string_view chunk);
  std::size_t feed_body(std::string_view chunk);
  std::size_t feed_resynchronise(std::string_view chunk);

  void header_line(std::string_view line);
  void end_of_header();
  void accept_length(std::optional<std::uint64_t> length);
  void start_header();
  void finish_body();
  void fail(std::string message);

  FramingLimits limits_;
  State state_ = State::header;
  std::string line_;  // the header line under way
  std::size_t header_bytes_ = 0;
  std::optional<std::uint64_t> content_length_;
  std::string body_;
  LengthLineFinder finder_;
  std::deque<FrameEvent> events_;
};

std::string encode_frame(std::string_view body);

}  // namespace keyline::protocol
