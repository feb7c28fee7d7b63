// Facts of BuildKit's frontend/dockerfile/shell (lex.go and its tests), one table a question.
#include "analysis/syntax/expand.h"

#include <map>
#include <string>

#include "tests/support/catch.h"

namespace {

using keyline::analysis::expand;
using keyline::analysis::ExpandOptions;
using keyline::analysis::Expansion;
using keyline::analysis::VariableValue;

VariableValue look_up(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> values = {{"DIR", "/home"},
                                                                         {"EMPTY", ""},
                                                                         {"X", "xxyy"},
                                                                         {"STARS", "a***yy*"},
                                                                         {"PATHS", "/foo*/*/*.txt"},
                                                                         {"URL", "http://example"},
                                                                         {"NEEDLE", "\\*/"},
                                                                         {"\xED\x95\x9C", "korean"},
                                                                         {"QUOTED", "a 'b' \"c\" $DIR"}};
  if (name == "UNKNOWN") return {VariableValue::State::unknown, {}};
  const auto found = values.find(name);
  return found == values.end() ? VariableValue{} : VariableValue{VariableValue::State::set, found->second};
}

void check(std::string_view input, std::string_view expected, const ExpandOptions& options = {}) {
  const Expansion result = expand(input, look_up, options);
  INFO("input: " << input);
  CHECK_FALSE(result.error.has_value());
  CHECK(result.text == expected);
}

void check_error(std::string_view input, std::string_view message, const ExpandOptions& options = {}) {
  const Expansion result = expand(input, look_up, options);
  INFO("input: " << input << ", text: " << result.text);
  REQUIRE(result.error.has_value());
  CHECK(*result.error == "failed to process \"" + std::string(input) + "\": " + std::string(message));
  CHECK(result.text == input);
}

}  // namespace

TEST_CASE("quotes are removed and escapes resolved") {
  check("he'll'o", "hello");
  check("he\\'llo", "he'llo");
  check("abc\\tdef", "abctdef");
  check("\"abc\\tdef\"", "abc\\tdef");
  check("\"abc\\\\tdef\"", "abc\\tdef");
  check("'abc\\tdef'", "abc\\tdef");
  check("hello\\", "hello");
  check("hello\\\\", "hello\\");
  check("\"''\"", "''");
  check("'\"x\"'", "\"x\"");
  check("\"a\\\"b\\$c\"", "a\"b$c");
}

TEST_CASE("an open quote is an error") {
  check_error("he'llo", "unexpected end of statement while looking for matching single-quote");
  check_error("\"hello", "unexpected end of statement while looking for matching double-quote");
  check_error("\"hello\\\"", "unexpected end of statement while looking for matching double-quote");
}

TEST_CASE("variables stand for their values, unset ones for nothing") {
  check("a$DIR/b", "a/home/b");
  check("a${DIR}b", "a/homeb");
  check("a$MISSING.b", "a.b");
  check("a${MISSING}b", "ab");
  check("\"$DIR'$DIR'\"", "/home'/home'");
  check("'$DIR'", "$DIR");
  check("\\$DIR \\${DIR}", "$DIR ${DIR}");
  check("\\\\$DIR", "\\/home");
  check("$\xED\x95\x9C.", "korean.");
  check("$QUOTED", "a 'b' \"c\" $DIR");  // a value is not expanded again
}

TEST_CASE("a dollar without a name is text") {
  check("$.", "$.");
  check("$", "$");
  check("a$ b", "a$ b");
}

TEST_CASE("positional and special parameters are never set") {
  check("he$1x$@x$#", "hexx");
  check("$001aaa${999:-b}", "aaab");
  check("$@@@", "@@");
}

TEST_CASE("words for unset and empty variables") {
  check("${MISSING-w} ${EMPTY-w} ${DIR-w}", "w  /home");
  check("${MISSING:-w} ${EMPTY:-w} ${DIR:-w}", "w w /home");
  check("${MISSING+w} ${EMPTY+w} ${DIR+w}", " w w");
  check("${MISSING:+w} ${EMPTY:+w} ${DIR:+w}", "  w");
  check("${MISSING:-${EMPTY:-$DIR}}x", "/homex");
  check("${MISSING:-\\$DIR:}", "$DIR:");
  check("${MISSING:-a {b}", "a {b");
  check("${MISSING:-'a b'\"$DIR\"}", "a b/home");
  check("${DIR:-}", "/home");
}

TEST_CASE("required variables") {
  check("${DIR?w} ${DIR:?w} ${EMPTY?w}", "/home /home ");
  check_error("${MISSING?}", "MISSING: is not allowed to be unset");
  check_error("${MISSING:?no $DIR}", "MISSING: no /home");
  check_error("${EMPTY:?}", "EMPTY: is not allowed to be empty");
}

TEST_CASE("patterns cut from the front") {
  check("${X#x} ${X##x}", "xyy xyy");
  check("${X#*} ${X##*}", "xxyy ");
  check("${X#*x*y} ${X##*x}", "y yy");
  check("${X#?} ${X#z} ${X#}", "xyy xxyy xxyy");
  check("${X#$EMPTY}", "xxyy");
  check("${STARS#a\\*}", "**yy*");
  check("${MISSING#x}", "");
}

TEST_CASE("patterns cut from the end") {
  check("${X%y} ${X%%y*} ${X%y*}", "xxy xx xxy");
  check("${STARS%%\\**\\*}", "a");
  check("${X%} ${X%x}", "xxyy xxyy");
}

TEST_CASE("patterns replaced") {
  check("${X/x/.} ${X//x/.}", ".xyy ..yy");
  check("${PATHS/$NEEDLE/.} - ${PATHS//$NEEDLE/.}", "/foo.*/*.txt - /foo..*.txt");
  check("${URL/http:\\/\\//https:\\/\\/}", "https:\\/\\/example");  // escapes stay in the replacement
  check("${X/$EMPTY/w}", "wxxyy");
  check("${MISSING///}", "");
  check_error("${X//ww}", "syntax error: missing '/' in ${}");
}

TEST_CASE("substitutions that BuildKit refuses") {
  check_error("${}", "syntax error: bad substitution");
  check_error("${:}", "syntax error: bad substitution");
  check_error("${{a}", "syntax error: bad substitution");
  check_error("${DIR",
              "unsupported modifier (\xEF\xBF\xBD) in substitution");  // the end of the text, as BuildKit shows it
  check_error("${DIR:-x", "syntax error: missing '}'");
  check_error("${MISSING:i}", "unsupported modifier (:i) in substitution");
  check_error("${X=a}", "unsupported modifier (=) in substitution");
  check_error("${X:#a}", "unsupported modifier (:#) in substitution");
  check_error("${X#a\\b}", "invalid pattern (a\\b) in substitution");
}

TEST_CASE("a backtick escapes when the file says so") {
  const ExpandOptions windows{.escape = '`'};
  check("C:\\dir\\$DIR", "C:\\dir\\/home", windows);
  check("a`$b``", "a$b`", windows);
}

TEST_CASE("quotes and unset variables stay when asked to") {
  check("\"$DIR\" 'a' $MISSING ${MISSING:-x}", "\"/home\" 'a'  x", {.keep_quotes = true});
  check("$MISSING ${MISSING} ${MISSING:-x} $EMPTY", "$MISSING ${MISSING} ${MISSING:-x} ", {.keep_unset = true});
  check("\"$DIR\" it's", "\"/home\" it's", {.quotes_are_text = true});
}

TEST_CASE("every use of a variable is reported with its place") {
  const std::string_view input = "$DIR/${X:-$EMPTY}";
  const Expansion result = expand(input, look_up);
  std::map<std::string, std::string, std::less<>> places;
  for (const auto& use : result.uses) places[use.name] = slice(input, use.span);
  CHECK(places == std::map<std::string, std::string, std::less<>>{{"DIR", "DIR"}, {"EMPTY", "EMPTY"}, {"X", "X"}});
}

TEST_CASE("an unknown value makes the result unknown, unless it takes no part") {
  CHECK_FALSE(expand("a$UNKNOWN", look_up).known);
  CHECK(expand("a$UNKNOWN", look_up).text == "a");
  CHECK(expand("a$DIR", look_up).known);
  CHECK(expand("a'$UNKNOWN'", look_up).known);
}

TEST_CASE("deep nesting is refused, not followed to the end of the stack") {
  std::string input, end;
  for (int depth = 0; depth < 100000; ++depth) input += "${A:-", end += "}";
  CHECK(expand(input + end, look_up).error.has_value());
}
