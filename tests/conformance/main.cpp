// Replays a corpus of real Dockerfiles and prints, field by field, in how many of them keyline reads what BuildKit
// reads. `keyline_conformance [DATA] [--list FIELD]...`; DATA is $KEYLINE_DATA, or ../shared, unless
// named. `keyline_conformance --oracle FILE` replays just these recorded builds and lists every difference.
// Exit 0: full agreement, 1: some disagreement, 2: wrong usage, 3: no corpus at DATA.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "tests/conformance/agreement.h"
#include "tests/conformance/compare.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/truth.h"

namespace keyline::conformance {

namespace {

using nlohmann::json;

void compare_model_and_graph(const analysis::SyntaxTree& tree, const json& truth, Agreement& agreement) {
  const analysis::BuildOptions options = options_of_truth(tree, {});
  const analysis::Model model = analysis::build_model(tree, options);
  compare_errors(tree, model, truth, agreement);
  compare_stages(tree, model, truth, agreement);
  if (const auto snapshot =
          analysis::analyze({.text = tree.text, .context = {}, .build = options, .rules = {}}, nullptr, {}))
    compare_checks(tree, snapshot->findings, truth, agreement);
  if (truth.contains("graph")) compare_graph(tree, model, truth["graph"], agreement);
  if (truth.contains("targets") && truth.contains("graph")) compare_targets(tree, options, truth, agreement);
  if (truth.contains("sensitivity")) compare_arguments(tree, options, truth["sensitivity"], agreement);
  if (!truth.contains("with_args")) return;
  const json& given = truth["with_args"];
  std::map<std::string, std::string, std::less<>> arguments;
  for (const auto& [name, value] : given.at("args").items()) arguments[name] = text_of(value);
  const analysis::BuildOptions completed = options_of_truth(tree, arguments);
  if (given.contains("graph")) compare_graph(tree, analysis::build_model(tree, completed), given["graph"], agreement);
  if (given.contains("sensitivity")) compare_arguments(tree, completed, given["sensitivity"], agreement);
}

void compare_file(const std::string& bytes, const json& truth, Agreement& agreement) {
  agreement.begin_file(truth.at("id").get<std::string>());
  const auto text = std::make_shared<const std::string>(bytes);
  const std::shared_ptr<const analysis::Snapshot> snapshot =
      analysis::analyze({.text = text, .context = {}, .build = {}, .rules = {}}, nullptr, {});
  agreement.compare("prints back", snapshot != nullptr && analysis::print(snapshot->tree) == bytes,
                    "the tree prints other bytes");
  compare_syntax(snapshot->tree, truth, agreement);
  compare_model_and_graph(snapshot->tree, truth, agreement);
}

// Prints the table. False when there is no such file.
bool replay_builds(const std::filesystem::path& cases, Agreement& builds) {
  OracleCounts counts;
  const bool found = replay_oracle(cases, builds, counts);
  if (found)
    fmt::print("\n{}\nsteps predicted: {} of {}, {} of them left open until a step has run\n", builds.table(),
               counts.steps - counts.wrong, counts.steps, counts.left_open);
  else
    fmt::print("skipped: no recorded builds at {}\n", cases.string());
  return found;
}

int run_builds(const std::filesystem::path& cases) {
  Agreement builds;
  if (!replay_builds(cases, builds)) return 3;
  fmt::print("\n{}", builds.differences());
  return builds.complete() ? 0 : 1;
}

int run(const std::filesystem::path& data, const std::vector<std::string>& listed) {
  Agreement agreement;
  const auto folder = data / "corpus" / "dev";
  const bool has_corpus =
      each_file(folder, [&](const std::string& bytes, const json& truth) { compare_file(bytes, truth, agreement); });
  if (has_corpus)
    fmt::print("{}", agreement.table());
  else
    fmt::print("skipped: no corpus of Dockerfiles at {}\n", folder.string());
  Agreement builds;
  const bool has_oracle = replay_builds(data / "oracle" / "dev.jsonl", builds);
  if (!has_corpus && !has_oracle) return 3;
  for (const std::string& field : listed) {
    const Agreement& sheet = builds.has(field) ? builds : agreement;
    if (!sheet.has(field)) {
      fmt::print(stderr, "no field is called \"{}\"\n", field);
      return 2;
    }
    fmt::print("\n{}:\n{}", field, sheet.differences(field));
  }
  return agreement.complete() && builds.complete() ? 0 : 1;
}

}  // namespace

}  // namespace keyline::conformance

int main(int count, char** values) {
  std::filesystem::path data;
  std::vector<std::string> listed;
  for (int i = 1; i < count; ++i) {
    const std::string argument = values[i];
    if (argument == "--list" && i + 1 < count) {
      listed.emplace_back(values[++i]);
    } else if (argument == "--oracle" && i + 2 == count) {
      return keyline::conformance::run_builds(values[++i]);
    } else if (data.empty() && !argument.starts_with('-')) {
      data = argument;
    } else {
      fmt::print(stderr, "usage: keyline_conformance [DATA] [--list FIELD]... | --oracle FILE\n");
      return 2;
    }
  }
  if (data.empty()) {
    const char* folder = std::getenv("KEYLINE_DATA");
    data = folder != nullptr ? folder : "../shared";
  }
  return keyline::conformance::run(data, listed);
}
