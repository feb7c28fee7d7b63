#include "protocol/framing.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

namespace {

using keyline::protocol::encode_frame;
using keyline::protocol::FrameBody;
using keyline::protocol::FrameEvent;
using keyline::protocol::FrameReader;
using keyline::protocol::FramingError;
using keyline::protocol::FramingLimits;

std::vector<FrameEvent> drain(FrameReader& reader) {
  std::vector<FrameEvent> events;
  while (auto event = reader.next()) events.push_back(*std::move(event));
  return events;
}

std::vector<FrameEvent> read(std::string_view stream, FramingLimits limits = {}) {
  FrameReader reader(limits);
  reader.feed(stream);
  return drain(reader);
}

// One line per event: bodies as they are, errors behind an exclamation mark.
std::vector<std::string> summary(const std::vector<FrameEvent>& events) {
  std::vector<std::string> lines;
  for (const FrameEvent& event : events) {
    const auto* body = std::get_if<FrameBody>(&event);
    lines.push_back(body != nullptr ? body->text : "! " + std::get<FramingError>(event).message);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A frame carries its body unchanged") {
  using std::string_literals::operator""s;
  const std::string body = "{\"a\":\"\r\n\r\nContent-Length: 3\r\n\r\n\0\xff\"}"s;
  CHECK(read(encode_frame(body)) == std::vector<FrameEvent>{FrameBody{body}});
  CHECK(encode_frame("\xc3\xa9") == "Content-Length: 2\r\n\r\n\xc3\xa9");
}

TEST_CASE("Frames follow each other without a gap") {
  CHECK(summary(read(encode_frame("one") + encode_frame("") + encode_frame("three"))) == Lines{"one", "", "three"});
}

TEST_CASE("Header names ignore case, other headers are skipped, line ends may be bare") {
  CHECK(summary(read("content-LENGTH:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}")) ==
        Lines{"{}"});
  CHECK(summary(read("Content-Type: x\nContent-Length: \t 2 \n\n{}")) == Lines{"{}"});
  CHECK(summary(read(encode_frame("a") + "\r\n\n" + encode_frame("b"))) == Lines{"a", "b"});
}

TEST_CASE("A body arrives only when it is complete") {
  FrameReader reader;
  CHECK(reader.at_boundary());
  reader.feed("Content-Length: 5\r\n\r\nhell");
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.at_boundary());
  reader.feed("o");
  CHECK(summary(drain(reader)) == Lines{"hello"});
  CHECK(reader.at_boundary());
  reader.feed("C");
  CHECK_FALSE(reader.at_boundary());
}

TEST_CASE("After a fault the reader reports it and finds the next message") {
  struct Case {
    std::string_view stream;
    std::string_view fault;
  };
  const Case cases[] = {
      {"Content-Length: -5\r\n\r\nhello", "! Content-Length is no length: '-5'"},
      {"Content-Length: +5\r\n\r\nhello", "! Content-Length is no length: '+5'"},
      {"Content-Length: 5.0\r\n\r\nhello", "! Content-Length is no length: '5.0'"},
      {"Content-Length: 0x5\r\n\r\nhello", "! Content-Length is no length: '0x5'"},
      {"Content-Length:\r\n\r\nhello", "! Content-Length is no length: ''"},
      {"Content-Length: 18446744073709551616\r\n\r\n{}", "! Content-Length is no length: '18446744073709551616'"},
      {"Content-Length: 18446744073709551615\r\n\r\n{}", "! Content-Length is above the limit of 67108864 bytes"},
      {"Content-Length: 67108865\r\n\r\n{}", "! Content-Length is above the limit of 67108864 bytes"},
      {"Content-Type: json\r\n\r\n{}", "! the header has no Content-Length"},
      {"GET / HTTP\r\nHost: x\r\n\r\n", "! not a header line: 'GET / HTTP'"},
      {"{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}\n",
       "! not a header line: '{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}'"},
      {"Content-Length: 5\r\nbroken line\r\n\r\nhello", "! not a header line: 'broken line'"},
      {"\"}}", "! bytes that belong to no message: '\"}}Content-Length: 7'"},
      {"\xef\xbb\xbf",
       "! bytes that belong to no message: '\xef\xbb\xbf"
       "Content-Length: 7'"},
      {"Content-Length: none\r\n\r\nContent-LenContent-Length: x", "! Content-Length is no length: 'none'"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.stream);
    // A sender that closes a message with a line end, and one that does not.
    std::string stream(test.stream);
    CHECK(summary(read(stream + encode_frame("message"))) == Lines{std::string(test.fault), "message"});
    CHECK(summary(read(stream + encode_frame("message") + encode_frame("more"))).back() == "more");
  }
}

TEST_CASE("A body above the limit is skipped, not kept") {
  const FramingLimits limits{.header_bytes = 64, .body_bytes = 10};
  const std::string huge = encode_frame("{\"text\":\"" + std::string(100'000, 'x') + "Content-Length: 3\\r\\n\"}");
  CHECK(summary(read(huge + encode_frame("next"), limits)) ==
        Lines{"! Content-Length is above the limit of 10 bytes", "next"});
  CHECK(summary(read(encode_frame("0123456789"), limits)) == Lines{"0123456789"});
}

TEST_CASE("An announced but absent huge body costs nothing but its own message") {
  CHECK(summary(read("Content-Length: 99999999999\r\n\r\n{}" + encode_frame("next"))) ==
        Lines{"! Content-Length is above the limit of 67108864 bytes", "next"});
}

TEST_CASE("A header without end is cut off once, however long it is") {
  const FramingLimits limits{.header_bytes = 64, .body_bytes = 100};
  const Lines expected{"! the header is longer than 64 bytes", "next"};
  CHECK(summary(read(std::string(10'000, 'x') + encode_frame("next"), limits)) == expected);
  std::string many_headers;
  for (int index = 0; index < 100; ++index) many_headers += "X-Header: value\r\n";
  CHECK(summary(read(many_headers + encode_frame("next"), limits)) == expected);
  // The limit falls into the middle of the line that is looked for.
  for (std::size_t junk = 40; junk <= 64; ++junk) {
    CAPTURE(junk);
    const std::vector<std::string> lines = summary(read(std::string(junk, 'x') + encode_frame("next"), limits));
    CHECK(lines.size() == 2);
    CHECK(lines.back() == "next");
  }
}

TEST_CASE("However a stream is cut into chunks, the events are the same") {
  const FramingLimits limits{.header_bytes = 64, .body_bytes = 100};
  const std::string parts[] = {encode_frame("one"),
                               encode_frame("{\"text\":\"Content-Length: 5\"}"),
                               "Content-Length: 999\r\n\r\n{}",
                               encode_frame(std::string(100, 'y')),
                               "Content-Length: x\r\n\r\ncContent-Length: cContent-Length:",
                               "\r\n\n",
                               "tail\"}",
                               "No-Length: 1\r\n\r\n",
                               std::string(80, 'z'),
                               "content-length: 2 \n\nok"};
  std::mt19937 random(20240229);
  for (int round = 0; round < 300; ++round) {
    std::string stream;
    for (int count = 0; count < 8; ++count) stream += parts[random() % std::size(parts)];
    const std::vector<FrameEvent> expected = read(stream, limits);

    FrameReader reader(limits);
    std::vector<FrameEvent> events;
    const std::size_t longest_chunk = 1 + random() % 40;
    for (std::size_t begin = 0; begin < stream.size();) {
      const std::size_t size = 1 + random() % longest_chunk;
      reader.feed(std::string_view(stream).substr(begin, size));
      begin += size;
      if (random() % 2 == 0) {
        for (FrameEvent& event : drain(reader)) events.push_back(std::move(event));
      }
    }
    for (FrameEvent& event : drain(reader)) events.push_back(std::move(event));
    CAPTURE(stream, longest_chunk);
    REQUIRE(summary(events) == summary(expected));
  }
}
