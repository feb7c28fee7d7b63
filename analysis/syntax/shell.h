#pragma once
// The part of POSIX sh inside a RUN that cache questions need: which simple commands run, with which words,
// assignments and redirections, and how they hang together. It looks through lists, pipes, groups, subshells, `if`,
// `for`, `while`, `case` and functions. It never fails: text it cannot follow sets `complete` to false.
//
// Spans count from the first byte of the text given to the parser; parse_instruction maps them to the instruction.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

struct ShellWord {
  std::string text;     // quotes and escapes removed; an expansion stands as written ("$HOME/x")
  Span span;            // with quotes
  bool literal = true;  // no expansion, substitution or glob: `text` is what the program receives
};

struct ShellAssignment {
  std::string name;
  ShellWord value;
  Span span;
};

// How a command is reached from the one before it.
enum class ShellJoin : std::uint8_t { first, sequence, and_then, or_else, pipe, background };

struct ShellCommand {
  std::vector<ShellWord> words;              // the program first; empty for bare assignments
  std::vector<ShellAssignment> assignments;  // in front of the program
  std::vector<ShellWord> redirections;       // targets of > < >> ...
  Span span;                                 // from the first word or assignment to the last word or redirection
  ShellJoin join = ShellJoin::first;
  std::uint16_t depth = 0;   // groups, subshells, loops, branches around it; 0 at the top level of the RUN
  bool conditional = false;  // runs only when something else allows it: branches, `||`, loop bodies, functions
  bool subshell = false;     // inside ( ) or $( ) or a pipe: `cd` and assignments do not outlive it
};

struct ShellVariable {
  std::string name;
  Span span;  // of the name
};

struct ShellScript {
  std::vector<ShellCommand> commands;  // in the order they are written
  // Every `$name` and `${name…}` of the text, also in single quotes: a nested shell may read it there.
  std::vector<ShellVariable> variables;
  bool complete = true;  // false: something was not understood; commands may be missing
};

ShellScript parse_shell(std::string_view text);

// The simple command seen through wrappers: `sudo -u x`, `env A=1`, `time`, `nice`, `exec`, `command`, `nohup`,
// `corepack`, `python -m`. Returns the index of the word that names the program really run; words.size() if none.
std::size_t program_word(const ShellCommand& command);

}  // namespace keyline::analysis
