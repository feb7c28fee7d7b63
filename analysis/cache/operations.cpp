// Own keys leave out what BuildKit leaves out: names, comments, positions, most cache mount ids, secret values.
#include "analysis/cache/operations.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "analysis/cache/digest.h"
#include "analysis/cache/mount_key.h"
#include "analysis/context/source_match.h"
#include "analysis/model/reference.h"
#include "analysis/syntax/expand.h"
#include "analysis/syntax/words.h"
#include "analysis/text/ascii.h"
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

// Build arguments that change keys although no ARG declares them (cache-model 2.3).
std::string_view argument_of(const BuildOptions& options, std::string_view name) {
  const auto found = options.arguments.find(name);
  return found == options.arguments.end() ? std::string_view() : found->second;
}

// An owner as a file operation keeps it: numbers as numbers, root and nothing as 0 (client/llb/fileop.go). No owner and
// no group are other things than 0.
std::string owner(std::string_view text) {
  if (text.empty()) return "";
  const auto id = [](std::string_view name) -> std::string {
    if (name.empty() || name == "root") return "0";
    const std::string_view digits = name.substr(name.front() == '+' ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::string(name);
    return std::string(digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)));
  };
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? id(text) : id(text.substr(0, colon)) + ":" + id(text.substr(colon + 1));
}

// "linux/amd64" for "Linux/x86_64", "linux/amd64/v1" and, where that is what the builder builds for, "linux" and
// nothing at all (containerd/platforms: Normalize). "" is not known.
std::string normal_platform(std::string_view text, std::string_view builder) {
  std::vector<std::string> parts;
  std::string rest = to_lower(text.empty() ? builder : text);
  for (std::size_t slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
    parts.push_back(rest.substr(0, slash));
    rest.erase(0, slash + 1);
  }
  if (!rest.empty()) parts.push_back(rest);
  if (parts.size() < 2) return parts.empty() || text.empty() || builder.empty() ? rest : normal_platform(builder, "");
  std::string& architecture = parts[1];
  if (architecture == "x86_64" || architecture == "x86-64") architecture = "amd64";
  if (architecture == "aarch64") architecture = "arm64";
  const bool plain = parts.size() > 2 && ((architecture == "amd64" && parts[2] == "v1") ||
                                          (architecture == "arm64" && (parts[2] == "v8" || parts[2] == "8")));
  if (plain) parts.pop_back();
  std::string normal = parts[0] + "/" + architecture;
  for (std::size_t i = 2; i < parts.size(); ++i) normal += "/" + parts[i];
  return normal;
}

// A flag that is on or off; nothing when it is not given.
std::optional<bool> switch_of(const Flag* flag) {
  if (flag == nullptr) return std::nullopt;
  const std::string value = to_lower(flag->value().value_or("true"));
  return value != "false" && value != "f" && value != "0";
}

class OperationBuilder {
 public:
  OperationBuilder(const Model& model, const SyntaxTree& tree, const BuildOptions& options)
      : model_(model), tree_(tree), options_(options) {}

  Operations build() {
    operations_.of_step.assign(model_.steps.size(), none);
    operations_.result_of_step.assign(model_.steps.size(), none);
    for (StepId id = 0; id < model_.steps.size(); ++id) {
      const Step& step = model_.steps[id];
      if (step.op == Op::nothing) continue;
      Operation operation = step.op == Op::image               ? image_of(model_.stages[step.stage])
                            : step.op == Op::exec              ? exec_of(step)
                            : step.keyword == Keyword::workdir ? mkdir_of(step)
                                                               : copy_of(step);
      operation.step = id;
      operations_.of_step[id] = operations_.result_of_step[id] = add(std::move(operation));
      if (step.independent && step.parent != none) operations_.result_of_step[id] = add(merge_of(step, id));
    }
    return std::move(operations_);
  }

 private:
  OperationId add(Operation operation) {
    operations_.all.push_back(std::move(operation));
    return static_cast<OperationId>(operations_.all.size() - 1);
  }

  static OperationInput chain(OperationId operation) {
    OperationInput input;
    input.from = operation == none ? OperationInput::From::scratch : OperationInput::From::operation;
    input.operation = operation;
    return input;
  }
  OperationId below(const Step& step) const {
    return step.parent == none ? none : operations_.result_of_step[step.parent];
  }

  // The digest of the reference stands in for one that is not known: it says where the builder looks it up.
  Operation image_of(const Stage& stage) const {
    Operation image;
    image.kind = Operation::Kind::image;
    image.reference = normalized_reference(stage.base.text);
    image.digest = stage.digest;
    image.named_context = stage.named_context;
    if (const auto known = options_.images.find(stage.base.text); known != options_.images.end())
      image.layers = known->second.layers;
    image.platform = normal_platform(stage.platform.text, options_.platform);
    image.own = Digest().add("image").add(image.platform).add(stage.named_context).hex();
    return image;
  }

  // An image that has no FROM: `COPY --from=nginx`. One operation however often it is named.
  OperationId named_image(const Step& step, const std::string& name) {
    const std::string& platform = model_.stages[step.stage].platform.text;
    const auto [known, is_new] = named_images_.try_emplace({name, platform}, none);
    if (is_new) {
      Stage stage;
      stage.base.text = name;
      stage.platform.text = platform;
      stage.digest = pinned_digest(name);
      if (const auto config = options_.images.find(name); stage.digest.empty() && config != options_.images.end())
        stage.digest = config->second.digest;
      if (const auto digest = options_.digests.find(normalized_reference(name));
          stage.digest.empty() && digest != options_.digests.end())
        stage.digest = digest->second;
      known->second = add(image_of(stage));
    }
    return known->second;
  }

  Operation mkdir_of(const Step& step) const {
    Operation mkdir;
    mkdir.kind = Operation::Kind::mkdir;
    Digest own;
    own.add("mkdir").add(step.destination.text).add(step.destination.known);
    own.add(owner(step.user.text)).add(step.user.known);
    mkdir.own = own.add(argument_of(options_, "SOURCE_DATE_EPOCH")).hex();
    mkdir.inputs.push_back(chain(below(step)));
    return mkdir;
  }

  Operation merge_of(const Step& step, StepId id) const {
    Operation merge;
    merge.kind = Operation::Kind::merge;
    merge.step = id;
    merge.own = Digest().add("merge").hex();
    merge.inputs = {chain(below(step)), chain(operations_.of_step[id])};
    return merge;
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

  void add_command(Digest& own, const Step& step) const {
    const Instruction& run = instruction_of(tree_, step);
    const Item& item = tree_.items[step.item];
    const std::vector<Heredoc>& heredocs = item.instruction->heredocs;
    const auto body = [&](const Heredoc& heredoc) { return slice(*tree_.text, item.absolute(heredoc.body)); };
    if (run.json) {
      for (const Word& word : run.arguments) own.add(word.text);
      return;
    }
    std::string text = run.arguments.empty() ? "" : run.arguments[0].text;
    const bool lone = heredocs.size() == 1 && parse_heredoc_marker(text).has_value();
    const std::string script =
        lone ? (heredocs[0].chomp ? chomped(body(heredocs[0])) : std::string(body(heredocs[0]))) : "";
    const bool file = lone && script.starts_with("#!");  // named after the delimiter; the shell runs it
    if (file) own.add("file").add(heredocs[0].name);
    if (lone)
      text = script;
    else
      for (const Heredoc& heredoc : heredocs) text += "\n" + std::string(body(heredoc)) + heredoc.name;
    for (const std::string& word : step.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : step.shell)
      own.add(word);
    own.add(text);
  }

  Operation exec_of(const Step& step) {
    const Instruction& run = instruction_of(tree_, step);
    Operation exec;
    exec.kind = Operation::Kind::exec;
    Digest own;
    own.add("exec");
    add_command(own, step);
    own.add("environment");
    add_environment(own, step);
    own.add(step.workdir.text).add(step.workdir.known).add(step.user.text).add(step.user.known);
    own.add(argument_of(options_, "BUILDKIT_SANDBOX_HOSTNAME"));
    for (const std::string_view name : {"network", "security"}) {
      const Flag* flag = run.flag(name);
      const std::string_view value = flag != nullptr ? flag->value().value_or("") : "";
      own.add(value == "default" || value == "sandbox" ? "" : value);
    }
    for (const Flag& flag : run.flags) {
      if (flag.name() == "device") own.add(flag.text);
    }
    exec.inputs.push_back(chain(below(step)));
    add_mounts(own, step, argument_of(options_, "BUILDKIT_CACHE_MOUNT_NS"));
    for (const std::uint32_t mount : mounts_by_target(step)) {
      for (std::uint32_t i = 0; i < step.origins.size(); ++i) {
        if (step.origins[i].mount == mount) own.add(std::to_string(add_files(exec, step, i)));
      }
    }
    exec.own = own.hex();
    return exec;
  }

  // Adds the files an origin names as an input, or to the input that has them already; gives the input's number.
  std::size_t add_files(Operation& operation, const Step& step, std::uint32_t index) {
    const Origin& origin = step.origins[index];
    OperationInput input;
    input.content = true;
    input.origin = index;
    input.name = origin.name;
    switch (origin.kind) {
      case Origin::Kind::context:
        input.from = OperationInput::From::context;
        break;
      case Origin::Kind::stage: {
        const StepId last = origin.stage == none ? none : model_.stages[origin.stage].last_op;
        input.operation = last == none ? none : operations_.result_of_step[last];
        input.from = input.operation == none ? OperationInput::From::scratch : OperationInput::From::operation;
        input.name = {};
        break;
      }
      case Origin::Kind::image:
        input.operation = origin.name == "scratch" ? none : named_image(step, origin.name);
        input.from = input.operation == none ? OperationInput::From::scratch : OperationInput::From::operation;
        input.name = {};
        break;
      case Origin::Kind::named_context:
        input.from = OperationInput::From::named_context;
        break;
      case Origin::Kind::heredoc:
        input.from = OperationInput::From::heredoc;
        break;
      case Origin::Kind::remote:
      case Origin::Kind::git:
        input.from = origin.kind == Origin::Kind::git ? OperationInput::From::git : OperationInput::From::remote;
        input.pinned = instruction_of(tree_, step).flag("checksum") != nullptr;
        break;
    }
    if (origin.paths.empty() && origin.kind != Origin::Kind::heredoc) input.selectors.push_back({".", true});
    for (const Value& path : origin.paths) input.selectors.push_back({clean_source(path.text), path.known});
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
      OperationInput& other = operation.inputs[i];
      // Each mount from a named context has what it follows there sent on its own.
      const bool sent = input.from == OperationInput::From::named_context;
      const bool same = other.from == input.from && other.operation == input.operation && other.name == input.name &&
                        input.from != OperationInput::From::heredoc && (!sent || other.selectors == input.selectors);
      if (!same) continue;
      const bool root = i == 0 && !other.content;
      // A COPY from the stage it stands on is chained to it. A RUN that mounts its own root takes it by content, whole
      // (cache-model 1.6).
      if (root && operation.kind == Operation::Kind::copy) return i;
      if (root)
        other = {.from = other.from,
                 .operation = other.operation,
                 .name = {},
                 .content = true,
                 .pinned = false,
                 .selectors = {{".", true}},
                 .origin = index};
      else
        other.selectors.insert(other.selectors.end(), input.selectors.begin(), input.selectors.end());
      return i;
    }
    operation.inputs.push_back(std::move(input));
    return operation.inputs.size() - 1;
  }

  Operation copy_of(const Step& step) {
    const Instruction& copy = instruction_of(tree_, step);
    const Item& item = tree_.items[step.item];
    const std::optional<bool> unpack = switch_of(copy.flag("unpack"));
    const bool parents = switch_of(copy.flag("parents")).value_or(false);
    const VariableLookup lookup = [&](std::string_view name) -> VariableValue {
      const Definition* definition = find_variable(model_, step.environment, name);
      if (definition == nullptr) return {};
      return VariableValue::of(definition->value.text, definition->value.known);
    };
    Operation operation;
    operation.kind = Operation::Kind::copy;
    Digest own;
    own.add("copy").add(step.destination.text).add(step.destination.known);
    for (const Value& source : step.sources) {
      if (!copy.json && parse_heredoc_marker(source.text).has_value()) continue;
      const bool remote = std::any_of(step.origins.begin(), step.origins.end(), [&](const Origin& origin) {
        return (origin.kind == Origin::Kind::remote || origin.kind == Origin::Kind::git) && origin.name == source.text;
      });
      own.add(parents ? source.text : base_name(clean_source(source.text))).add(source.known);
      own.add(unpack.value_or(copy.keyword == Keyword::add && !remote));
    }
    // Flags in any order; the values were expanded where BuildKit expands them.
    std::vector<std::string> flags;
    for (const Flag& flag : copy.flags) {
      const std::string_view name = flag.name();
      if (name == "from" || name == "link" || name == "unpack" || name == "checksum" || name == "parents") continue;
      std::string value(flag.value().value_or(""));
      if (name == "chown" || name == "chmod") {
        value = expand(value, lookup, {.escape = tree_.escape}).text;
        if (value.empty()) continue;
      }
      if (name == "chown") value = owner(value);
      if (name == "chmod" && value.starts_with('0'))
        value.erase(0, std::min(value.find_first_not_of('0'), value.size() - 1));
      if (name == "exclude") operation.excludes.push_back(value);
      flags.push_back(std::string(name) + "=" + value);
    }
    // The order of --exclude counts, the order of different flags does not.
    std::stable_sort(flags.begin(), flags.end(), [](const std::string& a, const std::string& b) {
      return a.substr(0, a.find('=')) < b.substr(0, b.find('='));
    });
    for (const std::string& flag : flags) own.add(flag);
    operation.parents = parents;
    own.add(parents);
    for (const Heredoc& heredoc : item.instruction->heredocs) {
      const std::string_view body = slice(*tree_.text, item.absolute(heredoc.body));
      const std::string text = heredoc.chomp ? chomped(body) : std::string(body);
      own.add(heredoc.name).add(heredoc.expand ? expand(text, lookup, {.quotes_are_text = true}).text : text);
    }
    operation.inputs.push_back(chain(step.independent ? none : below(step)));
    for (std::uint32_t i = 0; i < step.origins.size(); ++i) own.add(std::to_string(add_files(operation, step, i)));
    operation.own = own.hex();
    return operation;
  }

  const Model& model_;
  const SyntaxTree& tree_;
  const BuildOptions& options_;
  Operations operations_;
  std::map<std::pair<std::string, std::string>, OperationId> named_images_;
  std::unordered_map<DefinitionId, std::string> environments_;
};

// What an input is called in a definition; files by their names, since contents are not part of it.
void add_input(Digest& digest, const OperationInput& input, const std::vector<std::string>& digests) {
  digest.add("input").add(std::to_string(static_cast<int>(input.from))).add(input.content);
  if (input.from == OperationInput::From::operation)
    digest.add(digests[input.operation]);
  else if (input.from == OperationInput::From::remote)
    digest.add(base_name(std::string_view(input.name).substr(0, input.name.find_first_of("?#"))));
  else
    digest.add(input.name);
  for (const OperationInput::Selector& selector : input.selectors) digest.add(selector.path).add(selector.known);
}

}  // namespace

Operations operations_of(const Model& model, const SyntaxTree& tree, const BuildOptions& options) {
  return OperationBuilder(model, tree, options).build();
}

std::vector<std::string> definition_digests(const Operations& operations) {
  std::vector<std::string> digests;
  for (const Operation& operation : operations.all) {
    Digest digest;
    digest.add(operation.own);
    if (operation.kind == Operation::Kind::image)
      digest.add(operation.digest.empty() ? operation.reference : operation.digest);
    for (const OperationInput& input : operation.inputs) add_input(digest, input, digests);
    digests.push_back(digest.hex());
  }
  return digests;
}

std::vector<std::string> definition_digests(const Model& model, const SyntaxTree& tree) {
  const Operations operations = operations_of(model, tree);
  const std::vector<std::string> digests = definition_digests(operations);
  std::vector<std::string> by_step(model.steps.size());
  for (StepId id = 0; id < by_step.size(); ++id) {
    if (operations.of_step[id] != none) by_step[id] = digests[operations.of_step[id]];
  }
  return by_step;
}

}  // namespace keyline::analysis
