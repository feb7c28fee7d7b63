#include "analysis/navigate/mentions.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/context/source_match.h"
#include "analysis/navigate/shell_names.h"
#include "analysis/navigate/variables.h"
#include "analysis/syntax/expand.h"
#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Mentions {
 public:
  Mentions(const Snapshot& snapshot, std::uint32_t index, Look look)
      : snapshot_(snapshot), model_(snapshot.model), item_(snapshot.tree.items[index]), index_(index), look_(look) {}

  std::vector<Name> find() {
    const Instruction& written = *item_.instruction;
    instruction_ = written.trigger ? written.trigger.get() : &written;
    id_ = written.trigger ? trigger_step() : model_.step_of_item(index_);
    heredocs(written);
    if (id_ == none) {
      if (instruction_->keyword == Keyword::arg && !written.trigger) global_arguments();
      return std::move(names_);
    }
    step_ = &model_.steps[id_];
    if (instruction_->keyword == Keyword::from)
      from();
    else
      variables();
    if (instruction_->keyword == Keyword::copy || instruction_->keyword == Keyword::add) copy();
    if (instruction_->keyword == Keyword::run) mounts();
    return std::move(names_);
  }

 private:
  std::string_view text() const { return snapshot_.text(); }

  // A trigger is a step of the stages that are built on its own; the first of them stands for all.
  StepId trigger_step() const {
    const StepId own = model_.step_of_item(index_);
    if (own == none) return none;
    for (const Stage& stage : model_.stages) {
      if (stage.base_stage != model_.steps[own].stage) continue;
      for (const StepId id : stage.steps) {
        if (model_.steps[id].onbuild && model_.steps[id].item == index_) return id;
      }
    }
    return none;
  }

  Name& add(NameKind kind, std::string name, Span span) {
    Name& added = names_.emplace_back();
    added.kind = kind;
    added.text = std::move(name);
    added.span = span;
    added.item = index_;
    added.step = id_;
    return added;
  }

  std::optional<Offset> seen(DefinitionId definition, const std::string& name) const {
    if (look_ == Look::names) return std::nullopt;
    return declaration_seen(snapshot_, id_, definition, name);
  }

  std::optional<Offset> seen_global(const std::string& name) const {
    if (look_ == Look::names) return std::nullopt;
    return global_declaration(snapshot_, name, item_.begin);
  }

  // One use, or several where the place is known only roughly: `$name` and `${name` are looked for there.
  void add_variable(const std::string& name, Span span, std::optional<Offset> declaration) {
    if (slice(text(), span) == name) {
      add(NameKind::variable, name, span).declaration = declaration;
      return;
    }
    const std::string_view rough = slice(text(), span);
    for (std::size_t at = rough.find(name); at != std::string_view::npos; at = rough.find(name, at + 1)) {
      const bool starts = at > 0 && (rough[at - 1] == '$' || (at > 1 && rough[at - 1] == '{' && rough[at - 2] == '$'));
      if (!starts || (at + name.size() < rough.size() && name_char(rough[at + name.size()]))) continue;
      const Offset begin = span.begin + static_cast<Offset>(at);
      const Span place{begin, begin + static_cast<Offset>(name.size())};
      const bool known = std::any_of(names_.begin(), names_.end(), [&](const Name& one) { return one.span == place; });
      if (!known) add(NameKind::variable, name, place).declaration = declaration;
    }
  }

  void add_declaration(const std::string& name, Span span) {
    Name& added = add(NameKind::variable, name, span);
    added.declares = true;
    added.declaration = span.begin;
    added.literal = slice(text(), span) == name;
  }

  void declared_arguments() {
    for (const Word& word : instruction_->arguments) {
      const std::string name = word.text.substr(0, word.text.find('='));
      const Span place = item_.absolute(word.span);
      const Offset length = std::min(static_cast<Offset>(name.size()), place.size());
      if (!name.empty()) add_declaration(name, {place.begin, place.begin + length});
    }
  }

  void global_arguments() {
    declared_arguments();
    for (const Word& word : instruction_->arguments) {
      const std::size_t equals = word.text.find('=');
      if (equals == std::string::npos) continue;
      const Span span = item_.absolute(word.span);
      const bool exact = span.size() == word.text.size();
      const Expansion value =
          expand(std::string_view(word.text).substr(equals + 1), [](std::string_view) { return VariableValue{}; },
                 {.escape = snapshot_.tree.escape});
      for (const VariableUse& use : value.uses) {
        const Span place = exact ? use.span.shifted(span.begin + static_cast<Offset>(equals) + 1) : span;
        add_variable(use.name, place, seen_global(use.name));
      }
    }
  }

  void variables() {
    if (instruction_->keyword == Keyword::arg) declared_arguments();
    if (instruction_->keyword == Keyword::env) {
      const std::vector<Word>& words = instruction_->arguments;
      for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
        const Span place = item_.absolute(words[i].span);
        if (!words[i].text.empty() && words[i].text.find('$') == std::string::npos)
          add_declaration(words[i].text, place);
      }
    }
    for (const VariableReference& use : step_->references) {
      if (use.by_shell) continue;
      add_variable(use.name, use.span, seen(use.definition, use.name));
    }
    if (instruction_->keyword == Keyword::run) shell_variables();
    if (instruction_->keyword == Keyword::cmd || instruction_->keyword == Keyword::entrypoint ||
        instruction_->keyword == Keyword::healthcheck) {
      container_variables();
    }
  }

  // The shell of a RUN sees what ARG and ENV set, may set it anew, and has variables of its own.
  void shell_variables() {
    const ShellScript& script = item_.instruction->script;
    const std::string_view source = slice(text(), item_.span());
    const std::vector<ShellVariable> settings = shell_settings(script, source);
    std::set<std::string, std::less<>> own;
    for (const ShellVariable& setting : settings) own.insert(setting.name);
    // The model has looked up each use in the script already.
    std::map<std::string, std::optional<Offset>, std::less<>> meanings;
    for (const VariableReference& use : step_->references) {
      if (use.by_shell && !meanings.contains(use.name)) meanings[use.name] = seen(use.definition, use.name);
    }
    const auto meant = [&](const std::string& name) {
      const auto known = meanings.find(name);
      if (known != meanings.end() || look_ == Look::names)
        return known == meanings.end() ? std::nullopt : known->second;
      const Definition* definition = find_variable(model_, step_->environment, name);
      const bool placed = definition != nullptr && !definition->span.empty();
      return meanings[name] = placed ? std::optional(definition->span.begin) : seen(none, name);
    };
    const auto add_shell = [&](const std::string& name, Span place, bool setting) {
      const std::optional<Offset> declaration = meant(name);
      if (declaration || !own.contains(name)) return add_variable(name, place, declaration);
      add(NameKind::shell_variable, name, place).declares = setting;
    };
    // A script made to hurt is taken as it looks.
    const bool judged = script.variables.size() * source.size() < 50'000'000;
    for (const ShellVariable& setting : settings) add_shell(setting.name, item_.absolute(setting.span), true);
    for (const ShellVariable& use : script.variables) {
      if (judged && slice(source, use.span) == use.name && !is_expanded(script, source, use.span)) continue;
      add_shell(use.name, item_.absolute(use.span), false);
    }
    for (const Heredoc& heredoc : item_.instruction->heredocs) {
      const bool is_script = !script.commands.empty() && heredoc.body.contains(script.commands.front().span.begin);
      if (!heredoc.expand || !heredoc.terminated || is_script || script.commands.empty()) continue;
      const Span body = item_.absolute(heredoc.body);
      for (const ShellVariable& use : dollar_names(slice(text(), body))) {
        const Span place = use.span.shifted(body.begin);
        const Offset at = place.begin - item_.begin;
        if (is_expanded({}, source, {at, at + place.size()})) add_shell(use.name, place, false);
      }
    }
  }

  // CMD and the like run in the finished image: its shell sees ENV, but no ARG.
  void container_variables() {
    if (instruction_->json || instruction_->arguments.empty() || look_ == Look::names) return;
    const Span rest = item_.absolute(instruction_->arguments.back().span);
    for (const ShellVariable& use : dollar_names(slice(text(), rest))) {
      const Definition* seen = find_variable(model_, step_->environment, use.name);
      if (seen == nullptr || seen->span.empty() || seen->origin != Definition::Origin::environment) continue;
      add_variable(use.name, use.span.shifted(rest.begin), seen->span.begin);
    }
  }

  void add_stage_use(StageId stage, Span span) {
    Name& use = add(NameKind::stage, model_.stages[stage].name, span);
    use.stage = stage;
    use.literal = !use.text.empty() && to_lower(slice(text(), span)) == use.text;
  }

  void from() {
    const Stage& stage = model_.stages[step_->stage];
    for (const VariableReference& use : step_->references) add_variable(use.name, use.span, seen_global(use.name));
    if (!stage.name.empty()) {
      Name& own = add(NameKind::stage, stage.name, stage.name_span);
      own.stage = step_->stage;
      own.declares = true;
    }
    if (stage.base_span.empty()) return;
    if (stage.base_stage != none)
      add_stage_use(stage.base_stage, stage.base_span);
    else if (!stage.scratch && stage.base.known && stage.named_context.empty())
      add(NameKind::image, stage.base.text, stage.base_span).literal =
          slice(text(), stage.base_span) == stage.base.text;
  }

  // One that stands below its use is refused by BuildKit, but meant all the same.
  StageId stage_below(const std::string& name) const {
    const std::string wanted = to_lower(name);
    for (auto stage = model_.stages.rbegin(); stage != model_.stages.rend(); ++stage) {
      if (stage->name == wanted && !wanted.empty()) return static_cast<StageId>(model_.stages.rend() - stage - 1);
    }
    return none;
  }

  void add_origin(const Origin& origin, Span span) {
    const bool is_stage = origin.kind == Origin::Kind::stage;
    const StageId stage = is_stage && origin.stage == none ? stage_below(origin.name) : origin.stage;
    if (is_stage && stage != none)
      add_stage_use(stage, span);
    else if (origin.kind == Origin::Kind::image && !origin.name.empty())
      add(NameKind::image, origin.name, span).literal = slice(text(), span) == origin.name;
  }

  void add_source(const Value& path, Span span) {
    if (!path.known || path.text.empty()) return;
    add(NameKind::source, clean_source(path.text), span).literal = slice(text(), span) == path.text;
  }

  void copy() {
    if (const Flag* flag = instruction_->flag("from"); flag != nullptr && flag->value()) {
      const Span whole = item_.absolute(flag->span);
      const Offset length = static_cast<Offset>(flag->value()->size());
      const bool verbatim = flag->span.size() == flag->text.size();
      for (const Origin& origin : step_->origins) {
        if (origin.kind == Origin::Kind::heredoc) continue;
        add_origin(origin, verbatim ? Span{whole.end - length, whole.end} : whole);
        break;
      }
    }
    for (const Origin& origin : step_->origins) {
      if (origin.kind != Origin::Kind::context) continue;
      for (std::size_t i = 0; i < origin.paths.size() && i < origin.spans.size(); ++i)
        add_source(origin.paths[i], origin.spans[i]);
    }
  }

  void mounts() {
    for (std::uint32_t index = 0; index < step_->mounts.size(); ++index) {
      const Mount& mount = step_->mounts[index];
      const auto origin = std::find_if(step_->origins.begin(), step_->origins.end(),
                                       [&](const Origin& one) { return one.mount == index; });
      bool id_given = false;
      std::optional<Span> target;
      for (const auto& [key, place] : mount.keys) {
        const std::string_view written = slice(text(), place);
        const std::size_t equals = written.find('=');
        if (equals == std::string_view::npos || to_lower(written.substr(0, equals)) != key) continue;
        const Span value{place.begin + static_cast<Offset>(equals) + 1, place.end};
        if (key == "from" && origin != step_->origins.end()) add_origin(*origin, value);
        if ((key == "source" || key == "src") && origin != step_->origins.end() &&
            origin->kind == Origin::Kind::context)
          add_source(mount.source, value);
        if (key == "id" && mount.id_given) {
          id_given = true;
          add_id(mount, value).literal = slice(text(), value) == mount.id.text;
        }
        if (key == "target" || key == "dst" || key == "destination") target = value;
      }
      if (mount.type == Mount::Type::cache && !id_given && !mount.id_given && target)
        add_id(mount, *target).literal = false;
    }
  }

  Name& add_id(const Mount& mount, Span span) {
    Name& id = add(NameKind::mount_id, mount.id.text, span);
    id.mount = mount.type;
    return id;
  }

  // The markers stand in the instruction's own lines, in the order of the bodies.
  void heredocs(const Instruction& written) {
    const std::string& line = written.line.text;
    std::size_t at = 0;
    for (const Heredoc& heredoc : written.heredocs) {
      for (at = line.find("<<", at); at != std::string::npos; at = line.find("<<", at)) {
        at += 2;
        if (line.compare(at, 1, "-") == 0) ++at;
        if (line.compare(at, 1, "\"") == 0 || line.compare(at, 1, "'") == 0) ++at;
        if (line.compare(at, heredoc.name.size(), heredoc.name) == 0) break;
      }
      if (at == std::string::npos) return;
      const Offset begin = static_cast<Offset>(at), end = begin + static_cast<Offset>(heredoc.name.size());
      add(NameKind::heredoc, heredoc.name, item_.absolute(written.line.source(Span{begin, end}))).declares = true;
      if (!heredoc.terminated) continue;
      const Span terminator = item_.absolute(heredoc.terminator);
      add(NameKind::heredoc, heredoc.name,
          {terminator.end - std::min(static_cast<Offset>(heredoc.name.size()), terminator.size()), terminator.end});
    }
  }

  const Snapshot& snapshot_;
  const Model& model_;
  const Item& item_;
  std::uint32_t index_;
  Look look_;
  const Instruction* instruction_ = nullptr;
  const Step* step_ = nullptr;
  StepId id_ = none;
  std::vector<Name> names_;
};

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), name_char);
}

std::vector<Name> mentions(const Snapshot& snapshot, std::uint32_t item, Look look) {
  return Mentions(snapshot, item, look).find();
}

}  // namespace keyline::analysis
