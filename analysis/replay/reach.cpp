#include "analysis/replay/reach.h"

#include <optional>
#include <utility>

#include "analysis/cache/operations.h"
#include "analysis/context/glob.h"

namespace keyline::analysis {

namespace {

std::string_view behind(std::string_view path, std::size_t root) {
  return root == path.size() ? std::string_view() : path.substr(root + 1);
}

// What of the path lies below the entry that the source names: "" for that itself, nothing when it is not selected.
std::optional<std::string_view> selected(std::string_view source, bool wildcard, std::string_view path) {
  if (source == ".") return path;
  if (!wildcard) {
    const bool within = path.starts_with(source) && (path.size() == source.size() || path[source.size()] == '/');
    if (!within) return std::nullopt;
    return behind(path, source.size());
  }
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    if (glob_matches(source, path.substr(0, end)))
      return behind(path, end == std::string_view::npos ? path.size() : end);
    if (end == std::string_view::npos) return std::nullopt;
  }
}

}  // namespace

Reach::Reach(const SyntaxTree& tree, const Model& model, const BuildOptions& options, const Dockerignore& dockerignore)
    : dockerignore_(dockerignore) {
  for (const Operation& operation : operations_of(model, tree, options).all) {
    if (operation.step == none || !model.stages[model.steps[operation.step].stage].reachable) continue;
    for (const OperationInput& input : operation.inputs) {
      if (input.from != OperationInput::From::context) continue;
      for (const OperationInput::Selector& selector : input.selectors) {
        std::string lines;
        for (const std::string& exclude : operation.excludes) lines += exclude + '\n';
        excludes_.emplace_back(lines);
        sources_.push_back(
            {operation.step, selector.path, selector.known, has_wildcard(selector.path), operation.excludes});
      }
    }
  }
}

Hit Reach::hit(std::size_t source, std::string_view path) const {
  return hit_as(source, sources_[source].path, sources_[source].wildcard, path);
}

Hit Reach::hit_as(std::size_t source, std::string_view spelled, bool wildcard, std::string_view path) const {
  if (!sources_[source].known) return Hit::maybe;
  const std::optional<std::string_view> rest = selected(spelled, wildcard, path);
  if (!rest) return Hit::no;
  const bool excluded = !rest->empty() && !sources_[source].excludes.empty() && excludes_[source].match(*rest).ignored;
  return excluded ? Hit::maybe : Hit::certain;
}

}  // namespace keyline::analysis
