#include "tests/support/print_tree.h"

#include <algorithm>

#include "tests/support/printer.h"

namespace keyline::tests {

using analysis::Instruction;

namespace {

std::string word(const analysis::ShellWord& one) {
  return fmt::format("\"{}\"{}{}", one.text, at(one.span), one.literal ? "" : "$");
}

void print_script(Printer& out, const analysis::ShellScript& script) {
  if (script.commands.empty() && script.complete) return;
  out.line("script{}", script.complete ? "" : " incomplete");
  out.in();
  for (const analysis::ShellCommand& command : script.commands) {
    out.line("command {} join={} depth={}{}{}", at(command.span), static_cast<int>(command.join), command.depth,
             command.conditional ? " conditional" : "", command.subshell ? " subshell" : "");
    out.in();
    for (const auto& one : command.words) out.line("word {}", word(one));
    for (const auto& one : command.assignments) out.line("assign {} = {} {}", one.name, word(one.value), at(one.span));
    for (const auto& one : command.redirections) out.line("redirect {}", word(one));
    out.out();
  }
  out.out();
}

void print_instruction(Printer& out, const Instruction& instruction) {
  out.line("{} \"{}\"{} size={} lines={}/{}{}{}{}", analysis::keyword_name(instruction.keyword), instruction.name.text,
           at(instruction.name.span), instruction.size, instruction.lines, instruction.header_lines,
           instruction.json ? " json" : "", instruction.empty_continuation ? " empty-continuation" : "",
           instruction.reads_ahead ? " reads-ahead" : "");
  out.in();
  out.line("line \"{}\" rest={}", instruction.line.text, at(instruction.rest));
  for (const auto& piece : instruction.line.pieces()) out.line("piece {} from {}", piece.logical, piece.source);
  for (const auto& flag : instruction.flags) out.line("flag \"{}\"{}", flag.text, at(flag.span));
  for (const auto& argument : instruction.arguments) out.line("argument \"{}\"{}", argument.text, at(argument.span));
  for (const auto& heredoc : instruction.heredocs)
    out.line("heredoc {}<<{}{} {} body={} end={}{}", heredoc.descriptor, heredoc.chomp ? "-" : "", heredoc.name,
             heredoc.expand ? "expands" : "quoted", at(heredoc.body), at(heredoc.terminator),
             heredoc.terminated ? "" : " open");
  for (const auto& problem : instruction.problems) out.line("problem {} {}", at(problem.span), problem.message);
  print_script(out, instruction.script);
  if (instruction.trigger) print_instruction(out, *instruction.trigger);
  out.out();
}

}  // namespace

std::string print_tree(const analysis::SyntaxTree& tree) {
  Printer out;
  out.line("tree escape={} directives end at {}", tree.escape, tree.directives_end);
  for (const auto& directive : tree.directives)
    out.line("directive {} = \"{}\" {} {} line {}", directive.name, directive.value, at(directive.span),
             at(directive.value_span), directive.line);
  for (const auto& problem : tree.problems) out.line("problem {} {}", at(problem.span), problem.message);
  for (const auto& item : tree.items) {
    out.line("item at {} line {} header {}", item.begin, item.line, at(item.header()));
    out.in();
    for (const auto& comment : tree.comments_above(item)) out.line("comment \"{}\" {}", comment.text, at(comment.span));
    print_instruction(out, *item.instruction);
    out.out();
  }
  return out.take();
}

bool tiles(const analysis::SyntaxTree& tree) {
  analysis::Offset end = 0;
  for (const analysis::Item& item : tree.items) {
    if (item.begin < end || item.span().end > tree.text->size()) return false;
    end = item.span().end;
  }
  return analysis::print(tree) == *tree.text;
}

std::string first_difference(const std::string& one, const std::string& other) {
  const auto [left, right] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  const auto line_around = [](const std::string& text, std::string::const_iterator place) {
    auto begin = place;
    while (begin != text.begin() && *(begin - 1) != '\n') --begin;
    return std::string(begin, std::find(place, text.end(), '\n'));
  };
  return fmt::format("  {}\n  {}", line_around(one, left), line_around(other, right));
}

}  // namespace keyline::tests
