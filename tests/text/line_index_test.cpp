#include "analysis/text/line_index.h"

#include <random>
#include <string>

#include "tests/support/catch.h"

namespace {

using keyline::analysis::Encoding;
using keyline::analysis::LineIndex;
using keyline::analysis::Offset;
using keyline::analysis::Position;

// One place in a text, said in bytes and in the three encodings of a column.
void check(std::string_view text, Offset offset, std::uint32_t line, std::uint32_t utf8, std::uint32_t utf16,
           std::uint32_t utf32) {
  const LineIndex lines(text);
  INFO("offset " << offset << " of \"" << text << "\"");
  CHECK(lines.position(text, offset, Encoding::utf8) == Position{line, utf8});
  CHECK(lines.position(text, offset, Encoding::utf16) == Position{line, utf16});
  CHECK(lines.position(text, offset, Encoding::utf32) == Position{line, utf32});
  CHECK(lines.offset(text, {line, utf8}, Encoding::utf8) == offset);
  CHECK(lines.offset(text, {line, utf16}, Encoding::utf16) == offset);
  CHECK(lines.offset(text, {line, utf32}, Encoding::utf32) == offset);
}

void check_lines(std::string_view text, const std::vector<std::string>& expected) {
  const LineIndex lines(text);
  INFO("\"" << text << "\"");
  REQUIRE(lines.line_count() == expected.size());
  for (std::uint32_t i = 0; i < lines.line_count(); ++i) CHECK(slice(text, lines.line(text, i)) == expected[i]);
}

}  // namespace

TEST_CASE("a text has one line more than it has line endings") {
  check_lines("", {""});
  check_lines(std::string_view(), {""});
  check_lines("a", {"a"});
  check_lines("a\n", {"a", ""});
  check_lines("a\nb", {"a", "b"});
  check_lines("\n\n", {"", "", ""});
}

TEST_CASE("lines end at \\n, \\r\\n and a lone \\r") {
  check_lines("a\r\nb\rc\nd", {"a", "b", "c", "d"});
  check_lines("a\r", {"a", ""});
  check_lines("a\r\r\nb", {"a", "", "b"});
  check_lines("a\n\rb", {"a", "", "b"});
}

TEST_CASE("columns count code units of the encoding") {
  const std::string_view text = "a\xC3\xA9\xE8\x88\xB9\xF0\x9F\x9A\xA2z\n\xF0\x9F\x9A\xA2";  // a é 船 🚢 z, then 🚢
  check(text, 0, 0, 0, 0, 0);
  check(text, 1, 0, 1, 1, 1);
  check(text, 3, 0, 3, 2, 2);
  check(text, 6, 0, 6, 3, 3);
  check(text, 10, 0, 10, 5, 4);
  check(text, 11, 0, 11, 6, 5);
  check(text, 12, 1, 0, 0, 0);
  check(text, 16, 1, 4, 2, 1);
}

TEST_CASE("bytes that are not UTF-8 count as one unit each") {
  const std::string_view text = "\xFF\xC3z\xED\xA0\x80\xF0\x9F";
  for (Offset offset = 0; offset <= text.size(); ++offset) check(text, offset, 0, offset, offset, offset);
}

TEST_CASE("a place inside a character is the character's beginning") {
  const std::string_view text = "x\xF0\x9F\x9A\xA2y";
  const LineIndex lines(text);
  for (const Offset inside : {2U, 3U, 4U}) CHECK(lines.position(text, inside, Encoding::utf16) == Position{0, 1});
  CHECK(lines.offset(text, {0, 2}, Encoding::utf16) == 1);  // between the surrogates
}

TEST_CASE("places outside the text are clamped") {
  const std::string_view text = "ab\r\nc";
  const LineIndex lines(text);
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16, Encoding::utf32}) {
    CHECK(lines.offset(text, {0, 99}, encoding) == 2);
    CHECK(lines.offset(text, {1, 99}, encoding) == 5);
    CHECK(lines.offset(text, {99, 0}, encoding) == 5);
    CHECK(lines.position(text, 99, encoding) == Position{1, 1});
    CHECK(lines.position(text, 3, encoding) == Position{0, 2});  // between \r and \n
  }
}

// Texts of few letters, so that line endings meet in all ways: halves of them are typed, joined and torn apart.
TEST_CASE("an index that follows the edits of a text is the one of the text") {
  std::mt19937 random(20261123);
  const auto dice = [&](std::size_t sides) { return static_cast<Offset>(random() % sides); };
  const auto letters = [&] {
    std::string text;
    for (Offset left = dice(5); left > 0; --left) text += "ab\r\n\n\r"[dice(6)];
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string text = letters() + letters();
    LineIndex lines(text);
    for (int step = 0; step < 12; ++step) {
      const Offset begin = dice(text.size() + 1);
      const Offset end = begin + dice(std::min<std::size_t>(text.size() - begin, 4) + 1);
      const std::string before = text;
      const std::string typed = letters();
      text.replace(begin, end - begin, typed);
      lines.edit(text, {begin, end}, static_cast<Offset>(typed.size()));
      const LineIndex anew(text);
      bool same = lines.line_count() == anew.line_count();
      for (std::uint32_t line = 0; same && line <= anew.line_count(); ++line)
        same = lines.line_begin(line) == anew.line_begin(line) && lines.line(text, line) == anew.line(text, line);
      INFO("\"" << before << "\" [" << begin << ", " << end << ") -> \"" << text << "\"");
      REQUIRE(same);
    }
  }
}
