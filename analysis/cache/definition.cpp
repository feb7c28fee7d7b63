// Definition digests: the own key of each operation (cache-model 1.4) chained over its inputs' digests. What BuildKit
// leaves out (names, comments, positions, most cache mount ids, secret values) is left out here.

#include <algorithm>
#include <unordered_map>

#include "analysis/cache/digest.h"
#include "analysis/cache/key.h"
#include "analysis/context/source_match.h"
#include "analysis/model/reference.h"
#include "analysis/syntax/expand.h"
#include "analysis/syntax/words.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

std::string chomped(std::string_view body) {
  std::string result;
  bool line_start = true;
  for (const char c : body) {
    if (line_start && c == '\t') continue;
    line_start = c == '\n';
    result += c;
  }
  return result;
}

class Definitions {
 public:
  Definitions(const Model& model, const SyntaxTree& tree) : model_(model), tree_(tree), results_(model.steps.size()) {}

  std::vector<std::string> run() {
    std::vector<std::string> digests(model_.steps.size());
    for (StepId id = 0; id < model_.steps.size(); ++id) {
      const Step& step = model_.steps[id];
      if (step.op == Op::nothing) continue;
      Digest own;
      const std::string parent = step.parent == none ? "scratch" : results_[step.parent];
      if (!step.independent) own.add(parent);
      if (step.op == Op::image)
        add_image(own, step);
      else if (step.op == Op::exec)
        add_exec(own, step);
      else if (step.keyword == Keyword::workdir)
        add_workdir(own, step);
      else
        add_copy(own, step);
      digests[id] = own.hex();
      Digest merge;
      results_[id] =
          step.independent && step.parent != none ? merge.add("merge").add(parent).add(digests[id]).hex() : digests[id];
    }
    return digests;
  }

 private:
  void add_image(Digest& own, const Step& step) const {
    const Stage& stage = model_.stages[step.stage];
    // The reference only says where to look for the digest; it stands in for one that is not known.
    own.add("image").add(stage.digest.empty() ? normalized_reference(stage.base.text) : stage.digest);
    own.add(stage.platform.text);
  }

  void add_workdir(Digest& own, const Step& step) const {
    own.add("mkdir").add(step.destination.text).add(step.user.text);
  }

  void add_environment(Digest& own, const Step& step) {
    auto [known, is_new] = environments_.try_emplace(step.environment);
    if (is_new) {
      Digest list;
      for (const Definition* definition : environment(model_, step.environment)) {
        list.add(definition->name).add(definition->value.text).add(definition->value.known);
      }
      known->second = list.hex();
    }
    own.add(known->second);
  }

  void add_exec(Digest& own, const Step& step) {
    const Instruction& run = instruction_of(tree_, step);
    const Item& item = tree_.items[step.item];
    const std::vector<Heredoc>& heredocs = item.instruction->heredocs;
    const auto body = [&](const Heredoc& heredoc) { return slice(*tree_.text, item.absolute(heredoc.body)); };
    own.add("exec");
    if (run.json) {
      for (const Word& word : run.arguments) own.add(word.text);
    } else {
      std::string text = run.arguments.empty() ? "" : run.arguments[0].text;
      const bool lone = heredocs.size() == 1 && parse_heredoc_marker(text).has_value();
      const std::string script =
          lone ? (heredocs[0].chomp ? chomped(body(heredocs[0])) : std::string(body(heredocs[0]))) : "";
      if (lone && script.starts_with("#!")) {
        own.add("file").add(heredocs[0].name).add(script);  // a file named after the delimiter is run
      } else {
        if (lone)
          text = script;
        else
          for (const Heredoc& heredoc : heredocs) text += "\n" + std::string(body(heredoc)) + heredoc.name;
        for (const std::string& word : step.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : step.shell)
          own.add(word);
        own.add(text);
      }
    }
    own.add("environment");
    add_environment(own, step);
    own.add(step.workdir.text).add(step.user.text);
    for (const std::string_view name : {"network", "security"}) {
      const Flag* flag = run.flag(name);
      const std::string_view value = flag != nullptr ? flag->value().value_or("") : "";
      own.add(value == "default" || value == "sandbox" ? "" : value);
    }
    for (const Flag& flag : run.flags) {
      if (flag.name() == "device") own.add(flag.text);
    }
    add_mounts(own, step);
  }

  // Sorted by target, but secrets and ssh keep the order of their flags (cache-model 3).
  void add_mounts(Digest& own, const Step& step) {
    std::vector<const Mount*> mounts;
    for (const Mount& mount : step.mounts) mounts.push_back(&mount);
    const auto in_order = [](const Mount* m) { return m->type == Mount::Type::secret || m->type == Mount::Type::ssh; };
    std::stable_sort(mounts.begin(), mounts.end(), [&](const Mount* a, const Mount* b) {
      if (in_order(a) != in_order(b)) return in_order(b);
      return !in_order(a) && a->target.text < b->target.text;
    });
    bool uses_ssh = false;
    for (const Mount* mount : mounts) {
      own.add("mount").add(std::to_string(static_cast<int>(mount->type))).add(mount->read_only);
      const bool owner =
          mount->type == Mount::Type::secret || mount->type == Mount::Type::ssh || mount->type == Mount::Type::cache;
      if (owner) own.add(mount->uid.value_or("0")).add(mount->gid.value_or("0"));
      switch (mount->type) {
        case Mount::Type::cache: {
          // Only "id = target, shared" is kept; every other id and sharing is blanked (checkShouldClearCacheOpts).
          const bool plain = mount->sharing == "shared" && mount->id.text == clean_path(mount->target.text);
          const bool directory = mount->uid || mount->gid || mount->mode;
          own.add(mount->target.text).add(plain).add(mount->mode.value_or(directory ? "0755" : ""));
          break;
        }
        case Mount::Type::secret: {
          const std::string id = !mount->id.text.empty()       ? mount->id.text
                                 : !mount->source.text.empty() ? mount->source.text
                                                               : std::string(base_name(mount->target.text));
          const std::string target =
              mount->target_given || mount->env ? mount->target.text : "/run/secrets/" + std::string(base_name(id));
          own.add(id).add(target).add(mount->required).add(mount->mode.value_or("0400")).add(mount->env.value_or(""));
          break;
        }
        case Mount::Type::ssh:
          uses_ssh = true;
          own.add(mount->id.text).add(mount->target.text).add(mount->required).add(mount->mode.value_or("0600"));
          break;
        default:
          own.add(mount->target.text).add(mount->size.value_or(""));
      }
    }
    own.add(uses_ssh);
    for (const Origin& origin : step.origins) add_origin(own, origin);
  }

  void add_origin(Digest& own, const Origin& origin) {
    own.add("source").add(std::to_string(static_cast<int>(origin.kind)));
    if (origin.stage != none) {
      const StepId source = model_.stages[origin.stage].last_op;
      own.add(source == none ? "scratch" : results_[source]);
    } else if (origin.kind == Origin::Kind::image) {
      own.add(normalized_reference(origin.name));
    } else if (origin.kind == Origin::Kind::remote) {
      own.add(base_name(std::string_view(origin.name).substr(0, origin.name.find_first_of("?#"))));
    } else {
      own.add(origin.name);
    }
    for (const Value& path : origin.paths) own.add(clean_source(path.text)).add(path.known);
  }

  void add_copy(Digest& own, const Step& step) {
    const Instruction& copy = instruction_of(tree_, step);
    const Item& item = tree_.items[step.item];
    const bool unpacks =
        copy.keyword == Keyword::add && !(copy.flag("unpack") != nullptr && copy.flag("unpack")->value() == "false");
    const VariableLookup lookup = [&](std::string_view name) -> VariableValue {
      const Definition* definition = find_variable(model_, step.environment, name);
      if (definition == nullptr) return {};
      return VariableValue::of(definition->value.text, definition->value.known);
    };
    own.add("copy").add(step.destination.text).add(unpacks);
    for (const Value& source : step.sources) own.add(base_name(clean_source(source.text)));
    // Flags in any order; the values were expanded where BuildKit expands them.
    std::vector<std::string> flags;
    for (const Flag& flag : copy.flags) {
      const std::string_view name = flag.name();
      if (name == "from" || name == "link" || name == "unpack" || name == "checksum") continue;
      std::string value(flag.value().value_or(""));
      if (name == "chown" || name == "chmod") value = expand(value, lookup, {.escape = tree_.escape}).text;
      if (name == "chmod" && value.starts_with('0'))
        value.erase(0, std::min(value.find_first_not_of('0'), value.size()));
      flags.push_back(std::string(name) + "=" + value);
    }
    // The order of --exclude counts, the order of different flags does not.
    std::stable_sort(flags.begin(), flags.end(), [](const std::string& a, const std::string& b) {
      return a.substr(0, a.find('=')) < b.substr(0, b.find('='));
    });
    for (const std::string& flag : flags) own.add(flag);
    for (const Heredoc& heredoc : item.instruction->heredocs) {
      const std::string_view body = slice(*tree_.text, item.absolute(heredoc.body));
      const std::string text = heredoc.chomp ? chomped(body) : std::string(body);
      own.add(heredoc.name).add(heredoc.expand ? expand(text, lookup, {.quotes_are_text = true}).text : text);
    }
    for (const Origin& origin : step.origins) add_origin(own, origin);
  }

  const Model& model_;
  const SyntaxTree& tree_;
  std::vector<std::string> results_;  // what the next step's parent input is; of a linked copy its merge
  std::unordered_map<DefinitionId, std::string> environments_;
};

}  // namespace

std::vector<std::string> definition_digests(const Model& model, const SyntaxTree& tree) {
  return Definitions(model, tree).run();
}

}  // namespace keyline::analysis
