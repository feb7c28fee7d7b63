#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/conformance/compare.h"
#include "tests/conformance/sha256.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

using analysis::Instruction;
using analysis::Item;
using analysis::SyntaxTree;
using nlohmann::json;

namespace {

std::string shown(const std::vector<std::string>& texts) {
  return json(texts).dump(-1, ' ', false, json::error_handler_t::replace);
}

// Bytes are compared as they are; the dump is for people.
void compare_texts(Agreement& agreement, std::string_view field, const std::string& where,
                   const std::vector<std::string>& ours, const json& theirs) {
  std::vector<std::string> expected;
  for (const json& text : theirs) expected.push_back(text_of(text));
  if (ours == expected) return agreement.agrees(field);
  agreement.compare(field, where, shown(ours), shown(expected) + (shown(ours) == shown(expected) ? " (bytes)" : ""));
}

std::vector<std::string> texts_of(const std::vector<analysis::Word>& words) {
  std::vector<std::string> texts;
  for (const analysis::Word& word : words) texts.push_back(word.text);
  return texts;
}

std::vector<std::string> texts_of(const std::vector<analysis::Flag>& flags) {
  std::vector<std::string> texts;
  for (const analysis::Flag& flag : flags) texts.push_back(flag.text);
  return texts;
}

const json& list(const json& node, const char* key) {
  static const json empty = json::array();
  const auto found = node.find(key);
  return found == node.end() ? empty : *found;
}

void compare_node(Agreement& agreement, const Instruction& instruction, const json& node, const std::string& where) {
  agreement.compare("keyword", where, instruction.name.text, text_of(node.at("cmd")));
  agreement.compare("logical line", where, instruction.line.text, text_of(node.at("orig")));
  compare_texts(agreement, "arguments", where, texts_of(instruction.arguments), list(node, "args"));
  compare_texts(agreement, "flags", where, texts_of(instruction.flags), list(node, "flags"));
  agreement.compare("json form", where, instruction.json ? "json" : "words",
                    node.value("json", false) ? "json" : "words");
}

void compare_heredocs(Agreement& agreement, const Item& item, std::string_view text, const json& node,
                      const std::string& where) {
  const auto describe = [](std::string_view name, bool expand, bool chomp, unsigned descriptor,
                           const std::string& digest) {
    return fmt::format("{}<<{}{} {} {}", descriptor, chomp ? "-" : "", name, expand ? "expands" : "quoted", digest);
  };
  std::vector<std::string> ours, theirs;
  for (const analysis::Heredoc& heredoc : item.instruction->heredocs) {
    const std::string_view body = analysis::slice(text, item.absolute(heredoc.body));
    ours.push_back(describe(heredoc.name, heredoc.expand, heredoc.chomp, heredoc.descriptor, sha256(body)));
  }
  for (const json& heredoc : list(node, "heredocs"))
    theirs.push_back(describe(text_of(heredoc.at("name")), heredoc.at("expand").get<bool>(),
                              heredoc.at("chomp").get<bool>(), heredoc.at("fd").get<unsigned>(),
                              heredoc.at("sha256").get<std::string>()));
  if (ours.empty() && theirs.empty()) return;
  agreement.compare("heredocs", where, shown(ours), shown(theirs));
}

void compare_trigger(Agreement& agreement, const Instruction& instruction, const json& node, const std::string& where) {
  const json& children = list(node, "sub");
  if (children.empty() && !instruction.trigger) return;
  if (children.empty() || !instruction.trigger)
    return agreement.differs("triggers",
                             fmt::format("{}: keyline has {} trigger", where, instruction.trigger ? "a" : "no"));
  const Instruction& trigger = *instruction.trigger;
  const json& child = children.at(0);
  agreement.compare("triggers", where, trigger.name.text, text_of(child.at("cmd")));
  compare_texts(agreement, "triggers", where, texts_of(trigger.arguments), list(child, "args"));
  compare_texts(agreement, "triggers", where, texts_of(trigger.flags), list(child, "flags"));
}

void compare_instructions(const SyntaxTree& tree, const json& nodes, Agreement& agreement) {
  agreement.compare("instructions", "number", std::to_string(tree.items.size()), std::to_string(nodes.size()));
  for (std::size_t i = 0; i < std::min(tree.items.size(), nodes.size()); ++i) {
    const Item& item = tree.items[i];
    const json& node = nodes[i];
    const auto [first, last] = lines_of(item);
    const std::string where = fmt::format("line {}", node.at("l").at(0).get<int>());
    agreement.compare("lines", where, fmt::format("{}-{}", first, last),
                      fmt::format("{}-{}", node.at("l").at(0).get<int>(), node.at("l").at(1).get<int>()));
    compare_node(agreement, *item.instruction, node, where);
    compare_heredocs(agreement, item, *tree.text, node, where);
    compare_texts(agreement, "comments", where, texts_of(tree.comments_above(item)), list(node, "comments"));
    compare_trigger(agreement, *item.instruction, node, where);
  }
}

std::string shown_directive(const analysis::Directive* directive) {
  return directive == nullptr ? "none" : fmt::format("line {}: {}", directive->line + 1, directive->value);
}

void compare_directives(const SyntaxTree& tree, const json& parse, Agreement& agreement) {
  if (parse.contains("escape"))
    agreement.compare("escape", "escape", std::string(1, tree.escape), text_of(parse.at("escape")));
  for (const char* name : {"syntax", "check"}) {
    const json found = parse.value(name, json());
    agreement.compare("directives", name, shown_directive(tree.directive(name)),
                      found.is_object()
                          ? fmt::format("line {}: {}", found.at("line").get<int>(), text_of(found.at("value")))
                          : "none");
  }
  std::vector<std::string> ours, theirs;
  for (const Item& item : tree.items)
    if (item.instruction->empty_continuation) ours.push_back(std::to_string(lines_of(item).second));
  for (const json& line : list(parse, "empty_continuation")) theirs.push_back(std::to_string(line.get<int>()));
  agreement.compare("continuations", "lines after an empty continuation", shown(ours), shown(theirs));
}

// The line of each offset, counted as BuildKit does: lines end at "\n" alone.
int line_at(std::string_view text, analysis::Offset offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + std::min<std::ptrdiff_t>(offset, std::ssize(text)), '\n'));
}

const json* first_failure(const json& truth) {
  for (const char* section : {"parse", "instructions", "graph"}) {
    const auto found = truth.find(section);
    if (found != truth.end() && !found->value("ok", false)) return &*found;
  }
  return nullptr;
}

}  // namespace

std::pair<int, int> lines_of(const Item& item) {
  const int first = static_cast<int>(item.line) + 1;
  return {first, first + static_cast<int>(item.instruction->lines) - 1};
}

void compare_syntax(const SyntaxTree& tree, const json& truth, Agreement& agreement) {
  const json& parse = truth.at("parse");
  if (!parse.value("ok", false)) return;
  compare_instructions(tree, list(parse, "nodes"), agreement);
  compare_directives(tree, parse, agreement);
}

void compare_errors(const SyntaxTree& tree, const analysis::Model& model, const json& truth, Agreement& agreement) {
  struct Refusal {
    int first, last;
    std::string message;
  };
  std::vector<Refusal> ours;
  const auto add = [&](analysis::Span span, const std::string& message) {
    const int last = line_at(*tree.text, span.empty() ? span.end : span.end - 1);
    ours.push_back({line_at(*tree.text, span.begin), last, message});
  };
  for (const analysis::Problem& problem : tree.problems) add(problem.span, problem.message);
  for (const Item& item : tree.items)
    for (const analysis::Problem& problem : item.instruction->problems)
      add(item.absolute(problem.span), problem.message);
  for (const analysis::ModelProblem& problem : model.problems) add(problem.span, problem.message);

  const json* failure = first_failure(truth);
  if (failure == nullptr) {
    if (ours.empty()) return agreement.agrees("errors");
    return agreement.differs("errors",
                             fmt::format("BuildKit accepts it; keyline, line {}: {}", ours[0].first, ours[0].message));
  }
  const std::string error = text_of(failure->at("error"));
  if (ours.empty()) return agreement.differs("errors", fmt::format("keyline accepts it; BuildKit: {}", error));
  const json places = failure->value("at", json::array());
  if (places.empty() || places.at(0).at(0) == 0) return agreement.agrees("errors");
  const int first = places.at(0).at(0).get<int>(), last = places.at(0).at(1).get<int>();
  const bool same = std::any_of(ours.begin(), ours.end(),
                                [&](const Refusal& refusal) { return refusal.first <= last && first <= refusal.last; });
  agreement.compare("errors", same,
                    fmt::format("BuildKit, lines {}-{}: {}; keyline, line {}: {}", first, last, error, ours[0].first,
                                ours[0].message));
}

}  // namespace keyline::conformance
