#pragma once
// The words in which rules describe repairs: move instructions, put lines beside them, change a RUN. Every edit keeps
// the author's layout: indentation, continuation style, line endings, comments. Offsets are absolute; an edit that
// cannot be made cleanly is refused (false), and the rule then offers none.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/rules/run_cut.h"
#include "analysis/syntax/tree.h"
#include "analysis/text/edit.h"

namespace keyline::analysis {

// An instruction with the comment lines directly above it, whole lines with their endings.
Span block_of(const SyntaxTree& tree, std::uint32_t item);
bool blank_line_behind(const SyntaxTree& tree, std::uint32_t item);

// Moves an instruction with its comments behind another one, and leaves lines of the same indentation in its place.
struct Replacement {
  std::vector<std::string> lines;      // that take the place of the block
  std::vector<std::string> following;  // that follow it where it arrives
};
[[nodiscard]] bool replace_and_move_behind(EditList& edits, const SyntaxTree& tree, std::uint32_t item,
                                           const Replacement& replacement, std::uint32_t behind);
// The same, but the block arrives inside the RUN `run`, which is cut in two.
[[nodiscard]] bool replace_and_move_into(EditList& edits, const SyntaxTree& tree, std::uint32_t item,
                                         const Replacement& replacement, std::uint32_t run, const RunCut& cut);

// Moves the blocks, in their order, in front of or behind the instruction `target`.
enum class Place : std::uint8_t { in_front, behind };
[[nodiscard]] bool move_blocks(EditList& edits, const SyntaxTree& tree, const std::vector<std::uint32_t>& items,
                               Place place, std::uint32_t target);

// A line of its own at `at`, where a line begins or the text ends; indented and ended as the instruction `like` is.
[[nodiscard]] bool add_line(EditList& edits, const SyntaxTree& tree, Offset at, std::uint32_t like,
                            const std::string& line);
// Takes an instruction away, with the comments directly above it.
[[nodiscard]] bool remove_block(EditList& edits, const SyntaxTree& tree, std::uint32_t item);

// Changes within one RUN, collected and then made together.
class RunEditor {
 public:
  RunEditor(const SyntaxTree& tree, std::uint32_t item, const std::vector<ShellCommand>& commands);

  void add_flag(std::string flag) { flags_.push_back(std::move(flag)); }
  // Shell text in front of the first command ("rm -f x;") or of one command ("A=b", "x &&").
  void run_first(std::string text) { first_ = std::move(text); }
  void run_before(std::size_t command, std::string text) { before_.emplace_back(command, std::move(text)); }
  void set_variable(std::size_t command, std::string assignment) {
    assignments_.emplace_back(command, std::move(assignment));
  }
  void add_word(std::size_t command, Span behind, std::string word) {
    words_.push_back({command, behind, std::move(word)});
  }
  // Words are indices into the command's words; a command with no operand left goes altogether.
  void remove_word(std::size_t command, std::size_t word) { removed_words_.insert({command, word}); }
  void remove_command(std::size_t command) { removed_commands_.insert(command); }
  bool removes(std::size_t command, std::size_t word) const {
    return removed_commands_.contains(command) || removed_words_.contains({command, word});
  }

  [[nodiscard]] bool finish(EditList& edits) const;

 private:
  struct AddedWord {
    std::size_t command;
    Span behind;
    std::string word;
  };
  bool remove_commands(EditList& edits, const std::set<std::size_t>& commands) const;
  bool remove_words(EditList& edits, const std::set<std::size_t>& whole) const;
  bool insert_flags(EditList& edits) const;
  std::string header_separator() const;
  bool insert_first_command(EditList& edits) const;
  bool separated(std::size_t left, std::size_t right) const;
  std::optional<Offset> separator_before(std::size_t command) const;
  bool is_exact(const ShellWord& word) const;
  Span absolute(Span span) const { return tree_.items[item_].absolute(span); }

  const SyntaxTree& tree_;
  std::uint32_t item_;
  const std::vector<ShellCommand>& commands_;
  std::vector<std::string> flags_;
  std::string first_;
  std::vector<std::pair<std::size_t, std::string>> assignments_, before_;
  std::vector<AddedWord> words_;
  std::set<std::pair<std::size_t, std::size_t>> removed_words_;
  std::set<std::size_t> removed_commands_;
};

}  // namespace keyline::analysis
