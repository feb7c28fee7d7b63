#include <algorithm>

#include <fmt/format.h>

#include "analysis/assist/completion.h"
#include "analysis/assist/signature.h"
#include "analysis/knowledge/dockerfile_language.h"
#include "analysis/rules/registry.h"

namespace keyline::analysis {

namespace {

// The word in front of the first blank, and the rest.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  return {text.substr(0, blank), text.substr(std::min(blank + 1, text.size()))};
}

std::string about_instruction(std::string_view name) {
  const InstructionFact* fact = instruction_fact(keyword_from(name));
  if (fact == nullptr) return {};
  std::string text = "```dockerfile\n";
  for (const std::string_view form : fact->forms) text += fmt::format("{}\n", signature_label(*fact, form));
  return text + fmt::format("```\n{}\n\n**Cache:** {}\n", fact->summary, fact->cache);
}

std::string about_flag(std::string_view rest) {
  const auto [instruction, name] = split(rest);
  const FlagFact* fact = flag_fact(keyword_from(instruction), name);
  if (fact == nullptr) return {};
  return fmt::format("`--{}{}{}`\n\n{}\n", name, fact->value.empty() ? "" : "=", fact->value, fact->text);
}

std::string about_mount(std::string_view name) {
  const auto keys = mount_keys();
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const MountKey& each) { return each.name == name; });
  return key == keys.end() ? "" : fmt::format("`{}=` of {} mounts\n\n{}\n", name, key->types, key->text);
}

std::string about_directive(std::string_view name) {
  const auto facts = directive_facts();
  const auto fact =
      std::find_if(facts.begin(), facts.end(), [&](const DirectiveFact& each) { return each.name == name; });
  return fact == facts.end() ? "" : fmt::format("`# {}={}`\n\n{}\n", name, fact->usual, fact->text);
}

}  // namespace

std::string topic_text(std::string_view topic) {
  const auto [kind, rest] = split(topic);
  if (kind == "instruction") return about_instruction(rest);
  if (kind == "flag") return about_flag(rest);
  if (kind == "mount") return about_mount(rest);
  if (kind == "directive") return about_directive(rest);
  if (kind == "argument") {
    const PredefinedArgument* argument = predefined_argument(rest);
    return argument == nullptr ? "" : fmt::format("{}\n", argument->text);
  }
  const Rule* rule = kind == "rule" ? find_rule(rest) : nullptr;
  return rule == nullptr ? "" : fmt::format("{}\n\n{}\n", rule->summary, rule->why);
}

}  // namespace keyline::analysis
