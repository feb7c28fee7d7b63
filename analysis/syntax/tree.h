#pragma once
// A Dockerfile as BuildKit's parser reads it (frontend/dockerfile/parser, cache-model 1.1), with the place of
// everything. Values are what BuildKit would hand on; spans say where they stand in the file.
//
// Instructions are immutable and position independent: all their spans count from the instruction's first byte, so an
// edit elsewhere keeps the node and only moves its Item. What lies between items is blank lines and comments. The
// items and those gaps cover the text without overlap.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/shell.h"
#include "analysis/text/span.h"

namespace keyline::analysis {

enum class Keyword : std::uint8_t {
  add,
  arg,
  cmd,
  copy,
  entrypoint,
  env,
  expose,
  from,
  healthcheck,
  label,
  maintainer,
  onbuild,
  run,
  shell,
  stopsignal,
  user,
  volume,
  workdir,
  unknown,
};

std::string_view keyword_name(Keyword keyword);  // upper case; "" for unknown
Keyword keyword_from(std::string_view word);     // in any case

// A fault that BuildKit would refuse or that makes a part meaningless. The span is relative to the instruction.
struct Problem {
  Span span;
  std::string message;
};

struct Word {
  std::string text;
  Span span;
};

// `--name` or `--name=value`; `text` is the flag as BuildKit sees it, quotes and escapes removed.
struct Flag {
  std::string text;
  Span span;
  std::string_view name() const;                  // "mount" of --mount=type=cache
  std::optional<std::string_view> value() const;  // "type=cache"; absent without "="
};

struct Heredoc {
  std::string name;
  bool expand = true;  // variables in the body are expanded (the delimiter is not quoted)
  bool chomp = false;  // <<- : leading tabs are dropped
  unsigned descriptor = 0;
  bool terminated = true;
  Span body;        // the lines between, with their line endings
  Span terminator;  // the closing line without its line ending
};

// The instruction as one line: continuations joined, comment lines inside dropped (BuildKit's Node.Original).
class LogicalLine {
 public:
  std::string text;

  void append(std::string_view part, Offset source);
  // Where a part of `text` stands in the instruction; it may cover continuations.
  Span source(Span logical) const;
  Offset source(Offset logical) const;

  struct Piece {
    Offset logical = 0;
    Offset source = 0;
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
};

struct Instruction {
  Keyword keyword = Keyword::unknown;
  Word name;  // the keyword as written
  LogicalLine line;
  std::vector<Flag> flags;
  // What BuildKit's parser makes of the rest (its Next chain): one text for RUN and the like, words for COPY, FROM and
  // EXPOSE, key / value / separator triples for ENV and LABEL, the array's strings in JSON form.
  std::vector<Word> arguments;
  Span rest;  // everything behind keyword and flags, within `line.text`
  bool json = false;
  std::vector<Heredoc> heredocs;
  std::shared_ptr<const Instruction> trigger;  // of ONBUILD; its spans count from this instruction's first byte
  ShellScript script;                          // of a RUN in shell form or exec form of a shell; else empty
  std::vector<Problem> problems;
  bool empty_continuation = false;
  // True when the answer depends on text behind the instruction (a heredoc whose end was not
  // found, a continuation that runs into the end of the file).
  bool reads_ahead = false;
  Offset size = 0;                 // with the last line's ending and all heredoc bodies
  std::uint32_t lines = 0;         // source lines covered
  std::uint32_t header_lines = 0;  // without heredoc bodies
  Span header;                     // first to last visible byte of those; empty when there is none

  const Flag* flag(std::string_view name) const;  // the last of that name
};

struct Item {
  Offset begin = 0;
  std::uint32_t line = 0;  // zero-based number of the first line, lines ending at "\n"
  std::shared_ptr<const Instruction> instruction;

  Span span() const { return {begin, begin + instruction->size}; }
  Span absolute(Span relative) const { return relative.shifted(begin); }
  // First to last visible byte of the instruction's own lines: no indentation, line ending or heredoc body.
  Span header() const { return absolute(instruction->header); }
};

struct Directive {
  std::string name;  // lower case: "syntax", "escape", "check"
  std::string value;
  Span span;
  Span value_span;
  std::uint32_t line = 0;
};

struct SyntaxTree {
  std::shared_ptr<const std::string> text = std::make_shared<const std::string>();
  std::vector<Directive> directives;
  char escape = '\\';
  Offset directives_end = 0;  // the first byte behind the line that ended the directive block
  std::vector<Item> items;
  std::vector<Problem> problems;  // of the file as a whole; absolute spans

  const Directive* directive(std::string_view name) const;
  // The item whose lines contain `offset`, or null in a gap.
  const Item* item_at(Offset offset) const;
  // The comment lines directly above an item, without "#" and blanks, as BuildKit keeps them (PrevComment).
  std::vector<Word> comments_above(const Item& item) const;
};

// Puts the tree together again from its parts: equals the text, byte by byte.
std::string print(const SyntaxTree& tree);

}  // namespace keyline::analysis
