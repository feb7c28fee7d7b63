#include "analysis/assist/signature.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/assist/typed.h"

namespace keyline::analysis {

namespace {

Signature signature_of(const InstructionFact& fact, std::string_view form) {
  Signature signature{std::string(keyword_name(fact.keyword)), {}, 0};
  while (!form.empty()) {
    const std::string_view part = form.substr(0, form.find('|'));
    form.remove_prefix(std::min(part.size() + 1, form.size()));
    signature.label += ' ';
    signature.parameters.emplace_back(signature.label.size(), signature.label.size() + part.size());
    signature.label += part;
  }
  return signature;
}

bool is_optional(std::string_view parameter) { return parameter.starts_with("[--") || parameter == "[OPTIONS]"; }

// The parameter that the word belongs to: flags to the first one, the others in order, the last one again and again.
std::size_t parameter_at(const Signature& signature, const Typed& typed) {
  const auto text = [&](std::size_t i) {
    const auto [begin, end] = signature.parameters[i];
    return std::string_view(signature.label).substr(begin, end - begin);
  };
  const bool flags = is_optional(text(0));
  if (flags && typed.among_flags() && typed.current().text.starts_with('-')) return 0;
  return std::min(typed.arguments() + (flags ? 1 : 0), signature.parameters.size() - 1);
}

// The exec form begins with a bracket, NONE has no command behind it.
bool has_form(std::string_view form, std::string_view first_argument) {
  const std::size_t options = form.starts_with("[OPTIONS]|") ? 10 : 0;
  const std::string_view rest = form.substr(options);
  if (first_argument.starts_with('[')) return rest.starts_with("[\"");
  return first_argument == rest;
}

}  // namespace

std::string signature_label(const InstructionFact& fact, std::string_view form) {
  return signature_of(fact, form).label;
}

std::optional<Signatures> signatures_at(const Snapshot& snapshot, Offset offset) {
  const Typed typed = typed_at(snapshot, offset);
  if (typed.place != Typed::Place::instruction || typed.words.size() < typed.keyword_index + 2) return std::nullopt;
  const InstructionFact* fact = instruction_fact(typed.keyword);
  if (fact == nullptr) return std::nullopt;
  Signatures signatures;
  signatures.text = fact->cache;
  std::string first;
  for (std::size_t i = typed.keyword_index + 1; i < typed.words.size() && first.empty(); ++i) {
    if (!typed.words[i].text.starts_with("--")) first = typed.words[i].text;
  }
  const std::size_t plain = typed.keyword == Keyword::cmd || typed.keyword == Keyword::entrypoint ? 1 : 0;
  signatures.active = std::min(plain, fact->forms.size() - 1);
  for (const std::string_view form : fact->forms) {
    if (!first.empty() && has_form(form, first)) signatures.active = signatures.all.size();
    Signature signature = signature_of(*fact, form);
    signature.active = parameter_at(signature, typed);
    signatures.all.push_back(std::move(signature));
  }
  return signatures;
}

}  // namespace keyline::analysis
