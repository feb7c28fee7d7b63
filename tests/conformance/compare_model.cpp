#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/conformance/compare.h"
#include "tests/conformance/steps.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

using analysis::Model;
using analysis::Op;
using analysis::Step;
using analysis::StepId;
using analysis::SyntaxTree;
using nlohmann::json;

namespace {

std::vector<Range> ranges_of(const json& vertex) {
  std::vector<Range> ranges;
  if (vertex.contains("l")) ranges.emplace_back(vertex["l"][0].get<int>(), vertex["l"][1].get<int>());
  for (const json& range : vertex.value("also", json::array()))
    ranges.emplace_back(range[0].get<int>(), range[1].get<int>());
  return ranges;
}

std::string name_of(const json& vertex) { return vertex.contains("name") ? text_of(vertex["name"]) : ""; }

// Vertices that a reader of the progress output would call steps. Sources of COPY --from and ADD, merges and internal
// vertices belong to the step that uses them.
bool is_step(const json& vertex) {
  if (!vertex.contains("l")) return false;
  const std::string op = vertex.at("op").get<std::string>();
  return op == "exec" || op == "file" || (op == "source" && name_of(vertex).starts_with('['));
}

// The steps of ours at the lines of a vertex, of the same kind.
std::vector<StepId> steps_at(const SyntaxTree& tree, const Model& model, const json& vertex) {
  const std::string op = vertex.at("op").get<std::string>();
  const Op wanted = op == "exec" ? Op::exec : op == "source" ? Op::image : Op::file;
  std::vector<StepId> found;
  const std::vector<Range> ranges = ranges_of(vertex);
  for (StepId id = 0; id < model.steps.size(); ++id) {
    const Step& step = model.steps[id];
    if (counts(model, step) && step.op == wanted &&
        std::find(ranges.begin(), ranges.end(), lines_of(tree, model, step)) != ranges.end())
      found.push_back(id);
  }
  return found;
}

std::string lines_text(const Range& range) { return fmt::format("line {}", range.first); }

void compare_steps(const SyntaxTree& tree, const Model& model, const json& vertices, Agreement& agreement) {
  std::set<Range> known;
  for (const json& vertex : vertices) {
    // A FROM whose image a COPY --from names too may bear that one's name.
    if (vertex.at("op") == "source" && vertex.contains("l"))
      for (const Range& range : ranges_of(vertex)) known.insert(range);
    if (!is_step(vertex)) continue;
    for (const Range& range : ranges_of(vertex)) {
      known.insert(range);
      const bool there = std::any_of(model.steps.begin(), model.steps.end(), [&](const Step& step) {
        return counts(model, step) && lines_of(tree, model, step) == range;
      });
      agreement.compare("steps", there,
                        fmt::format("{}: keyline has no such step: {}", lines_text(range), name_of(vertex)));
    }
    const std::vector<StepId> ours = steps_at(tree, model, vertex);
    if (ours.empty()) continue;
    const bool named = std::any_of(ours.begin(), ours.end(),
                                   [&](StepId id) { return analysis::step_name(model, tree, id) == name_of(vertex); });
    if (named)
      agreement.agrees("step names");
    else
      agreement.compare("step names", lines_text(ranges_of(vertex)[0]), analysis::step_name(model, tree, ours[0]),
                        name_of(vertex));
  }
  for (StepId id = 0; id < model.steps.size(); ++id)
    if (const Step& step = model.steps[id]; counts(model, step))
      agreement.compare("steps", known.contains(lines_of(tree, model, step)),
                        fmt::format("{}: BuildKit has no such step: {}", lines_text(lines_of(tree, model, step)),
                                    analysis::step_name(model, tree, id)));
}

// Edges as "consumer line <- producer", with one line standing for all that BuildKit merged into one vertex.
class Edges {
 public:
  explicit Edges(const json& vertices) : vertices_(vertices) {
    for (const json& vertex : vertices) {
      if (!is_step(vertex)) continue;
      const std::vector<Range> ranges = ranges_of(vertex);
      const int lowest = std::min_element(ranges.begin(), ranges.end())->first;
      for (const Range& range : ranges) same_.try_emplace(range.first, lowest);
    }
  }

  int representative(int line) const {
    const auto found = same_.find(line);
    return found == same_.end() ? line : found->second;
  }

  std::set<std::string> theirs() const {
    std::set<std::string> edges;
    for (const json& vertex : vertices_) {
      const std::string op = vertex.at("op").get<std::string>();
      if (!vertex.contains("l") || op == "source") continue;
      const int line = representative(vertex["l"][0].get<int>());
      for (const json& input : vertex.value("in", json::array()))
        add(edges, line, vertices_[input[0].get<std::size_t>()]);
    }
    return edges;
  }

  std::set<std::string> ours(const SyntaxTree& tree, const Model& model) const {
    std::set<std::string> edges;
    const auto line_of = [&](StepId id) { return representative(lines_of(tree, model, model.steps[id]).first); };
    const auto link = [&](int line, StepId producer) {
      edges.insert(model.steps[producer].op == Op::image ? fmt::format("{} <- image", line)
                                                         : fmt::format("{} <- {}", line, line_of(producer)));
    };
    for (StepId id = 0; id < model.steps.size(); ++id) {
      const Step& step = model.steps[id];
      if (!counts(model, step) || step.op == Op::image) continue;
      if (step.parent != analysis::none) link(line_of(id), step.parent);
      for (const analysis::Origin& origin : step.origins) {
        using Kind = analysis::Origin::Kind;
        if (origin.kind == Kind::context || origin.kind == Kind::named_context)
          edges.insert(fmt::format("{} <- context", line_of(id)));
        if (origin.kind == Kind::image) edges.insert(fmt::format("{} <- image", line_of(id)));
        if (origin.kind == Kind::remote || origin.kind == Kind::git)
          edges.insert(fmt::format("{} <- remote", line_of(id)));
        if (origin.kind == Kind::stage && origin.stage != analysis::none &&
            model.stages[origin.stage].last_op != analysis::none)
          link(line_of(id), model.stages[origin.stage].last_op);
      }
    }
    return edges;
  }

 private:
  void add(std::set<std::string>& edges, int line, const json& producer) const {
    const std::string op = producer.at("op").get<std::string>();
    if (op == "source") {
      const std::string id = text_of(producer.at("id"));
      const bool image = id.starts_with("docker-image:"), local = id.starts_with("local:");
      edges.insert(fmt::format("{} <- {}", line, image ? "image" : local ? "context" : "remote"));
    } else if (!producer.contains("l")) {
      for (const json& input : producer.value("in", json::array()))
        add(edges, line, vertices_[input[0].get<std::size_t>()]);
    } else if (const int other = representative(producer["l"][0].get<int>()); other != line) {
      edges.insert(fmt::format("{} <- {}", line, other));
    }
  }

  const json& vertices_;
  std::map<int, int> same_;
};

// A path in a container: joined to the working directory, cleaned, with the final slash it was given.
std::string resolved(const std::string& workdir, std::string_view path) {
  const std::string whole = path.starts_with('/') ? std::string(path) : workdir + "/" + std::string(path);
  std::vector<std::string> parts;
  std::string part;
  for (const char letter : whole + "/") {
    if (letter != '/') {
      part += letter;
      continue;
    }
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    part.clear();
  }
  std::string clean;
  for (const std::string& name : parts) clean += "/" + name;
  return clean.empty() ? "/" : clean;
}

std::string keep_slash(std::string clean, std::string_view written) {
  return written.ends_with('/') && clean != "/" ? clean + "/" : clean;
}

std::string mount_text(const analysis::Mount& mount, const std::string& workdir) {
  using Type = analysis::Mount::Type;
  const std::string target = keep_slash(resolved(workdir, mount.target.text), mount.target.text);
  switch (mount.type) {
    case Type::bind: {
      const std::string source = resolved("/", mount.source.text);
      return fmt::format("bind {} source={} {}", target, source, mount.read_only ? "ro" : "rw");
    }
    case Type::cache:
      return fmt::format("cache {} id={} sharing={} {}", target, mount.id.text, mount.sharing,
                         mount.read_only ? "ro" : "rw");
    case Type::tmpfs:
      return fmt::format("tmpfs {}", target);
    case Type::secret:
      return fmt::format("secret {} env={} required={}", mount.id.text, mount.env.value_or(""), mount.required);
    case Type::ssh:
      return fmt::format("ssh {} required={}", mount.id.text, mount.required);
    case Type::unknown:
      break;
  }
  return "unknown";
}

std::set<std::string> mount_texts(const json& vertex) {
  std::set<std::string> texts;
  std::set<std::string> secret_files;
  for (const json& mount : vertex.value("mounts", json::array())) {
    const std::string type = mount.at("type").get<std::string>();
    const std::string target = text_of(mount.at("target"));
    const char* access = mount.value("ro", false) ? "ro" : "rw";
    // The script of a here-document that names its interpreter, and a root that is mounted elsewhere too.
    if (type == "bind" && (target == "/dev/pipes/" || target == "/")) continue;
    if (type == "bind") texts.insert(fmt::format("bind {} source={} {}", target, mount.value("selector", "/"), access));
    if (type == "cache")
      texts.insert(fmt::format("cache {} id={} sharing={} {}", target, text_of(mount.at("cache_id")).substr(1),
                               mount.at("sharing").get<std::string>(), access));
    if (type == "tmpfs") texts.insert(fmt::format("tmpfs {}", target));
    if (type == "secret") {
      const json& secret = mount.at("secret");
      secret_files.insert(text_of(secret.at("id")));
      texts.insert(
          fmt::format("secret {} env={} required={}", text_of(secret.at("id")), "", !secret.value("optional", false)));
    }
    if (type == "ssh") {
      const json& ssh = mount.at("ssh");
      texts.insert(fmt::format("ssh {} required={}", text_of(ssh.at("id")), !ssh.value("optional", false)));
    }
  }
  for (const json& secret : vertex.value("secretenv", json::array())) {
    const std::string id = text_of(secret.at("id"));
    const bool required = !secret.value("optional", false);
    texts.erase(fmt::format("secret {} env= required={}", id, required));
    texts.insert(fmt::format("secret {} env={} required={}", id, text_of(secret.at("name")), required));
  }
  return texts;
}

std::string environment_text(const json& vertex, const json& table) {
  std::string text;
  for (const json& index : vertex.value("env", json::array())) {
    const std::string setting = text_of(table.at(index.get<std::size_t>()));
    if (!setting.starts_with("SSH_AUTH_SOCK=/run/buildkit/")) text += setting + "\n";
  }
  return text;
}

void compare_exec(const Model& model, const Step& step, const json& vertex, const json& table, Agreement& agreement) {
  const std::string where = lines_text(ranges_of(vertex)[0]);
  std::string environment;
  for (const analysis::Definition* definition : analysis::environment(model, step.environment))
    environment += definition->name + "=" + definition->value.text + "\n";
  agreement.compare("environment", where, environment, environment_text(vertex, table));
  agreement.compare("workdir", where, step.workdir.text, vertex.contains("cwd") ? text_of(vertex["cwd"]) : "/");
  agreement.compare("user", where, step.user.text, vertex.contains("user") ? text_of(vertex["user"]) : "");
  std::set<std::string> mounts;
  for (const analysis::Mount& mount : step.mounts) mounts.insert(mount_text(mount, step.workdir.text));
  const std::set<std::string> expected = mount_texts(vertex);
  if (!mounts.empty() || !expected.empty())
    agreement.compare("mounts", mounts == expected, fmt::format("{}: {}", where, difference(mounts, expected)));
}

void compare_copy(const Step& step, const json& vertex, Agreement& agreement) {
  if (step.keyword != analysis::Keyword::copy && step.keyword != analysis::Keyword::add) return;
  const std::string where = lines_text(ranges_of(vertex)[0]);
  std::vector<std::string> theirs;
  std::string destination;
  bool parents = false;
  for (const json& action : vertex.at("actions")) {
    if (action.at("a") != "copy") continue;
    theirs.push_back(text_of(action.at("src")));
    destination = text_of(action.at("dest"));
    parents = parents || action.contains("include");
  }
  agreement.compare("destination", where, step.destination.text, destination);
  const bool plain = std::all_of(step.origins.begin(), step.origins.end(), [](const analysis::Origin& origin) {
    using Kind = analysis::Origin::Kind;
    return origin.kind == Kind::context || origin.kind == Kind::stage || origin.kind == Kind::image;
  });
  // Sources of --parents go into patterns, and those of URLs and here-documents are named by their content's file.
  if (!plain || parents) return;
  std::vector<std::string> ours;
  for (const analysis::Value& source : step.sources) ours.push_back(resolved("/", source.text));
  agreement.compare("sources", where, fmt::format("{}", fmt::join(ours, " ")),
                    fmt::format("{}", fmt::join(theirs, " ")));
}

}  // namespace

analysis::BuildOptions options_of_truth(const SyntaxTree& tree,
                                        const std::map<std::string, std::string, std::less<>>& arguments) {
  analysis::BuildOptions options;
  options.arguments = arguments;
  options.platform = "linux/amd64";
  const analysis::ImageConfig stub{
      .environment = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}},
      .user = {},
      .workdir = {},
      .digest = {},
      .layers = {},
      .shell = {},
      .onbuild = {}};
  const Model model = analysis::build_model(tree, options);
  for (const analysis::Stage& stage : model.stages) options.images[stage.base.text] = stub;
  return options;
}

void compare_stages(const SyntaxTree& tree, const Model& model, const json& truth, Agreement& agreement) {
  const auto instructions = truth.find("instructions");
  if (instructions == truth.end() || !instructions->value("ok", false)) return;
  const json stages = instructions->value("stages", json::array());
  agreement.compare("stages", "number", std::to_string(model.stages.size()), std::to_string(stages.size()));
  for (std::size_t i = 0; i < std::min(model.stages.size(), stages.size()); ++i) {
    const analysis::Item& item = tree.items[model.stages[i].item];
    const auto [first, last] = lines_of(item);
    const std::string where = fmt::format("line {}", stages[i].at("l")[0].get<int>());
    agreement.compare("stages", where, fmt::format("{}-{}", first, last),
                      fmt::format("{}-{}", stages[i]["l"][0].get<int>(), stages[i]["l"][1].get<int>()));
    agreement.compare("stages", where, model.stages[i].name, text_of(stages[i].at("name")));
    const auto& words = item.instruction->arguments;
    agreement.compare("stages", where, words.empty() ? "" : words[0].text, text_of(stages[i].at("base")));
    const analysis::Flag* platform = item.instruction->flag("platform");
    agreement.compare("stages", where, platform == nullptr ? "" : platform->value().value_or(""),
                      stages[i].contains("platform") ? text_of(stages[i]["platform"]) : "");
  }
}

void compare_graph(const SyntaxTree& tree, const Model& model, const json& graph, Agreement& agreement) {
  if (!graph.value("ok", false)) return;
  const json& vertices = graph.at("vertices");
  compare_steps(tree, model, vertices, agreement);
  const Edges edges(vertices);
  const std::set<std::string> ours = edges.ours(tree, model), theirs = edges.theirs();
  agreement.compare("edges", ours == theirs, difference(ours, theirs));
  const json table = graph.value("envtab", json::array());
  for (const json& vertex : vertices) {
    if (!is_step(vertex)) continue;
    for (const StepId id : steps_at(tree, model, vertex)) {
      if (vertex.at("op") == "exec") compare_exec(model, model.steps[id], vertex, table, agreement);
      if (vertex.at("op") == "file") compare_copy(model.steps[id], vertex, agreement);
    }
  }
}

}  // namespace keyline::conformance
