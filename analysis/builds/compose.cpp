#include "analysis/builds/compose.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "analysis/builds/build_command.h"
#include "analysis/builds/data_node.h"
#include "analysis/builds/interpolation.h"

namespace keyline::analysis {

namespace {

constexpr int most_extends = 16;

class ComposeReader {
 public:
  ComposeReader(const DataNode& root, const BuildVariables& variables)
      : services_(root.find("services")), variables_(variables) {}

  std::vector<Build> read() const {
    std::vector<Build> builds;
    if (services_ == nullptr) return builds;
    for (const auto& [name, service] : services_->members) {
      const DataNode build = build_section(service, most_extends);
      if (build.kind == DataNode::Kind::null) continue;
      builds.push_back(read_build(name, service, build));
    }
    return builds;
  }

 private:
  BuildText text_of(const DataNode& node) const { return interpolate(node.value, variables_); }

  // The service's own section on top of that of the service it extends.
  DataNode build_section(const DataNode& service, int left) const {
    DataNode section;
    if (const DataNode* own = service.find("build")) section = *own;
    if (section.is_scalar()) {
      DataNode map{.kind = DataNode::Kind::map, .span = section.span};
      DataNode key{.kind = DataNode::Kind::scalar, .value = {.text = "context", .span = section.span}};
      map.members.emplace_back(std::move(key), std::move(section));
      section = std::move(map);
    }
    const DataNode* extends = service.find("extends");
    if (extends == nullptr || left == 0) return section;
    if (extends->find("file") != nullptr) return section;  // another file's: that one is read by itself
    const DataNode* name = extends->is_scalar() ? extends : extends->find("service");
    const DataNode* base = name == nullptr ? nullptr : services_->find(name->value.text);
    if (base == nullptr) return section;
    DataNode inherited = build_section(*base, left - 1);
    if (section.kind != DataNode::Kind::map) return inherited;
    for (auto& member : inherited.members) {
      if (section.find(member.first.value.text) == nullptr) section.members.push_back(std::move(member));
    }
    return section;
  }

  Build read_build(const DataNode& name, const DataNode& service, const DataNode& section) const {
    Build build;
    build.name = "service " + name.value.text;
    build.span = name.span;
    const DataNode* context = section.find("context");
    const DataNode* dockerfile = section.find("dockerfile");
    BuildText directory = context != nullptr && context->is_scalar() ? text_of(*context) : BuildText{.text = "."};
    BuildText file = dockerfile != nullptr && dockerfile->is_scalar() ? text_of(*dockerfile) : BuildText{};
    set_paths(build, ".", std::move(directory), std::move(file), true);
    if (section.find("dockerfile_inline") != nullptr) build.dockerfile = {};
    if (const DataNode* target = section.find("target")) build.target = text_of(*target);
    if (const DataNode* arguments = section.find("args")) build.arguments = read_arguments(*arguments);
    if (const DataNode* contexts = section.find("additional_contexts")) read_contexts(*contexts, build);
    for (const auto& [key, into] : {std::pair{"cache_from", &build.cache_from}, {"cache_to", &build.cache_to}}) {
      for (const BuildText& each : list_of(section, key)) {
        into->push_back(read_cache_backend(each.text, each.span));
        into->back().understood = into->back().understood && each.complete;
      }
    }
    build.platforms = list_of(section, "platforms");
    if (build.platforms.empty()) {
      if (const DataNode* platform = service.find("platform")) build.platforms.push_back(text_of(*platform));
    }
    if (const DataNode* secrets = section.find("secrets")) {
      for (const DataNode& each : secrets->items) {
        const DataNode* id = each.is_scalar() ? &each : each.find("source");
        if (id != nullptr) build.secrets.push_back(id->value.text);
      }
    }
    if (const DataNode* no_cache = section.find("no_cache"); no_cache != nullptr && no_cache->is_true())
      build.no_cache = no_cache->span;
    return build;
  }

  std::vector<BuildText> list_of(const DataNode& section, std::string_view key) const {
    std::vector<BuildText> texts;
    const DataNode* node = section.find(key);
    if (node == nullptr) return texts;
    if (node->is_scalar()) texts.push_back(text_of(*node));
    for (const DataNode& item : node->items) texts.push_back(text_of(item));
    return texts;
  }

  // A map, or a list of NAME=VALUE; a name alone takes what the caller's environment or .env says.
  std::vector<BuildArgument> read_arguments(const DataNode& node) const {
    std::vector<BuildArgument> arguments;
    for (const auto& [name, value] : node.members) {
      BuildArgument argument{name.value.text, name.span, std::nullopt};
      if (value.is_scalar()) argument.value = text_of(value);
      add(arguments, std::move(argument));
    }
    for (const DataNode& item : node.items) {
      if (!item.is_scalar()) continue;
      BuildText text = text_of(item);
      const std::size_t equals = text.text.find('=');
      BuildArgument argument{text.text.substr(0, equals), item.span, std::nullopt};
      if (equals != std::string::npos) {
        text.text.erase(0, equals + 1);
        argument.value = std::move(text);
      }
      add(arguments, std::move(argument));
    }
    return arguments;
  }

  void add(std::vector<BuildArgument>& arguments, BuildArgument argument) const {
    if (!argument.value) {
      const auto set = variables_.find(argument.name);
      if (set != variables_.end())
        argument.value = BuildText{.text = set->second, .span = argument.name_span, .open = {"$" + argument.name}};
    }
    arguments.push_back(std::move(argument));
  }

  void read_contexts(const DataNode& node, Build& build) const {
    for (const auto& [name, value] : node.members) build.contexts.push_back({name.value.text, text_of(value)});
    for (const DataNode& item : node.items) {
      BuildText text = text_of(item);
      const std::size_t equals = text.text.find('=');
      if (equals == std::string::npos) continue;
      std::string name = text.text.substr(0, equals);
      text.text.erase(0, equals + 1);
      build.contexts.push_back({std::move(name), std::move(text)});
    }
  }

  const DataNode* services_;
  const BuildVariables& variables_;
};

}  // namespace

BuildFile read_compose(std::string_view text, const BuildVariables& variables) {
  const DataDocument document = read_yaml(text);
  return {BuildFileKind::compose, document.fault, ComposeReader(document.root, variables).read()};
}

}  // namespace keyline::analysis
