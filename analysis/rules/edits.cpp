#include "analysis/rules/edits.h"

#include <algorithm>

namespace keyline::analysis {

namespace {

constexpr std::size_t comfortable_width = 100;  // a RUN on one line stays there up to this column

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// The line that begins at `begin`, with its ending.
Span line_at(std::string_view text, Offset begin) {
  const std::size_t newline = text.find('\n', begin);
  return {begin,
          newline == std::string_view::npos ? static_cast<Offset>(text.size()) : static_cast<Offset>(newline + 1)};
}

// The line that ends at `end`, with its ending; empty at the beginning of the text.
Span line_before(std::string_view text, Offset end) {
  if (end == 0) return {0, 0};
  const std::size_t newline = end < 2 ? std::string_view::npos : text.rfind('\n', end - 2);
  return {newline == std::string_view::npos ? 0 : static_cast<Offset>(newline + 1), end};
}

std::string_view line_ending(std::string_view text, Offset offset) {
  const Span line = line_at(text, offset);
  const std::string_view bytes = slice(text, line);
  if (bytes.ends_with("\r\n")) return "\r\n";
  if (bytes.ends_with('\n')) return "\n";
  // The last line has none: take what the file uses.
  return text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
}

std::string_view indentation(std::string_view text, Offset line_begin) {
  const std::size_t end = text.find_first_not_of(" \t", line_begin);
  return text.substr(line_begin, (end == std::string_view::npos ? text.size() : end) - line_begin);
}

std::string with_ending(std::string_view block, std::string_view ending) {
  std::string lines(block);
  if (!lines.ends_with('\n')) lines += ending;
  return lines;
}

// `lines` as they go in behind an instruction, also at the end of a file without a last line ending.
Edit insertion_behind(std::string_view text, Offset at, std::string lines, std::string_view ending) {
  if (at > 0 && at == text.size() && !text.ends_with('\n')) {
    lines.insert(0, ending);
    lines.resize(lines.size() - ending.size());
  }
  return {{at, at}, std::move(lines)};
}

// Whole lines, indented and ended as the instruction at `begin` is.
std::string lines_at(std::string_view text, Offset begin, const std::vector<std::string>& lines) {
  std::string result;
  for (const std::string& line : lines) {
    result += indentation(text, begin);
    result += line;
    result += line_ending(text, begin);
  }
  return result;
}

// Two paragraphs that lose what stood between them keep one blank line.
Span without_second_blank(std::string_view text, Span removal) {
  const bool blank_above = removal.begin == 0 || is_blank(slice(text, line_before(text, removal.begin)));
  const Span below = line_at(text, removal.end);
  return {removal.begin, blank_above && !below.empty() && is_blank(slice(text, below)) ? below.end : removal.end};
}

}  // namespace

Span block_of(const SyntaxTree& tree, std::uint32_t item) {
  const std::string_view text = *tree.text;
  Span block = tree.items[item].span();
  const Offset lower = std::max(item == 0 ? 0 : tree.items[item - 1].span().end, tree.directives_end);
  while (block.begin > lower) {
    const Span line = line_before(text, block.begin);
    const std::string_view bytes = slice(text, line);
    const std::size_t visible = bytes.find_first_not_of(" \t");
    if (line.begin < lower || visible == std::string_view::npos || bytes[visible] != '#') break;
    block.begin = line.begin;
  }
  return block;
}

bool blank_line_behind(const SyntaxTree& tree, std::uint32_t item) {
  const std::string_view text = *tree.text;
  const Offset end = tree.items[item].span().end;
  return end < text.size() && is_blank(slice(text, line_at(text, end)));
}

bool replace_and_move_behind(EditList& edits, const SyntaxTree& tree, std::uint32_t item,
                             const Replacement& replacement, std::uint32_t behind) {
  const std::string_view text = *tree.text;
  const Offset begin = tree.items[item].begin;
  const std::string_view ending = line_ending(text, begin);
  std::string arriving =
      with_ending(slice(text, block_of(tree, item)), ending) + lines_at(text, begin, replacement.following);
  if (blank_line_behind(tree, item)) arriving.insert(0, ending);
  return edits.add({block_of(tree, item), lines_at(text, begin, replacement.lines)}) &&
         edits.add(insertion_behind(text, tree.items[behind].span().end, std::move(arriving), ending));
}

bool replace_and_move_into(EditList& edits, const SyntaxTree& tree, std::uint32_t item, const Replacement& replacement,
                           std::uint32_t run, const RunCut& cut) {
  const std::string_view text = *tree.text;
  const Offset begin = tree.items[item].begin;
  const std::string_view ending = line_ending(text, begin);
  const Item& target = tree.items[run];
  const Instruction& instruction = *target.instruction;
  // The second half runs as the first one did: same word, same flags.
  const Offset header_end = instruction.flags.empty() ? instruction.name.span.end : instruction.flags.back().span.end;
  std::string arriving(ending);
  arriving += with_ending(slice(text, block_of(tree, item)), ending) + lines_at(text, begin, replacement.following);
  arriving += indentation(text, line_before(text, line_at(text, target.header().begin).end).begin);
  arriving += slice(text, target.absolute({instruction.name.span.begin, header_end}));
  arriving += ' ';
  arriving += cut.resume;
  return edits.add({block_of(tree, item), lines_at(text, begin, replacement.lines)}) &&
         edits.add({cut.gap, std::move(arriving)});
}

bool add_line(EditList& edits, const SyntaxTree& tree, Offset at, std::uint32_t like, const std::string& line) {
  const std::string_view text = *tree.text;
  const Offset begin = tree.items[like].begin;
  return edits.add(insertion_behind(text, at, lines_at(text, begin, {line}), line_ending(text, begin)));
}

bool remove_block(EditList& edits, const SyntaxTree& tree, std::uint32_t item) {
  return edits.add({without_second_blank(*tree.text, block_of(tree, item)), ""});
}

bool move_blocks(EditList& edits, const SyntaxTree& tree, const std::vector<std::uint32_t>& items, Place place,
                 std::uint32_t target) {
  const std::string_view text = *tree.text;
  std::string arriving;
  std::string_view ending = "\n";
  std::vector<Span> removals;
  for (const std::uint32_t item : items) {
    if (item == target) return false;
    const Span block = block_of(tree, item);
    ending = line_ending(text, tree.items[item].begin);
    arriving += with_ending(slice(text, block), ending);
    if (!removals.empty() && removals.back().end == block.begin)
      removals.back().end = block.end;
    else
      removals.push_back(block);
  }
  for (Span& removal : removals) {
    removal = without_second_blank(text, removal);
    if (!edits.add({removal, ""})) return false;
  }
  if (place == Place::in_front) {
    const Offset at = block_of(tree, target).begin;
    return edits.add({{at, at}, std::move(arriving)});
  }
  if (blank_line_behind(tree, target)) arriving.insert(0, ending);
  return edits.add(insertion_behind(text, tree.items[target].span().end, std::move(arriving), ending));
}

RunEditor::RunEditor(const SyntaxTree& tree, std::uint32_t item, const std::vector<ShellCommand>& commands)
    : tree_(tree), item_(item), commands_(commands) {}

bool RunEditor::is_exact(const ShellWord& word) const {
  const std::string_view source = slice(*tree_.text, absolute(word.span));
  if (source == word.text) return true;
  return source.size() == word.text.size() + 2 && source.substr(1, source.size() - 2) == word.text;
}

// Whether nothing but separators, continuations and comments stands between two commands.
bool RunEditor::separated(std::size_t left, std::size_t right) const {
  std::string_view between = slice(*tree_.text, absolute({commands_[left].span.end, commands_[right].span.begin}));
  for (bool line_start = false; !between.empty();) {
    const std::size_t end = between.find('\n');
    std::string_view line = between.substr(0, end);
    const std::size_t visible = line.find_first_not_of(" \t\r");
    const bool comment = line_start && visible != std::string_view::npos && line[visible] == '#';
    if (!comment && line.find_first_not_of(" \t\r\\`;&") != std::string_view::npos) return false;
    if (end == std::string_view::npos) break;
    between.remove_prefix(end + 1);
    line_start = true;
  }
  return true;
}

// Where the `;`, `&&` or line end in front of a command begins, behind whatever compound command that ends.
std::optional<Offset> RunEditor::separator_before(std::size_t command) const {
  const std::string_view text = *tree_.text;
  const Offset lower = tree_.items[item_].begin;
  Offset at = absolute(commands_[command].span).begin;
  while (at > lower) {
    const char c = text[at - 1];
    if (c == ' ' || c == '\t') {
      --at;
    } else if (c == '\n') {
      Offset before = at - 1;
      if (before > lower && text[before - 1] == '\r') --before;
      if (before <= lower || text[before - 1] != tree_.escape) return before;
      at = before - 1;
    } else if (c == ';' && at - 1 > lower && text[at - 2] != ';') {
      return at - 1;
    } else if (c == '&' && at - 1 > lower && text[at - 2] == '&') {
      return at - 2;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool RunEditor::remove_commands(EditList& edits, const std::set<std::size_t>& commands) const {
  const auto plain = [&](std::size_t i) {
    return commands_[i].join == ShellJoin::and_then || commands_[i].join == ShellJoin::sequence;
  };
  const auto beside = [&](std::size_t left, std::size_t right) {
    return commands_[left].depth == commands_[right].depth &&
           commands_[left].conditional == commands_[right].conditional && separated(left, right);
  };
  for (auto it = commands.begin(); it != commands.end();) {
    // cppcheck-suppress derefInvalidIteratorRedundantCheck
    const std::size_t first = *it;
    std::size_t last = first;
    for (++it; it != commands.end() && *it == last + 1; ++it) ++last;
    // "clean || true" is one wish.
    if (last + 1 < commands_.size() && commands_[last + 1].join == ShellJoin::or_else &&
        commands_[last + 1].words.size() == 1 &&
        (commands_[last + 1].words[0].text == "true" || commands_[last + 1].words[0].text == ":") &&
        commands_[last + 1].depth == commands_[last].depth) {
      ++last;
    }
    const bool followed = last + 1 < commands_.size();
    if (followed && !plain(last + 1)) return false;
    for (std::size_t i = first; i <= last; ++i) {
      if (commands_[i].words.empty() || !is_exact(commands_[i].words[0])) return false;
      if (i > first && commands_[i].depth != commands_[first].depth) return false;
    }
    if (first > 0 && plain(first) && beside(first - 1, first)) {
      if (!edits.add({absolute({commands_[first - 1].span.end, commands_[last].span.end}), ""})) return false;
    } else if (first == 0 && followed && beside(last, last + 1)) {
      if (!edits.add({absolute({commands_[first].span.begin, commands_[last + 1].span.begin}), ""})) return false;
    } else {
      const std::optional<Offset> begin = first > 0 && plain(first) ? separator_before(first) : std::nullopt;
      if (!begin || !edits.add({{*begin, absolute(commands_[last].span).end}, ""})) return false;
    }
  }
  return true;
}

bool RunEditor::remove_words(EditList& edits, const std::set<std::size_t>& whole) const {
  for (const auto& [command, index] : removed_words_) {
    if (whole.contains(command)) continue;
    const std::vector<ShellWord>& words = commands_[command].words;
    if (index == 0 || !is_exact(words[index])) return false;
    if (!edits.add({absolute({words[index - 1].span.end, words[index].span.end}), ""})) return false;
  }
  return true;
}

// What stands between the flags, and between them and the command: a blank, or a line end in the RUN's own layout.
std::string RunEditor::header_separator() const {
  const std::string_view text = *tree_.text;
  const Item& item = tree_.items[item_];
  const Instruction& run = *item.instruction;
  std::size_t width = item.header().size() + first_.size();
  for (const std::string& flag : flags_) width += flag.size() + 1;
  if (run.header_lines == 1 && width <= comfortable_width) return " ";

  const Span name = item.absolute(run.name.span);
  std::string indent = "    ";
  if (run.header_lines > 1) {
    const std::string_view own = indentation(text, line_at(text, name.begin).end);
    if (!own.empty()) indent = own;
  } else {
    indent.insert(0, indentation(text, line_before(text, line_at(text, name.begin).end).begin));
  }
  std::string separator = " ";
  separator += tree_.escape;
  separator += line_ending(text, item.begin);
  separator += indent;
  return separator;
}

bool RunEditor::insert_flags(EditList& edits) const {
  const std::string_view text = *tree_.text;
  const Item& item = tree_.items[item_];
  const Instruction& run = *item.instruction;
  const Span name = item.absolute(run.name.span);
  const Offset anchor = run.flags.empty() ? name.end : item.absolute(run.flags.back().span).end;
  const Offset next = static_cast<Offset>(std::min(text.find_first_not_of(" \t", anchor), text.size()));
  const bool continues_here =
      next < text.size() && text[next] == tree_.escape && is_blank(slice(text, {next + 1, line_at(text, next).end}));

  const std::string separator = header_separator();
  std::string insertion;
  for (const std::string& flag : flags_) {
    insertion += insertion.empty() ? " " : separator;
    insertion += flag;
  }
  if (continues_here) return edits.add({{anchor, anchor}, insertion});
  // The first flag stands where the command stood, in files with aligned columns.
  const Offset blank = next > anchor ? next - 1 : next;
  return edits.add({{blank, next}, insertion + separator});
}

// In front of the shell text, wherever that begins: behind the flags, on a continued line, or in a heredoc.
bool RunEditor::insert_first_command(EditList& edits) const {
  const std::string_view text = *tree_.text;
  const Item& item = tree_.items[item_];
  const Instruction& run = *item.instruction;
  const bool in_body =
      !run.heredocs.empty() && !commands_.empty() && absolute(commands_.front().span).begin >= item.header().end;
  if (!in_body) {
    const Offset begin = item.absolute({run.line.source(run.rest.begin), run.size}).begin;
    const std::size_t at = run.line.text.find_first_not_of(" \t\r\n", run.rest.begin);
    const Offset place = at == std::string::npos ? begin : item.begin + run.line.source(static_cast<Offset>(at));
    return edits.add({{place, place}, first_ + header_separator()});
  }
  Offset line = item.absolute(run.heredocs.front().body).begin;
  if (slice(text, line_at(text, line)).starts_with("#!")) line = line_at(text, line).end;
  std::string own(indentation(text, line));
  std::string_view command = first_;
  if (command.ends_with(';')) command.remove_suffix(1);
  return edits.add({{line, line}, own + std::string(command) + std::string(line_ending(text, line))});
}

bool RunEditor::finish(EditList& edits) const {
  // A command of which only options remain ("rm -rf") says nothing any more.
  std::set<std::size_t> whole = removed_commands_;
  for (const auto& [command, index] : removed_words_) {
    const std::vector<ShellWord>& words = commands_[command].words;
    const std::size_t program = program_word(commands_[command]);
    bool operands = false;
    for (std::size_t i = program + 1; i < words.size(); ++i) {
      operands = operands || (!words[i].text.starts_with('-') && !removed_words_.contains({command, i}));
    }
    if (!operands && program < words.size() && words[program].text == "rm") whole.insert(command);
  }
  const Instruction& run = *tree_.items[item_].instruction;
  const bool touches_commands = !whole.empty() || !removed_words_.empty() || !assignments_.empty() ||
                                !before_.empty() || !words_.empty() || !first_.empty();
  if (run.json && touches_commands) return false;
  if (!remove_commands(edits, whole) || !remove_words(edits, whole)) return false;
  for (const auto& [command, assignment] : assignments_) {
    const ShellCommand& target = commands_[command];
    if (target.words.empty() || !is_exact(target.words[0])) return false;
    // In front of "sudo" it would not reach the program.
    if (program_word(target) != 0 && target.words[0].text != "corepack" && !target.words[0].text.starts_with("python"))
      return false;
    const Offset at = absolute(target.span).begin;
    if (!edits.add({{at, at}, assignment + ' '})) return false;
  }
  for (const auto& [command, text] : before_) {
    const Offset at = absolute(commands_[command].span).begin;
    if (!edits.add({{at, at}, text + ' '})) return false;
  }
  for (const AddedWord& added : words_) {
    const Offset at = absolute(added.behind).end;
    if (!edits.add({{at, at}, ' ' + added.word})) return false;
  }
  if (!first_.empty() && !insert_first_command(edits)) return false;
  return flags_.empty() || insert_flags(edits);
}

}  // namespace keyline::analysis
