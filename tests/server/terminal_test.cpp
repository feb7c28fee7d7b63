#include "server/cli/terminal.h"

#include "tests/support/catch.h"

namespace {

using keyline::server::display_width;
using keyline::server::fit;
using keyline::server::Style;
using keyline::server::Terminal;
using keyline::server::visible;

TEST_CASE("text from files cannot command the terminal") {
  CHECK(visible("plain äöü 漢字") == "plain äöü 漢字");
  CHECK(visible("\x1b[31mred") == "\xEF\xBF\xBD[31mred");
  CHECK(visible("a\r\b\x7f") == "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(visible(std::string_view("a\0b", 3)) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(visible("\xC2\x9B"
                "31m") ==
        "\xEF\xBF\xBD"
        "31m");  // CSI of C1
  CHECK(visible("\xE2\x80\xAE"
                "x") ==
        "\xEF\xBF\xBD"
        "x");  // right-to-left override
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one") {
  CHECK(visible("\xFF\xFE") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(visible("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  CHECK(visible("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  CHECK(visible("a\xE2\x82") == "a\xEF\xBF\xBD\xEF\xBF\xBD");                // cut
}

TEST_CASE("tabs reach the next multiple of four") {
  CHECK(visible("\ta\tb") == "    a   b");
  CHECK(visible("漢\ta") == "漢  a");
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("漢字") == 4);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(display_width("…") == 1);
}

TEST_CASE("what does not fit is cut at a character") {
  CHECK(fit("abc", 3) == "abc");
  CHECK(fit("abcd", 3) == "ab…");
  CHECK(fit("漢字漢字", 4) == "漢…");
}

TEST_CASE("without colours nothing is added") {
  CHECK(Terminal{}.paint(Style::error, "x") == "x");
  CHECK(Terminal{.is_terminal = true, .colours = true}.paint(Style::error, "x") == "\x1b[1;31mx\x1b[0m");
}

}  // namespace
