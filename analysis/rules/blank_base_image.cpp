// BuildKit's InvalidDefaultArgInFrom: a FROM whose base image has no valid name unless --build-arg gives it one.

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>

#include "analysis/model/reference.h"
#include "analysis/rules/run_facts.h"
#include "analysis/syntax/expand.h"

namespace keyline::analysis {

namespace {

// The arguments in front of the first FROM as a build without any --build-arg has them.
class DefaultArguments {
 public:
  explicit DefaultArguments(const RuleContext& context) : tree_(context.tree) {
    for (const Definition& argument : context.model.global_arguments) {
      if (argument.origin == Definition::Origin::platform_argument)
        values_[argument.name] = argument.value;
      else
        declarations_.emplace(argument.name, argument.span);
    }
    for (const Item& item : tree_.items) {
      if (item.instruction->keyword == Keyword::from) break;
      if (item.instruction->keyword != Keyword::arg) continue;
      for (const Word& word : item.instruction->arguments) {
        const std::size_t equals = word.text.find('=');
        if (equals == std::string::npos) continue;
        const Expansion value = expanded(std::string_view(word.text).substr(equals + 1));
        values_[word.text.substr(0, equals)] = {value.text, value.known && !value.error};
      }
    }
  }

  Expansion expanded(std::string_view text) const {
    return expand(text,
                  [&](std::string_view name) -> VariableValue {
                    const auto found = values_.find(name);
                    if (found == values_.end()) return {};
                    return VariableValue::of(found->second.text, found->second.known);
                  },
                  {.escape = tree_.escape});
  }

  // Where --build-arg could give the name a value that it lacks by default; null: nowhere, or it has one.
  const Span* lacks_default(std::string_view name) const {
    const auto value = values_.find(name);
    if (value != values_.end() && (!value->second.known || !value->second.text.empty())) return nullptr;
    const auto found = declarations_.find(name);
    return found == declarations_.end() ? nullptr : &found->second;
  }

 private:
  const SyntaxTree& tree_;
  std::map<std::string, Value, std::less<>> values_;
  std::map<std::string, Span, std::less<>> declarations_;
};

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const DefaultArguments arguments(context);
  for (const Stage& stage : context.model.stages) {
    const std::vector<Word>& words = context.tree.items[stage.item].instruction->arguments;
    if (words.empty()) continue;
    const Expansion base = arguments.expanded(words[0].text);
    // A name without variables is wrong in every build, which is reported as what it is.
    if (base.uses.empty() || !base.known || base.error || reference_fault(base.text).empty()) continue;

    Finding finding{.span = first_line(context.tree, stage.base_span)};
    std::vector<std::string> missing;
    std::set<std::string_view> seen;
    for (const VariableUse& use : base.uses) {
      const Span* declaration = arguments.lacks_default(use.name);
      if (declaration == nullptr || !seen.insert(use.name).second) continue;
      missing.push_back(fmt::format("`--build-arg {}`", use.name));
      finding.related.push_back({first_line(context.tree, *declaration), fmt::format("`{}` has no default", use.name)});
      finding.fixes.push_back(
          {.title = fmt::format("Give `ARG {}` a default that names an image to build with", use.name),
           .safety = Safety::sketch});
    }
    finding.message = fmt::format(
        "a build {} fails: {}", missing.empty() ? "with the defaults alone" : "without " + list_words(missing),
        base.text.empty() ? "the base image then has no name"
                          : fmt::format("the base image is then called `{}`, which is no valid name", base.text));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern const Rule blank_base_image;
const Rule blank_base_image{
    .id = "blank-base-image",
    .summary = "Without build arguments a FROM names no image",
    .severity = Severity::information,
    .why =
        R"(The name of the base image is made of arguments that have no default, or one that gives no valid name. Every build has
to pass `--build-arg`; tools that build or check the file without knowing of it fail, and so does `docker build .`. With a
default that works, the argument is still there for those who need another image.)",
    .silent = R"(- The defaults give a valid name, or it depends on the platform and that is not known.
- The name is written without variables: when it is not valid, that is an error in every build and reported as such.)",
    .unproven = "Which image is meant: the default is for a human to write.",
    .example = {.before = R"(-- Dockerfile --
ARG ALPINE_VERSION
FROM alpine:$ALPINE_VERSION
CMD ["sh"]
)",
                .after = ""},
    .check = check,
    .buildkit_check = "InvalidDefaultArgInFrom",
};

}  // namespace keyline::analysis
