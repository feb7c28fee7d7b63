#include "analysis/syntax/instruction.h"

#include <algorithm>

#include "analysis/syntax/words.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t longest_line = 65536;  // bufio.MaxScanTokenSize, with the line ending

// One source line: [begin, end) with its ending, [begin, visible) without.
struct Line {
  std::size_t begin;
  std::size_t visible;
  std::size_t end;
};

Line line_at(std::string_view text, std::size_t begin) {
  const std::size_t newline = text.find('\n', begin);
  const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
  std::size_t visible = end;
  while (visible > begin && (text[visible - 1] == '\n' || text[visible - 1] == '\r')) --visible;
  return {begin, visible, end};
}

// The length of `line` without its continuation character, or nothing when the line does not continue. An escape
// character directly before it keeps it from continuing.
std::optional<std::size_t> continuation(std::string_view line, char escape) {
  std::size_t end = line.size();
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  if (end == 0 || line[end - 1] != escape) return std::nullopt;
  if (end >= 2 && line[end - 2] == escape) return std::nullopt;
  return end - 1;
}

bool is_comment(std::string_view line) {
  const std::size_t at = skip_space(line, 0);
  return at < line.size() && line[at] == '#';
}

class Reader {
 public:
  Reader(std::string_view text, Offset begin, char escape, HeredocEnds& ends)
      : text_(text), begin_(begin), escape_(escape), ends_(ends) {}

  Instruction read() {
    join_lines();
    result_.header_lines = result_.lines;
    const std::string_view line = result_.line.text;
    const Span visible{static_cast<Offset>(skip_space(line, 0)), static_cast<Offset>(trim_space_right(line).size())};
    if (visible.begin < visible.end) result_.header = result_.line.source(visible);
    parse_command(result_, {0, static_cast<Offset>(line.size())}, 0);
    read_heredocs();
    read_script();
    result_.size = static_cast<Offset>(at_ - begin_);
    return std::move(result_);
  }

 private:
  Offset relative(std::size_t offset) const { return static_cast<Offset>(offset - begin_); }
  void problem(Instruction& target, Span logical, std::string message) {
    target.problems.push_back({result_.line.source(logical), std::move(message)});
  }

  void join_lines();
  void parse_command(Instruction& target, Span logical, int depth);
  void parse_arguments(Instruction& target, int depth);
  void parse_pairs(Instruction& target, std::string_view text);
  bool parse_json(Instruction& target, std::string_view text);
  void parse_healthcheck(Instruction& target, std::string_view text);
  void read_heredocs();
  void read_script();
  // Words in offsets of `target.rest` become words in offsets of the instruction.
  void place(Instruction& target, std::vector<Word> words) {
    for (Word& word : words) {
      word.span = result_.line.source(word.span.shifted(target.rest.begin));
      target.arguments.push_back(std::move(word));
    }
  }

  std::string_view text_;
  std::size_t begin_;
  char escape_;
  HeredocEnds& ends_;
  std::size_t at_ = 0;
  Instruction result_;
};

void Reader::join_lines() {
  Line line = line_at(text_, begin_);
  bool first = true;
  while (true) {
    ++result_.lines;
    at_ = line.end;
    const std::string_view raw = text_.substr(line.begin, line.visible - line.begin);
    if (line.end - line.begin > longest_line) {
      problem(result_, {}, "dockerfile line greater than maximum allowed size of 65535");
    }
    bool continues = true;
    if (first) {
      const std::size_t indent = skip_space(raw, 0);
      const std::string_view visible = raw.substr(indent);
      const auto kept = continuation(visible, escape_);
      continues = kept.has_value();
      result_.line.append(visible.substr(0, kept.value_or(visible.size())), relative(line.begin + indent));
      first = false;
    } else if (is_comment(raw)) {
      // Comment lines inside a continuation vanish, whatever they end in.
    } else if (skip_space(raw, 0) == raw.size()) {
      result_.empty_continuation = true;
    } else {
      const auto kept = continuation(raw, escape_);
      continues = kept.has_value();
      result_.line.append(raw.substr(0, kept.value_or(raw.size())), relative(line.begin));
    }
    if (!continues) return;
    if (line.end == text_.size()) {
      result_.reads_ahead = true;  // what is appended to the file continues this line
      return;
    }
    line = line_at(text_, line.end);
  }
}

void Reader::parse_command(Instruction& target, Span logical, int depth) {
  const std::string_view all = slice(result_.line.text, logical);
  const std::size_t lead = skip_space(all, 0);
  const std::string_view text = trim_space(all);
  const Offset base = logical.begin + static_cast<Offset>(lead);
  const std::vector<Word> halves = split_first_blank(text);
  target.name = {halves[0].text, result_.line.source(halves[0].span.shifted(base))};
  target.keyword = keyword_from(halves[0].text);
  target.rest = {base + static_cast<Offset>(text.size()), base + static_cast<Offset>(text.size())};
  if (halves.size() == 2) {
    const Offset behind = base + halves[1].span.begin;
    FlagSplit split = split_flags(halves[1].text, escape_);
    for (Flag& flag : split.flags) {
      flag.span = result_.line.source(flag.span.shifted(behind));
      target.flags.push_back(std::move(flag));
    }
    const std::string_view left = std::string_view(halves[1].text).substr(split.rest);
    const Offset begin = behind + split.rest + static_cast<Offset>(skip_space(left, 0));
    target.rest = {begin, begin + static_cast<Offset>(trim_space(left).size())};
  }
  parse_arguments(target, depth);
}

void Reader::parse_arguments(Instruction& target, int depth) {
  const std::string_view text = slice(result_.line.text, target.rest);
  const Word whole{std::string(text), {0, static_cast<Offset>(text.size())}};
  switch (target.keyword) {
    case Keyword::unknown:
      target.arguments.push_back({});
      problem(target, {0, static_cast<Offset>(result_.line.text.size())}, "unknown instruction: " + target.name.text);
      return;
    case Keyword::cmd:
    case Keyword::entrypoint:
    case Keyword::run:
    case Keyword::shell:
      if (!text.empty() && !parse_json(target, text)) place(target, {whole});
      return;
    case Keyword::add:
    case Keyword::copy:
    case Keyword::volume:
      if (!parse_json(target, text)) place(target, split_blanks(text));
      return;
    case Keyword::expose:
    case Keyword::from:
      place(target, split_blanks(text));
      return;
    case Keyword::arg:
      place(target, split_quoted(text, escape_));
      return;
    case Keyword::env:
    case Keyword::label:
      parse_pairs(target, text);
      return;
    case Keyword::healthcheck:
      parse_healthcheck(target, text);
      return;
    case Keyword::maintainer:
    case Keyword::stopsignal:
    case Keyword::user:
    case Keyword::workdir:
      if (!text.empty()) place(target, {whole});
      return;
    case Keyword::onbuild: {
      if (text.empty()) return;
      auto trigger = std::make_shared<Instruction>();
      trigger->line = result_.line;
      // BuildKit reads ONBUILD ONBUILD ... to any depth and then refuses it.
      if (depth < 8) parse_command(*trigger, target.rest, depth + 1);
      for (const Problem& fault : trigger->problems) target.problems.push_back(fault);
      target.trigger = std::move(trigger);
      return;
    }
  }
}

bool Reader::parse_json(Instruction& target, std::string_view text) {
  JsonArray array = parse_json_array(text);
  if (array.state == JsonArray::State::not_json) return false;
  if (array.state == JsonArray::State::not_strings) {
    problem(target, target.rest, "only array of strings allowed: the JSON form takes nothing else");
    return true;
  }
  target.json = true;
  place(target, std::move(array.strings));
  return true;
}

void Reader::parse_pairs(Instruction& target, std::string_view text) {
  std::vector<Word> words = split_quoted(text, escape_);
  if (words.empty()) return;
  std::vector<Word> triples;
  if (words[0].text.find('=') == std::string::npos) {  // the old form: KEY value to the end of the line
    std::vector<Word> halves = split_first_blank(text);
    if (halves.size() < 2) {
      problem(target, target.rest, std::string(keyword_name(target.keyword)) + " must have two arguments");
      return;
    }
    triples = {std::move(halves[0]), std::move(halves[1]), {}};
  }
  for (Word& word : triples.empty() ? words : std::vector<Word>{}) {
    const std::size_t equals = word.text.find('=');
    if (equals == std::string::npos) {
      problem(target, word.span.shifted(target.rest.begin),
              "Syntax error - can't find = in \"" + word.text + "\". Must be of the form: name=value");
      return;
    }
    const Offset middle = word.span.begin + static_cast<Offset>(equals);
    triples.push_back({word.text.substr(0, equals), {word.span.begin, middle}});
    triples.push_back({word.text.substr(equals + 1), {middle + 1, word.span.end}});
    triples.push_back({"=", {middle, middle + 1}});
  }
  place(target, std::move(triples));
}

void Reader::parse_healthcheck(Instruction& target, std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && !is_space(static_cast<unsigned char>(text[end]))) ++end;
  if (end == 0) return;
  std::size_t next = end;
  while (next < text.size() && is_space(static_cast<unsigned char>(text[next]))) ++next;
  place(target, {{std::string(text.substr(0, end)), {0, static_cast<Offset>(end)}}});
  const std::string_view command = text.substr(next);
  if (command.empty()) return;
  const Span rest = target.rest;
  target.rest.begin += static_cast<Offset>(next);
  if (!parse_json(target, command)) {
    place(target, {{std::string(command), {0, static_cast<Offset>(command.size())}}});
  }
  target.rest = rest;
}

void Reader::read_heredocs() {
  const Instruction& holder = result_.trigger ? *result_.trigger : result_;
  const Keyword keyword = holder.keyword;
  if (keyword != Keyword::run && keyword != Keyword::copy && keyword != Keyword::add) return;
  if (holder.json || result_.line.text.find("<<") == std::string::npos) return;
  for (Heredoc& heredoc : heredocs_of_line(result_.line.text)) {
    const std::size_t body = at_;
    std::size_t at = at_;
    std::uint32_t lines = 0;
    heredoc.terminated = false;
    const bool search = ends_.possible(heredoc.name, heredoc.chomp, body);
    while (search && at < text_.size()) {
      const Line line = line_at(text_, at);
      ++lines;
      std::string_view visible = text_.substr(line.begin, line.visible - line.begin);
      if (heredoc.chomp) visible.remove_prefix(std::min(visible.find_first_not_of('\t'), visible.size()));
      at = line.end;
      if (visible != heredoc.name) continue;
      heredoc.terminated = true;
      heredoc.body = {relative(body), relative(line.begin)};
      heredoc.terminator = {relative(line.begin), relative(line.visible)};
      break;
    }
    if (!heredoc.terminated) {
      ends_.missed();
      // BuildKit gives up on the whole file. Someone is typing: the lines below keep their meaning until the end is
      // written, and the answer hangs on all of them.
      result_.reads_ahead = true;
      heredoc.body = heredoc.terminator = {relative(body), relative(body)};
      problem(result_, {0, static_cast<Offset>(result_.line.text.size())},
              "unterminated heredoc: no line is \"" + heredoc.name + "\"");
      result_.heredocs.push_back(std::move(heredoc));
      return;
    }
    at_ = at;
    result_.lines += lines;
    result_.heredocs.push_back(std::move(heredoc));
  }
}

bool is_shell(std::string_view program) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash" || name == "dash";
}

// "bash -eux <<EOF": the line only starts a shell, which reads its commands from the heredoc.
bool starts_shell(const ShellScript& script) {
  if (script.commands.size() != 1) return false;
  const ShellCommand& command = script.commands.front();
  return command.redirections.empty() && !command.words.empty() && is_shell(command.words.front().text) &&
         std::all_of(command.words.begin() + 1, command.words.end(), [](const ShellWord& word) {
           return word.text.size() > 1 && word.text.front() == '-' && word.text.back() != 'c';
         });
}

// The shell text of a RUN: its own line, the body of a lone heredoc or of one that a shell is given, or the string
// given to a shell in JSON form.
void Reader::read_script() {
  const Instruction& run = result_.trigger ? *result_.trigger : result_;
  if (run.keyword != Keyword::run || run.arguments.empty()) return;
  const auto map = [&](ShellScript script, auto&& to_source) {
    const auto word = [&](ShellWord& w) { w.span = to_source(w.span); };
    for (ShellCommand& command : script.commands) {
      command.span = to_source(command.span);
      for (ShellWord& w : command.words) word(w);
      for (ShellWord& w : command.redirections) word(w);
      for (ShellAssignment& assignment : command.assignments) {
        assignment.span = to_source(assignment.span);
        word(assignment.value);
      }
    }
    for (ShellVariable& variable : script.variables) variable.span = to_source(variable.span);
    result_.script = std::move(script);
  };
  if (run.json) {
    const std::vector<Word>& words = run.arguments;
    if (words.size() >= 3 && is_shell(words[0].text) && words[1].text.starts_with('-') &&
        words[1].text.ends_with('c')) {
      const Span whole = words[2].span;
      const bool verbatim = whole.size() == words[2].text.size() + 2;  // no JSON escapes
      map(parse_shell(words[2].text), [&](Span span) { return verbatim ? span.shifted(whole.begin + 1) : whole; });
      return;
    }
    ShellCommand command;
    for (const Word& word : words) command.words.push_back({word.text, word.span, true});
    command.span = {words.front().span.begin, words.back().span.end};
    result_.script.commands.push_back(std::move(command));
    return;
  }
  const std::string_view text = slice(result_.line.text, run.rest);
  const bool single = result_.heredocs.size() == 1;
  if (single && (parse_heredoc_marker(text).has_value() || starts_shell(parse_shell(text)))) {
    const Heredoc& heredoc = result_.heredocs.front();
    const std::string_view body = text_.substr(begin_ + heredoc.body.begin, heredoc.body.size());
    if (body.starts_with("#!") && !body.starts_with("#!/bin/sh") && !body.starts_with("#!/bin/bash")) {
      result_.script.complete = false;  // another interpreter's language
      return;
    }
    map(parse_shell(body), [&](Span span) { return span.shifted(heredoc.body.begin); });
    return;
  }
  map(parse_shell(text), [&](Span span) { return result_.line.source(span.shifted(run.rest.begin)); });
}

}  // namespace

bool HeredocEnds::possible(std::string_view name, bool chomp, std::size_t from) {
  constexpr std::size_t cheap_misses = 8;
  if (misses_ < cheap_misses) return true;
  if (last_.empty()) {
    for (std::size_t at = 0; at < text_.size();) {
      const Line line = line_at(text_, at);
      std::string_view visible = text_.substr(line.begin, line.visible - line.begin);
      last_[visible] = line.begin;
      visible.remove_prefix(std::min(visible.find_first_not_of('\t'), visible.size()));
      last_chomped_[visible] = line.begin;
      at = line.end;
    }
  }
  const auto& lines = chomp ? last_chomped_ : last_;
  const auto found = lines.find(name);
  return found != lines.end() && found->second >= from;
}

Instruction read_instruction(std::string_view text, Offset begin, char escape, HeredocEnds& ends) {
  return Reader(text, begin, escape, ends).read();
}

}  // namespace keyline::analysis
