#include "analysis/assist/completion.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/assist/completion_values.h"
#include "analysis/assist/typed.h"
#include "analysis/knowledge/dockerfile_language.h"
#include "analysis/rules/registry.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

using Kind = Completion::Kind;

class Completer {
 public:
  Completer(const Snapshot& snapshot, Offset offset, std::span<const std::string> images)
      : snapshot_(snapshot), typed_(typed_at(snapshot, offset)), images_(images) {
    list_.replace = {typed_.current().span.begin, offset};
  }

  Completions complete() && {
    switch (typed_.place) {
      case Typed::Place::comment:
        in_comment();
        break;
      case Typed::Place::heredoc:
        variable();
        break;
      case Typed::Place::instruction:
        if (typed_.words.size() == 1)
          instructions();
        else if (!variable())
          argument();
        break;
      case Typed::Place::nowhere:
        break;
    }
    return std::move(list_);
  }

 private:
  const std::string& word() const { return typed_.current().text; }
  void add(Completion item) { list_.items.push_back(std::move(item)); }
  // From here on only the last `size` bytes of the word are replaced.
  void replace_last(std::size_t size) { list_.replace.begin = list_.replace.end - static_cast<Offset>(size); }
  void add_values(std::string_view values) {
    each_word(values, [&](std::string_view each) { add({std::string(each), Kind::value}); });
  }

  // As the file's other instructions are written.
  bool writes_lower_case() const {
    const std::vector<Item>& items = snapshot_.tree.items;
    const auto lower = std::count_if(items.begin(), items.end(), [](const Item& item) {
      return !item.instruction->name.text.empty() && item.instruction->name.text[0] >= 'a';
    });
    return 2 * static_cast<std::size_t>(lower) > items.size();
  }

  void instructions() {
    const bool lower = writes_lower_case();
    for (const InstructionFact& fact : instruction_facts()) {
      if (fact.keyword == Keyword::maintainer) continue;
      const std::string name(keyword_name(fact.keyword));
      add({lower ? to_lower(name) : name, Kind::instruction, std::string(fact.summary), "",
           fmt::format("instruction {}", name)});
    }
  }

  void in_comment() {
    const std::vector<TypedWord>& words = typed_.words;
    const std::size_t equals = word().find('=');
    if (words.size() >= 3 && words[1].text == "keyline:" && word().starts_with("ignore=")) {
      replace_last(word().size() - word().find_last_of("=,") - 1);
      for (const Rule* rule : all_rules())
        add({std::string(rule->id), Kind::rule, std::string(rule->summary), "", fmt::format("rule {}", rule->id)});
      return;
    }
    if (equals != std::string::npos) return;
    add({"keyline: ignore=", Kind::directive, "Silence a rule for the instruction below, or the file"});
    // Directives stand one below the other on the file's first lines; anything else ends them.
    const std::vector<Directive>& above = snapshot_.tree.directives;
    if (snapshot_.lines.line_at(list_.replace.end) > (above.empty() ? 0 : above.back().line + 1)) return;
    for (const DirectiveFact& fact : directive_facts()) {
      if (snapshot_.tree.directive(fact.name) != nullptr) continue;
      add({fmt::format("{}={}", fact.name, fact.usual), Kind::directive, std::string(fact.text), "",
           fmt::format("directive {}", fact.name)});
    }
  }

  // Behind "$" or "${": what the step sees. Before the first FROM, and in it, the global arguments.
  bool variable() {
    const std::size_t dollar = word().rfind('$');
    if (dollar == std::string::npos) return false;
    std::string_view name = std::string_view(word()).substr(dollar + 1);
    const bool braced = name.starts_with('{');
    if (braced) name.remove_prefix(1);
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != name.npos)
      return false;
    replace_last(name.size());
    const bool open = braced && !slice(snapshot_.text(), {list_.replace.end, list_.replace.end + 1}).starts_with('}');
    const auto offer = [&](const Definition& definition) {
      add({definition.name, Kind::variable, definition.value.known ? definition.value.text : "value not known",
           definition.name + (open ? "}" : ""), fmt::format("argument {}", definition.name)});
    };
    const StepId step = typed_.item == none ? none : snapshot_.model.step_of_item(typed_.item);
    if (step == none || snapshot_.model.steps[step].keyword == Keyword::from) {
      for (const Definition& definition : snapshot_.model.global_arguments) offer(definition);
    } else {
      for (const Definition* definition : environment(snapshot_.model, snapshot_.model.steps[step].environment))
        offer(*definition);
    }
    return true;
  }

  void argument() {
    if (typed_.among_flags() && word().starts_with('-')) return flag();
    const std::size_t count = typed_.arguments();
    switch (typed_.keyword) {
      case Keyword::from:
        return from(count);
      case Keyword::copy:
      case Keyword::add:
        return sources();
      case Keyword::arg:
        for (const PredefinedArgument& each : predefined_arguments())
          add({std::string(each.name), Kind::variable, std::string(each.text), "",
               fmt::format("argument {}", each.name)});
        return;
      case Keyword::onbuild:
        return instructions();
      case Keyword::user:
        return add_items(users_in(snapshot_, typed_.item));
      case Keyword::stopsignal:
        return add_values("SIGTERM SIGINT SIGQUIT SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGWINCH");
      case Keyword::healthcheck:
        if (count == 0) add_values("CMD NONE");
        return;
      case Keyword::shell:
        if (count == 0) add_values(R"(["/bin/bash","-o","pipefail","-c"] ["/bin/sh","-c"])");
        return;
      default:
        return;
    }
  }

  void add_items(std::vector<Completion> items) {
    std::move(items.begin(), items.end(), std::back_inserter(list_.items));
  }

  void flag() {
    const InstructionFact* fact = instruction_fact(typed_.keyword);
    if (fact == nullptr) return;
    const std::size_t equals = word().find('=');
    if (equals != std::string::npos) {
      const std::string name = word().substr(2, equals - 2);
      const std::string_view value = std::string_view(word()).substr(equals + 1);
      return flag_value(*fact, name, value);
    }
    for (const FlagFact& each : fact->flags) {
      const bool again = each.name == "mount" || each.name == "exclude";
      const std::string text = fmt::format("--{}", each.name);
      const auto is_given = [&](const TypedWord& given) {
        return given.text == text || given.text.starts_with(text + '=');
      };
      if (!again && std::any_of(typed_.words.begin(), typed_.words.end() - 1, is_given)) continue;
      add({each.value.empty() ? text : text + '=', Kind::flag, std::string(each.text), "",
           fmt::format("flag {} {}", keyword_name(typed_.keyword), each.name)});
    }
  }

  void flag_value(const InstructionFact& fact, std::string_view name, std::string_view value) {
    replace_last(value.size());
    if (fact.keyword == Keyword::run && name == "mount") return mount(value);
    if (name == "from") return add_items(places_in(snapshot_, typed_.item, images_));
    if (name == "chown") return add_items(users_in(snapshot_, typed_.item));
    if (const FlagFact* flag = flag_fact(fact.keyword, name)) add_values(flag->values);
  }

  void mount(std::string_view value) {
    if (value.find(',') == std::string_view::npos && value.find('=') == std::string_view::npos) {
      add_items(whole_mounts(snapshot_, typed_.item));
    }
    const std::size_t comma = value.rfind(',');
    const std::string_view field = value.substr(comma == std::string_view::npos ? 0 : comma + 1);
    const std::size_t equals = field.find('=');
    replace_last(equals == std::string_view::npos ? field.size() : field.size() - equals - 1);
    if (equals == std::string_view::npos) return add_items(mount_keys_for(value));
    const std::string_view key = field.substr(0, equals);
    const std::string_view typed = field.substr(equals + 1);
    if (key == "from") return add_items(places_in(snapshot_, typed_.item, images_));
    if ((key == "source" || key == "src") && value.find("from=") == std::string_view::npos) return paths(typed);
    for (const MountKey& each : mount_keys()) {
      if (each.name == key) add_values(each.values);
    }
  }

  void from(std::size_t count) {
    if (count == 0) return add_items(bases_in(snapshot_, typed_.item, images_));
    if (count == 1) add({writes_lower_case() ? "as" : "AS", Kind::value, "Names the stage"});
  }

  void sources() {
    const bool elsewhere = std::any_of(typed_.words.begin(), typed_.words.end(),
                                       [](const TypedWord& each) { return each.text.starts_with("--from="); });
    if (!elsewhere) paths(word());
  }

  void paths(std::string_view typed) {
    const std::size_t slash = typed.rfind('/');
    replace_last(slash == std::string_view::npos ? typed.size() : typed.size() - slash - 1);
    add_items(paths_below(snapshot_.context(), typed.substr(0, slash == std::string_view::npos ? 0 : slash)));
  }

  const Snapshot& snapshot_;
  Typed typed_;
  std::span<const std::string> images_;
  Completions list_;
};

}  // namespace

Completions complete(const Snapshot& snapshot, Offset offset, std::span<const std::string> images) {
  return Completer(snapshot, offset, images).complete();
}

}  // namespace keyline::analysis
