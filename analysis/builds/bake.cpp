#include "analysis/builds/bake.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "analysis/builds/build_command.h"
#include "analysis/builds/hcl.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t most_matrix_builds = 64;
constexpr int most_inherits = 32;

// An attribute of a target that waits to be evaluated: an expression of HCL, or a value of JSON.
struct Attribute {
  std::string name;
  std::optional<Span> expression;
  DataNode value = {};
};

struct Target {
  std::string name;
  Span span;
  std::vector<Attribute> attributes;

  const Attribute* find(std::string_view key) const {
    for (const Attribute& each : attributes)
      if (each.name == key) return &each;
    return nullptr;
  }
};

using Variables = std::map<std::string, Attribute, std::less<>>;

class Bake {
 public:
  explicit Bake(std::string_view text) : text_(text) {}

  std::string load_hcl() {
    HclDocument document = parse_hcl(text_);
    for (const HclBlock& block : document.root.blocks) {
      if (block.labels.empty()) continue;
      if (block.type == "variable") {
        const HclAttribute* value = block.find("default");
        variables_[block.labels.front()] = {block.labels.front(),
                                            value ? std::optional(value->expression) : std::nullopt};
      } else if (block.type == "target") {
        Target target{block.labels.front(), block.span, {}};
        for (const HclAttribute& each : block.attributes) target.attributes.push_back({each.name, each.expression});
        targets_.push_back(std::move(target));
      } else if (block.type == "group") {
        if (const HclAttribute* members = block.find("targets"))
          add_group(evaluate_hcl(text_, members->expression, [](std::string_view) { return nullptr; }));
      }
    }
    for (const HclAttribute& each : document.root.attributes) variables_[each.name] = {each.name, each.expression};
    return document.fault;
  }

  std::string load_json() {
    DataDocument document = read_yaml(text_);
    const auto each_of = [&](std::string_view key, const auto& take) {
      if (const DataNode* map = document.root.find(key))
        for (const auto& [name, node] : map->members) take(name, node);
    };
    each_of("variable", [&](const DataNode& name, const DataNode& node) {
      Attribute value{name.value.text, std::nullopt};
      if (const DataNode* set = node.find("default")) value.value = *set;
      variables_[name.value.text] = std::move(value);
    });
    each_of("target", [&](const DataNode& name, const DataNode& node) {
      Target target{name.value.text, name.span, {}};
      for (const auto& [key, value] : node.members) target.attributes.push_back({key.value.text, std::nullopt, value});
      targets_.push_back(std::move(target));
    });
    each_of("group", [&](const DataNode&, const DataNode& node) {
      if (const DataNode* members = node.find("targets")) add_group(*members);
    });
    return document.fault;
  }

  std::vector<Build> builds() {
    std::set<std::string, std::less<>> inherited;
    for (const Target& target : targets_) {
      for (const DataNode& base : value_of(target.find("inherits"), {}).items) inherited.insert(base.value.text);
    }
    std::vector<Build> builds;
    for (const Target& target : targets_) {
      // What others inherit and no group names is a collection of settings.
      if (target.name.starts_with('_')) continue;
      if (inherited.contains(target.name) && !grouped_.contains(target.name)) continue;
      for (const Locals& locals : matrix_of(target)) {
        if (builds.size() > 1'000) return builds;
        builds.push_back(read(target, locals));
      }
    }
    return builds;
  }

 private:
  using Locals = std::map<std::string, DataNode, std::less<>>;

  void add_group(const DataNode& members) {
    for (const DataNode& each : members.items) grouped_.insert(each.value.text);
  }

  const DataNode* variable(std::string_view name, const Locals& locals) {
    if (const auto local = locals.find(name); local != locals.end()) return &local->second;
    if (const auto known = values_.find(name); known != values_.end()) return &known->second;
    const auto found = variables_.find(name);
    if (found == variables_.end() || !under_way_.insert(std::string(name)).second) return nullptr;
    DataNode value = value_of(&found->second, locals);
    // The environment of whoever builds goes before the default.
    if (value.kind == DataNode::Kind::null) {
      value.kind = DataNode::Kind::scalar;
      value.value.complete = false;
    }
    value.value.open.push_back("$" + std::string(name));
    under_way_.erase(std::string(name));
    return &(values_[std::string(name)] = std::move(value));
  }

  DataNode value_of(const Attribute* attribute, const Locals& locals) {
    if (attribute == nullptr) return {};
    const HclScope scope = [&](std::string_view name) { return variable(name, locals); };
    if (attribute->expression) return evaluate_hcl(text_, *attribute->expression, scope);
    return evaluated(attribute->value, scope);
  }

  // The templates in the strings of a JSON value.
  DataNode evaluated(const DataNode& node, const HclScope& scope) {
    DataNode made = node;
    if (made.is_scalar() && made.value.text.find("${") != std::string::npos) {
      const std::string& raw = node.value.text;
      DataNode value = evaluate_hcl_template(raw, {0, static_cast<Offset>(raw.size())}, scope);
      value.span = value.value.span = node.span;
      return value;
    }
    for (DataNode& item : made.items) item = evaluated(item, scope);
    for (auto& member : made.members) member.second = evaluated(member.second, scope);
    return made;
  }

  // One set of locals for each combination of the target's matrix.
  std::vector<Locals> matrix_of(const Target& target) {
    std::vector<Locals> all{{}};
    const DataNode matrix = value_of(target.find("matrix"), {});
    for (const auto& [name, choices] : matrix.members) {
      std::vector<Locals> next;
      for (const Locals& so_far : all) {
        for (const DataNode& choice : choices.items) {
          if (next.size() >= most_matrix_builds) break;
          next.push_back(so_far);
          next.back()[name.value.text] = choice;
        }
      }
      all = std::move(next);
    }
    return all;
  }

  const Target* target_named(std::string_view name) const {
    const auto found =
        std::find_if(targets_.begin(), targets_.end(), [&](const Target& each) { return each.name == name; });
    return found == targets_.end() ? nullptr : &*found;
  }

  // All attributes with those that are inherited; maps are merged, a later one goes before an earlier one.
  std::map<std::string, DataNode, std::less<>> attributes_of(const Target& target, const Locals& locals, int left) {
    std::map<std::string, DataNode, std::less<>> all;
    const auto put = [&](const std::string& name, DataNode value) {
      DataNode& slot = all[name];
      if (slot.kind == DataNode::Kind::map && value.kind == DataNode::Kind::map) {
        for (auto& member : value.members) {
          const auto same = std::find_if(slot.members.begin(), slot.members.end(), [&](const auto& each) {
            return each.first.value.text == member.first.value.text;
          });
          if (same != slot.members.end())
            *same = std::move(member);
          else
            slot.members.push_back(std::move(member));
        }
      } else if (value.kind != DataNode::Kind::null) {
        slot = std::move(value);
      }
    };
    if (left > 0) {
      for (const DataNode& base : value_of(target.find("inherits"), locals).items) {
        const Target* parent = target_named(base.value.text);
        if (parent == nullptr) continue;
        for (auto& [name, value] : attributes_of(*parent, locals, left - 1)) put(name, std::move(value));
      }
    }
    for (const Attribute& each : target.attributes) {
      if (each.name != "inherits" && each.name != "matrix" && each.name != "tags")
        put(each.name, value_of(&each, locals));
    }
    return all;
  }

  Build read(const Target& target, const Locals& locals) {
    const auto attributes = attributes_of(target, locals, most_inherits);
    const auto get = [&](std::string_view name) -> const DataNode* {
      const auto found = attributes.find(name);
      return found == attributes.end() || found->second.kind == DataNode::Kind::null ? nullptr : &found->second;
    };
    Build build;
    const DataNode* name = get("name");
    build.name = "target " + (name != nullptr && name->value.complete ? name->value.text : target.name);
    build.span = target.span;
    build.repeated = !locals.empty();
    const DataNode* context = get("context");
    const DataNode* dockerfile = get("dockerfile");
    set_paths(build, ".", context ? context->value : BuildText{.text = "."},
              dockerfile ? dockerfile->value : BuildText{}, true);
    if (get("dockerfile-inline") != nullptr) build.dockerfile = {};
    if (const DataNode* stage = get("target")) build.target = stage->value;
    if (const DataNode* arguments = get("args")) {
      for (const auto& [key, value] : arguments->members) {
        // `null` leaves the Dockerfile's default.
        if (value.kind == DataNode::Kind::null) continue;
        build.arguments.push_back({key.value.text, key.span, value.value});
      }
    }
    if (const DataNode* contexts = get("contexts")) {
      for (const auto& [key, value] : contexts->members) build.contexts.push_back({key.value.text, value.value});
    }
    read_caches(get("cache-from"), build.cache_from);
    read_caches(get("cache-to"), build.cache_to);
    for (const auto& [key, into] :
         {std::pair{"platforms", &build.platforms}, {"no-cache-filter", &build.no_cache_filter}}) {
      if (const DataNode* list = get(key))
        for (const DataNode& item : list->items) into->push_back(item.value);
    }
    for (const std::string_view key : {"secret", "secrets"}) {
      const DataNode* secrets = get(key);
      if (secrets == nullptr) continue;
      for (const DataNode& item : secrets->items) {
        if (const DataNode* id = item.find("id")) {
          build.secrets.push_back(id->value.text);
        } else if (const std::size_t at = item.value.text.find("id="); at != std::string::npos) {
          build.secrets.push_back(item.value.text.substr(at + 3, item.value.text.find(',', at) - at - 3));
        }
      }
    }
    if (const DataNode* no_cache = get("no-cache"); no_cache != nullptr && no_cache->is_true())
      build.no_cache = no_cache->span;
    return build;
  }

  static void read_caches(const DataNode* node, std::vector<CacheBackend>& into) {
    if (node == nullptr) return;
    for (const DataNode& item : node->items) {
      if (item.kind == DataNode::Kind::map) {
        CacheBackend backend{.type = "registry", .span = item.span};
        for (const auto& [key, value] : item.members) {
          backend.understood = backend.understood && value.value.complete;
          if (key.value.text == "type")
            backend.type = value.value.text;
          else
            backend.options.emplace_back(key.value.text, value.value.text);
        }
        into.push_back(std::move(backend));
      } else if (!item.value.text.empty()) {
        into.push_back(read_cache_backend(item.value.text, item.span));
        into.back().understood = into.back().understood && item.value.complete;
      }
    }
  }

  std::string_view text_;
  Variables variables_;
  std::map<std::string, DataNode, std::less<>> values_;
  std::set<std::string, std::less<>> under_way_;
  std::vector<Target> targets_;
  std::set<std::string, std::less<>> grouped_;
};

}  // namespace

BuildFile read_bake(std::string_view text) {
  Bake bake(text);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  std::string fault = json ? bake.load_json() : bake.load_hcl();
  return {BuildFileKind::bake, std::move(fault), bake.builds()};
}

}  // namespace keyline::analysis
