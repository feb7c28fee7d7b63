#include "analysis/navigate/dockerfile_names.h"

#include <algorithm>

#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

// From the instruction's first byte to the end of its first line.
Span line_of(const SyntaxTree& tree, Span span) {
  const std::string_view text = *tree.text;
  const std::size_t end = std::min(text.find('\n', span.begin), text.size());
  return {span.begin, std::min(span.end, static_cast<Offset>(end))};
}

}  // namespace

DockerfileNames names_of(const SyntaxTree& tree) {
  DockerfileNames names;
  for (const Item& item : tree.items) {
    const Instruction& instruction = *item.instruction;
    if (instruction.keyword == Keyword::from) {
      const std::vector<Word>& words = instruction.arguments;
      if (words.size() < 3 || to_lower(words[1].text) != "as") continue;
      names.stages.push_back({words[2].text, words[0].text, line_of(tree, item.span())});
    } else if (instruction.keyword == Keyword::arg) {
      for (const Word& word : instruction.arguments) {
        const std::size_t equals = word.text.find('=');
        const std::string name = word.text.substr(0, equals);
        if (name.empty() || find_name(names.arguments, name) != nullptr) continue;
        const std::string value = equals == std::string::npos ? std::string() : word.text.substr(equals + 1);
        names.arguments.push_back({name, value, line_of(tree, item.span())});
      }
    }
  }
  return names;
}

const DockerfileName* find_name(const std::vector<DockerfileName>& names, std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const DockerfileName& each) { return to_lower(each.name) == to_lower(name); });
  return found == names.end() ? nullptr : &*found;
}

}  // namespace keyline::analysis
