#include "analysis/navigate/outline.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

using Kind = OutlineEntry::Kind;

Kind kind_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::arg:
    case Keyword::env:
      return Kind::variable;
    case Keyword::run:
    case Keyword::cmd:
    case Keyword::entrypoint:
    case Keyword::healthcheck:
    case Keyword::onbuild:
      return Kind::command;
    case Keyword::add:
    case Keyword::copy:
      return Kind::files;
    default:
      return Kind::setting;
  }
}

// The instruction on one line, cut to what a list has room for. Never empty.
std::string title_of(const Instruction& instruction) {
  constexpr std::size_t longest = 60;
  std::string title;
  title.reserve(longest + std::string_view("…").size());
  for (const char c : trim_space(instruction.line.text)) {
    const bool blank = is_blank(c);
    if (blank && title.ends_with(' ')) continue;
    if (title.size() >= longest && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) return title + "…";
    title += blank ? ' ' : c;
  }
  return title.empty() ? "(empty)" : title;
}

Span without_line_ending(const Snapshot& snapshot, Span span) {
  while (span.end > span.begin && (snapshot.text()[span.end - 1] == '\n' || snapshot.text()[span.end - 1] == '\r'))
    --span.end;
  return span;
}

OutlineEntry entry_of(const Snapshot& snapshot, std::uint32_t index) {
  const Item& item = snapshot.tree.items[index];
  OutlineEntry entry;
  entry.kind = kind_of(item.instruction->keyword);
  entry.name = title_of(*item.instruction);
  entry.span = without_line_ending(snapshot, item.span());
  entry.selection = item.absolute(item.instruction->name.span);
  if (const StepId step = snapshot.model.step_of_item(index); step != none)
    entry.detail = step_label(snapshot.model, step);
  return entry;
}

OutlineEntry entry_of_stage(const Snapshot& snapshot, StageId id) {
  const Stage& stage = snapshot.model.stages[id];
  const Item& from = snapshot.tree.items[stage.item];
  OutlineEntry entry;
  entry.kind = Kind::stage;
  entry.span = stage_span(snapshot, id);
  entry.selection = stage.name.empty() ? from.header() : stage.name_span;
  entry.name = stage.name.empty() ? fmt::format("stage {}", id) : stage.name;
  entry.detail = title_of(*from.instruction);
  const std::uint32_t end = id + 1 < snapshot.model.stages.size()
                                ? snapshot.model.stages[id + 1].item
                                : static_cast<std::uint32_t>(snapshot.tree.items.size());
  entry.children.reserve(end - stage.item - 1);
  for (std::uint32_t item = stage.item + 1; item < end; ++item) entry.children.push_back(entry_of(snapshot, item));
  return entry;
}

void fold_comments(const Snapshot& snapshot, Offset begin, Offset end, std::vector<Fold>& found) {
  if (begin >= end) return;
  const std::uint32_t last = snapshot.lines.line_at(end - 1);
  std::uint32_t first = 0, count = 0;
  for (std::uint32_t line = snapshot.lines.line_at(begin); line <= last + 1; ++line) {
    const bool inside = line <= last && line < snapshot.lines.line_count();
    const std::string_view text =
        inside ? trim_space(slice(snapshot.text(), snapshot.lines.line(snapshot.text(), line))) : std::string_view();
    if (text.starts_with('#')) {
      if (count++ == 0) first = line;
      continue;
    }
    if (count > 1) found.push_back({Fold::Kind::comment, first, first + count - 1});
    count = 0;
  }
}

void fold_item(const Snapshot& snapshot, const Item& item, std::vector<Fold>& found) {
  const Instruction& instruction = *item.instruction;
  const std::uint32_t first = snapshot.lines.line_at(item.begin);
  if (instruction.header_lines > 1) {
    const std::uint32_t last = snapshot.lines.line_at(item.header().end);
    if (last > first) found.push_back({Fold::Kind::continuation, first, last});
  }
  for (const Heredoc& heredoc : instruction.heredocs) {
    if (!heredoc.terminated) continue;
    // The line above the body announces it, or ends the one before.
    const std::uint32_t body = snapshot.lines.line_at(item.absolute(heredoc.body).begin);
    const std::uint32_t last = snapshot.lines.line_at(item.absolute(heredoc.terminator).begin);
    if (body > 0 && last > body - 1) found.push_back({Fold::Kind::heredoc, body - 1, last});
  }
}

// Collects spans around one place.
class Selection {
 public:
  Selection(const Snapshot& snapshot, Offset offset) : snapshot_(snapshot), offset_(offset) {}

  void add(Span span) {
    if (!span.empty() && span.touches(offset_)) spans_.push_back(span);
  }

  void add_instruction(const Item& item) {
    const Instruction& written = *item.instruction;
    add(without_line_ending(snapshot_, item.span()));
    add(item.header());
    for (const Instruction* each = &written; each != nullptr; each = each->trigger.get()) {
      add(item.absolute(each->name.span));
      for (const Flag& flag : each->flags) add_flag(item.absolute(flag.span));
      if (!each->rest.empty()) add(item.absolute(written.line.source(each->rest)));
      const bool pairs = each->keyword == Keyword::env || each->keyword == Keyword::label;
      for (std::size_t i = 0; i < each->arguments.size(); ++i) {
        add(item.absolute(each->arguments[i].span));
        if (pairs && i % 3 == 0 && i + 1 < each->arguments.size())
          add(item.absolute({each->arguments[i].span.begin, each->arguments[i + 1].span.end}));
      }
    }
    for (const Heredoc& heredoc : written.heredocs) add(item.absolute(heredoc.body));
    for (const ShellCommand& command : written.script.commands) {
      add(item.absolute(command.span));
      for (const ShellWord& word : command.words) add(item.absolute(word.span));
      for (const ShellWord& word : command.redirections) add(item.absolute(word.span));
      for (const ShellAssignment& assignment : command.assignments) {
        add(item.absolute(assignment.span));
        add(item.absolute(assignment.value.span));
      }
    }
    for (const ShellVariable& variable : written.script.variables) add(item.absolute(variable.span));
  }

  // The letters around the cursor, where no grammar says better.
  void add_letters(Span within) {
    const std::string_view text = snapshot_.text();
    const auto letter = [&](Offset at) {
      const char c = text[at];
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             static_cast<unsigned char>(c) >= 0x80;
    };
    Offset begin = std::clamp(offset_, within.begin, within.end), end = begin;
    while (begin > within.begin && letter(begin - 1)) --begin;
    while (end < within.end && letter(end)) ++end;
    add({begin, end});
  }

  // Sorted from the inside; what does not hold the one before is left out.
  std::vector<Span> nested() {
    std::stable_sort(spans_.begin(), spans_.end(),
                     [](const Span& one, const Span& other) { return one.size() < other.size(); });
    std::vector<Span> result;
    for (const Span span : spans_) {
      const bool holds = result.empty() || (span.begin <= result.back().begin && result.back().end <= span.end);
      if (holds && (result.empty() || span != result.back())) result.push_back(span);
    }
    return result;
  }

 private:
  // --mount=type=cache,target=/x: the flag, its value, a field and the field's value.
  void add_flag(Span flag) {
    add(flag);
    const std::string_view text = slice(snapshot_.text(), flag);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !flag.touches(offset_)) return;
    for (std::size_t begin = equals + 1; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const Offset from = flag.begin + static_cast<Offset>(begin), to = flag.begin + static_cast<Offset>(end);
      add({from, to});
      const std::size_t inner = text.substr(begin, end - begin).find('=');
      if (inner != std::string_view::npos) add({from + static_cast<Offset>(inner) + 1, to});
      begin = end + 1;
    }
    add({flag.begin + static_cast<Offset>(equals) + 1, flag.end});
  }

  const Snapshot& snapshot_;
  Offset offset_;
  std::vector<Span> spans_;
};

}  // namespace

Span stage_span(const Snapshot& snapshot, StageId id) {
  const std::vector<Stage>& stages = snapshot.model.stages;
  const std::size_t end = id + 1 < stages.size() ? stages[id + 1].item : snapshot.tree.items.size();
  const Item& first = snapshot.tree.items[stages[id].item];
  return without_line_ending(snapshot, {first.begin, snapshot.tree.items[end - 1].span().end});
}

std::vector<OutlineEntry> outline(const Snapshot& snapshot) {
  std::vector<OutlineEntry> entries;
  for (const Directive& directive : snapshot.tree.directives) {
    entries.push_back({Kind::directive,
                       fmt::format("{}={}", directive.name, directive.value),
                       "",
                       directive.span,
                       directive.span,
                       {}});
  }
  const std::vector<Stage>& stages = snapshot.model.stages;
  const std::size_t first = stages.empty() ? snapshot.tree.items.size() : stages.front().item;
  for (std::uint32_t item = 0; item < first; ++item) entries.push_back(entry_of(snapshot, item));
  for (StageId id = 0; id < stages.size(); ++id) entries.push_back(entry_of_stage(snapshot, id));
  return entries;
}

std::vector<Fold> folds(const Snapshot& snapshot) {
  std::vector<Fold> found;
  for (StageId id = 0; id < snapshot.model.stages.size(); ++id) {
    const Span span = stage_span(snapshot, id);
    const std::uint32_t first = snapshot.lines.line_at(span.begin), last = snapshot.lines.line_at(span.end);
    if (last > first) found.push_back({Fold::Kind::stage, first, last});
  }
  Offset gap = 0;
  for (const Item& item : snapshot.tree.items) {
    fold_comments(snapshot, gap, item.begin, found);
    fold_item(snapshot, item, found);
    gap = item.span().end;
  }
  fold_comments(snapshot, gap, static_cast<Offset>(snapshot.text().size()), found);
  return found;
}

std::vector<Span> selection_spans(const Snapshot& snapshot, Offset offset) {
  const std::string_view text = snapshot.text();
  Selection selection(snapshot, offset);
  const Span line = snapshot.lines.line(text, snapshot.lines.line_at(offset));
  if (const Item* item = snapshot.tree.item_at(offset); item != nullptr) {
    selection.add_instruction(*item);
    const StepId step = snapshot.model.step_of_item(static_cast<std::uint32_t>(item - snapshot.tree.items.data()));
    if (step != none) selection.add(stage_span(snapshot, snapshot.model.steps[step].stage));
  } else {
    selection.add(line);
  }
  selection.add_letters(line);
  std::vector<Span> spans = selection.nested();
  const Span file{0, static_cast<Offset>(text.size())};
  if (spans.empty()) spans.push_back({offset, offset});
  if (spans.back() != file) spans.push_back(file);
  return spans;
}

}  // namespace keyline::analysis
