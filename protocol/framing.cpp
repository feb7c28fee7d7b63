#include "protocol/framing.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace keyline::protocol {
namespace {

constexpr std::string_view length_name = "content-length";

char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; }

bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool is_length_name(std::string_view name) {
  return std::equal(name.begin(), name.end(), length_name.begin(), length_name.end(),
                    [](char left, char right) { return lower(left) == right; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// The field names of RFC 7230 are tokens; of these we need only to know what is certainly none.
bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char byte) {
    return byte > ' ' && byte < '\x7f' && std::string_view("\"(),/:;<=>?@[\\]{}").find(byte) == std::string_view::npos;
  });
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::uint64_t length = 0;
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), length);
  if (result.ec != std::errc()) return std::nullopt;
  return length;
}

// Error messages quote the client; a damaged stream must not blow them up.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string quote = "'" + std::string(text.substr(0, longest));
  return quote + (text.size() > longest ? "...'" : "'");
}

}  // namespace

bool LengthLineFinder::push(char byte) {
  switch (part_) {
    case Part::name:
      if (matched_ < length_name.size() && lower(byte) == length_name[matched_]) {
        ++matched_;
      } else if (matched_ == length_name.size() && byte == ':') {
        part_ = Part::before_number;
      } else {
        restart(byte);
      }
      return false;
    case Part::before_number:
      if (is_digit(byte)) {
        part_ = Part::number;
        length_ = 0;
        append_digit(byte);
      } else if (!is_blank(byte)) {
        restart(byte);
      }
      return false;
    case Part::number:
      if (is_digit(byte)) {
        append_digit(byte);
        return false;
      }
      part_ = Part::after_number;
      [[fallthrough]];
    case Part::after_number:
      if (!is_blank(byte) && byte != '\r') restart(byte);
      return byte == '\n';
  }
  return false;
}

void LengthLineFinder::append_digit(char byte) {
  const auto digit = static_cast<std::uint64_t>(byte - '0');
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  if (length_ && *length_ <= (most - digit) / 10) {
    length_ = *length_ * 10 + digit;
  } else {
    length_.reset();
  }
}

// The first letter occurs only once in the name, so a failed match can only begin again at the byte that broke it.
void LengthLineFinder::restart(char byte) {
  part_ = Part::name;
  matched_ = lower(byte) == length_name.front() ? 1 : 0;
}

void FrameReader::feed(std::string_view chunk) {
  while (!chunk.empty()) {
    std::size_t used = 0;
    switch (state_) {
      case State::header:
        used = feed_header(chunk);
        break;
      case State::body:
        used = feed_body(chunk);
        break;
      case State::resynchronise:
        used = feed_resynchronise(chunk);
        break;
    }
    chunk.remove_prefix(used);
  }
}

std::optional<FrameEvent> FrameReader::next() {
  if (events_.empty()) return std::nullopt;
  FrameEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::size_t FrameReader::feed_header(std::string_view chunk) {
  const std::size_t line_end = chunk.find('\n');
  const std::size_t wanted = line_end == std::string_view::npos ? chunk.size() : line_end + 1;
  const std::size_t used = std::min(wanted, limits_.header_bytes + 1 - header_bytes_);
  line_.append(chunk.substr(0, used));
  header_bytes_ += used;
  if (header_bytes_ > limits_.header_bytes) {
    const std::string unfinished = std::exchange(line_, {});
    fail("the header is longer than " + std::to_string(limits_.header_bytes) + " bytes");
    feed_resynchronise(unfinished);  // it may hold the beginning of what is looked for
  } else if (line_.back() == '\n') {
    header_line(std::string_view(line_).substr(0, line_.size() - 1));
    line_.clear();
  }
  return used;
}

void FrameReader::header_line(std::string_view line) {
  if (line.empty() || line == "\r") return end_of_header();
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon != std::string_view::npos && is_length_name(name)) {
    const std::string_view number = trimmed(line.substr(colon + 1));
    const std::optional<std::uint64_t> length = parse_length(number);
    if (!length) return fail("Content-Length is no length: " + quoted(number));
    return accept_length(length);
  }
  // A body that was longer than announced leaves its tail in front of the next header, on the same line.
  LengthLineFinder finder;
  for (const char byte : line) finder.push(byte);
  if (finder.push('\n')) {
    events_.push_back(FramingError{"bytes that belong to no message: " + quoted(trimmed(line))});
    header_bytes_ = 1;  // the rubbish was none of the header's
    return accept_length(finder.length());
  }
  if (colon == std::string_view::npos || !is_header_name(name)) fail("not a header line: " + quoted(trimmed(line)));
}

void FrameReader::accept_length(std::optional<std::uint64_t> length) {
  if (!length || *length > limits_.body_bytes) {
    return fail("Content-Length is above the limit of " + std::to_string(limits_.body_bytes) + " bytes");
  }
  content_length_ = length;
}

void FrameReader::end_of_header() {
  if (!content_length_) {
    // A line end between two messages is what people's scripts leave there; nothing is lost by it.
    const bool only_line_end = header_bytes_ == line_.size();
    if (only_line_end) {
      header_bytes_ = 0;
    } else {
      fail("the header has no Content-Length");
    }
    return;
  }
  state_ = State::body;
  // The client's word is not yet worth megabytes: beyond this, the body grows as it arrives.
  constexpr std::uint64_t trusted = 1024 * 1024;
  body_.reserve(static_cast<std::size_t>(std::min(*content_length_, trusted)));
  if (*content_length_ == 0) finish_body();
}

std::size_t FrameReader::feed_body(std::string_view chunk) {
  const std::size_t missing = static_cast<std::size_t>(*content_length_) - body_.size();
  const std::size_t used = std::min(missing, chunk.size());
  body_.append(chunk.substr(0, used));
  if (used == missing) finish_body();
  return used;
}

void FrameReader::finish_body() {
  events_.push_back(FrameBody{std::exchange(body_, {})});
  start_header();
}

void FrameReader::start_header() {
  state_ = State::header;
  header_bytes_ = 0;
  content_length_.reset();
}

std::size_t FrameReader::feed_resynchronise(std::string_view chunk) {
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    if (!finder_.push(chunk[index])) continue;
    start_header();
    header_bytes_ = 1;  // not 0: the header has begun
    accept_length(finder_.length());
    return index + 1;
  }
  return chunk.size();
}

void FrameReader::fail(std::string message) {
  events_.push_back(FramingError{std::move(message)});
  state_ = State::resynchronise;
  content_length_.reset();
  finder_ = {};
  line_.clear();
  header_bytes_ = 0;
}

std::string encode_frame(std::string_view body) {
  std::string frame = "Content-Length: ";
  const std::string length = std::to_string(body.size());
  frame.reserve(frame.size() + length.size() + 4 + body.size());
  frame += length;
  frame += "\r\n\r\n";
  frame += body;
  return frame;
}

}  // namespace keyline::protocol
