// Which simple commands a RUN executes, and how they hang together. One line a command:
// "join depth flags: assignments words redirections", with words that are not literal marked "$".
#include "analysis/syntax/shell.h"

#include <string>

#include <fmt/format.h>

#include "tests/support/catch.h"

namespace {

using keyline::analysis::parse_shell;
using keyline::analysis::ShellCommand;
using keyline::analysis::ShellJoin;
using keyline::analysis::ShellScript;
using keyline::analysis::ShellWord;

std::string join_name(ShellJoin join) {
  switch (join) {
    case ShellJoin::first:
      return "first";
    case ShellJoin::sequence:
      return ";";
    case ShellJoin::and_then:
      return "&&";
    case ShellJoin::or_else:
      return "||";
    case ShellJoin::pipe:
      return "|";
    case ShellJoin::background:
      return "&";
  }
  return "?";
}

std::string show(const ShellWord& word) { return fmt::format("[{}{}]", word.literal ? "" : "$", word.text); }

std::string show(const ShellScript& script) {
  std::string text;
  for (const ShellCommand& command : script.commands) {
    text += fmt::format("{} {}{}{}:", join_name(command.join), command.depth, command.conditional ? " maybe" : "",
                        command.subshell ? " forked" : "");
    for (const auto& assignment : command.assignments)
      text += fmt::format(" {}={}", assignment.name, show(assignment.value));
    for (const auto& word : command.words) text += " " + show(word);
    for (const auto& target : command.redirections) text += " >" + show(target);
    text += '\n';
  }
  return script.complete ? text : text + "incomplete\n";
}

// Every span lies in the text, and a literal word without quotes is what its span covers.
void check_spans(std::string_view input, const ShellScript& script) {
  for (const ShellCommand& command : script.commands) {
    CHECK(command.span.end <= input.size());
    for (const ShellWord& word : command.words) {
      CHECK(word.span.begin >= command.span.begin);
      CHECK(word.span.end <= input.size());
    }
  }
}

void check(std::string_view input, std::string_view expected) {
  INFO("input: " << input);
  const ShellScript script = parse_shell(input);
  CHECK(show(script) == expected);
  check_spans(input, script);
}

void check_program(std::string_view input, std::string_view expected) {
  INFO("input: " << input);
  const ShellScript script = parse_shell(input);
  REQUIRE_FALSE(script.commands.empty());
  const ShellCommand& command = script.commands.front();
  const std::size_t at = program_word(command);
  CHECK((at < command.words.size() ? command.words[at].text : "") == expected);
}

}  // namespace

TEST_CASE("lists and pipes") {
  check("npm ci", "first 0: [npm] [ci]\n");
  check("a && b; c", "first 0: [a]\n&& 0: [b]\n; 0: [c]\n");
  check("a\nb & c", "first 0: [a]\n; 0: [b]\n& 0: [c]\n");
  check("a || b", "first 0: [a]\n|| 0 maybe: [b]\n");
  check("", "");
  check("  # only a comment", "");
}

TEST_CASE("quotes and escapes are removed, expansions stay as written") {
  check("echo 'a b' \"c d\" e\\ f g'h'\"i\"", "first 0: [echo] [a b] [c d] [e f] [ghi]\n");
  check("echo $A \"${B:-x}\" *.txt ~/x", "first 0: [echo] [$$A] [$${B:-x}] [$*.txt] [$~/x]\n");
  check("echo '$A' \\$A", "first 0: [echo] [$A] [$A]\n");
  check("printf \"a\\\"b\\n\"", "first 0: [printf] [a\"b\\n]\n");
}

TEST_CASE("assignments and redirections are not words") {
  check("A=1 B='x y' make >out 2>&1 </dev/null", "first 0: A=[1] B=[x y] [make] >[out] >[1] >[/dev/null]\n");
  check("A=1", "first 0: A=[1]\n");
  check("make CC=gcc", "first 0: [make] [CC=gcc]\n");
}

TEST_CASE("groups and subshells") {
  check("{ a; b; } && c", "first 1: [a]\n; 1: [b]\n&& 0: [c]\n");
  check("(cd x && make); b", "first 1 forked: [cd] [x]\n&& 1 forked: [make]\n; 0: [b]\n");
  check("echo $(a b)", "first 0: [echo] [$$(a b)]\nfirst 1 forked: [a] [b]\n");
}

TEST_CASE("what runs only when something allows it is marked") {
  check("if a; then b; elif c; then d; else e; fi; f",
        "first 1: [a]\n; 1 maybe: [b]\n; 1 maybe: [c]\n; 1 maybe: [d]\n; 1 maybe: [e]\n; 0: [f]\n");
  check("for i in 1 2; do a $i; done", "first 1 maybe: [a] [$$i]\n");
  check("while a; do b; done", "first 1: [a]\n; 1 maybe: [b]\n");
  check("case $A in x|y) b ;; *) c ;; esac", "first 1 maybe: [b]\n; 1 maybe: [c]\n");
  check("f() { a; }\nf", "first 2 maybe: [a]\n; 0: [f]\n");
}

TEST_CASE("here-documents are not commands") {
  check("cat <<EOF >x\nrm -rf /\nEOF\nnext", "first 0: [cat] >[x]\n; 0: [next]\n");
  check("cat <<-'E'\n\tx\n\tE\nnext", "first 0: [cat]\n; 0: [next]\n");
}

TEST_CASE("a shell's own script runs too") {
  const std::string shown = show(parse_shell("bash -lc 'npm ci && npm run build'"));
  CHECK(shown.find("forked: [npm] [ci]\n") != std::string::npos);
  CHECK(shown.find("forked: [npm] [run] [build]\n") != std::string::npos);
}

TEST_CASE("the program is seen through its wrappers") {
  check_program("sudo -u app npm ci", "npm");
  check_program("env A=1 B=2 make", "make");
  check_program("time nice make", "make");
  check_program("exec nginx", "nginx");
  check_program("A=1 pip install x", "pip");
  check_program("A=1", "");
}

TEST_CASE("unfinished scripts keep what was understood") {
  for (const char* input : {"a && 'b", "a \"b", "if a; then b", "(a; b", "{ a", "for i in 1; do a", "case x in",
                            "a $(b", "a `b", "a ${b"}) {
    INFO(input);
    const ShellScript script = parse_shell(input);
    CHECK_FALSE(script.complete);
    check_spans(input, script);
  }
}

TEST_CASE("hostile nesting is followed only so far") {
  for (const char* opening : {"(", "{ ", "$(", "if ", "`", "${", "\"$("}) {
    std::string input;
    for (int depth = 0; depth < 20000; ++depth) input += opening;
    check_spans(input, parse_shell(input));
  }
}
