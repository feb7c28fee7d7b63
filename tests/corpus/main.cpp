// Rules and fixes on real Dockerfiles, whose build directories are not known, and on whole projects, whose are.
//   keyline_corpus [DATA] [--every N]      the laws of fixes, on every N-th file; each fault is a line
//   keyline_corpus [DATA] --count FILE     counts anew how often each rule fires, in precision.txt
//   keyline_corpus [DATA] --list RULE      where it fires: FILE:LINE: message
// DATA is $KEYLINE_DATA, or ../shared, unless named. Exit 0: no fault, 1: faults, 2: wrong usage, 3: no corpus at DATA.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "tests/corpus/fix_laws.h"
#include "tests/support/fake_context.h"

namespace keyline::corpus {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Sample {
  std::string name;
  std::string text;
  std::shared_ptr<const analysis::BuildContext> context;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> sorted(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

// The files that git has below the build directory; contents only of the manifests.
Sample project(const fs::path& path) {
  const json data = json::parse(read(path));
  const std::string root = data.at("context").get<std::string>();
  const std::string prefix = root == "." ? "" : root + "/";
  tests::FakeContext::Files files;
  for (const json& file : data.at("files")) {
    const std::string name = file.at(0).get<std::string>();
    if (name.starts_with(prefix)) files.emplace(name.substr(prefix.size()), "");
  }
  for (const auto& [name, text] : data.at("manifests").items()) {
    if (name.starts_with(prefix)) files.insert_or_assign(name.substr(prefix.size()), text.get<std::string>());
  }
  if (data.at("dockerignore_text").is_string())
    files.insert_or_assign(".dockerignore", data.at("dockerignore_text").get<std::string>());
  const std::string dockerfile = data.at("dockerfile").get<std::string>();
  return {
      "projects/" + data.at("name").get<std::string>(), data.at("dockerfile_text").get<std::string>(),
      std::make_shared<tests::FakeContext>(
          std::move(files), tests::FakeContextOptions{
                                .dockerfile = dockerfile.starts_with(prefix) ? dockerfile.substr(prefix.size()) : ""})};
}

template <typename Use>
std::size_t each_file(const fs::path& corpus, std::size_t every, Use use) {
  std::size_t number = 0, used = 0;
  for (const fs::path& path : sorted(corpus / "dev" / "files")) {
    if (number++ % every != 0) continue;
    ++used;
    use(Sample{path.filename().string(), read(path), nullptr});
  }
  return used;
}

template <typename Use>
std::size_t each_project(const fs::path& corpus, Use use) {
  std::size_t used = 0;
  for (const fs::path& path : sorted(corpus / "projects")) {
    if (!fs::exists(path / "project.json")) continue;
    ++used;
    use(project(path / "project.json"));
  }
  return used;
}

int judge(const fs::path& corpus, std::size_t every) {
  FixCounts counts;
  std::size_t faults = 0;
  const auto judge_one = [&](const Sample& sample) {
    for (const std::string& fault : faults_of_fixes(sample.text, sample.context, counts)) {
      ++faults;
      fmt::print("{}: {}\n", sample.name, fault);
    }
  };
  if (each_file(corpus, every, judge_one) == 0) return 3;
  each_project(corpus, judge_one);
  fmt::print("{} files, {} safe fixes, {} for review, {} images compared: {} faults\n", counts.files, counts.safe_fixes,
             counts.review_fixes, counts.images, faults);
  return faults == 0 ? 0 : 1;
}

struct Corpus {
  std::size_t files = 0, projects = 0;
};

analysis::RuleSettings everything_on() {
  analysis::RuleSettings settings;
  for (const analysis::Rule* rule : analysis::all_rules()) {
    if (rule->severity == analysis::Severity::off)
      settings.severities.emplace(rule->id, analysis::Severity::information);
  }
  return settings;
}

// Calls `use` with each finding, rules that are off by default included.
template <typename Use>
Corpus each_finding(const fs::path& corpus, Use use) {
  const auto look = [&](const Sample& sample) {
    const auto snapshot = analysis::analyze({.text = std::make_shared<const std::string>(sample.text),
                                             .context = sample.context,
                                             .build = {},
                                             .rules = everything_on()},
                                            nullptr, {});
    for (const analysis::Finding& finding : snapshot->findings) use(sample, *snapshot, finding);
  };
  return {each_file(corpus, 1, look), each_project(corpus, look)};
}

int list(const fs::path& corpus, const std::string& rule) {
  const auto print = [&](const Sample& sample, const analysis::Snapshot& snapshot, const analysis::Finding& finding) {
    if (finding.rule->id != rule) return;
    fmt::print("{}:{}: {}\n", sample.name, snapshot.lines.line_at(finding.span.begin) + 1, finding.message);
  };
  return each_finding(corpus, print).files == 0 ? 3 : 0;
}

// What was read by hand stays as it is; a rule that is new gets a row that says 0 of it was read.
int count(const fs::path& corpus, const fs::path& table) {
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> counts;
  const Corpus seen =
      each_finding(corpus, [&](const Sample& sample, const analysis::Snapshot&, const analysis::Finding& finding) {
        ++(sample.context ? counts[finding.rule->id].second : counts[finding.rule->id].first);
      });
  if (seen.files == 0) return 3;
  std::map<std::string, std::string> read_by_hand;
  std::string comments;
  std::istringstream old(read(table));
  for (std::string line; std::getline(old, line);) {
    if (line.starts_with('#')) comments += line + "\n";
    std::istringstream words(line);
    std::string rule, in_files, in_projects, rest;
    words >> rule >> in_files >> in_projects;
    std::getline(words >> std::ws, rest);
    read_by_hand[rule] = rest;
  }
  std::ofstream out(table, std::ios::binary);
  out << comments << fmt::format("corpus {} {}\n", seen.files, seen.projects);
  for (const analysis::Rule* rule : analysis::all_rules()) {
    const auto found = read_by_hand.find(std::string(rule->id));
    const auto& [in_files, in_projects] = counts[rule->id];
    out << fmt::format("{} {} {} {}\n", rule->id, in_files, in_projects,
                       found == read_by_hand.end() || found->second.empty() ? "0 0" : found->second);
  }
  return 0;
}

}  // namespace

}  // namespace keyline::corpus

int main(int count, char** values) {
  std::filesystem::path data;
  std::size_t every = 1;
  std::string table;
  std::string listed;
  for (int i = 1; i < count; ++i) {
    const std::string argument = values[i];
    if (argument == "--every" && i + 1 < count && std::atoi(values[i + 1]) > 0) {
      every = static_cast<std::size_t>(std::atoi(values[++i]));
    } else if (argument == "--list" && i + 1 < count) {
      listed = values[++i];
    } else if (argument == "--count" && i + 1 < count) {
      table = values[++i];
    } else if (data.empty() && !argument.starts_with('-')) {
      data = argument;
    } else {
      fmt::print(stderr, "usage: keyline_corpus [DATA] [--every N | --count FILE | --list RULE]\n");
      return 2;
    }
  }
  if (data.empty()) {
    const char* folder = std::getenv("KEYLINE_DATA");
    data = folder != nullptr ? folder : "../shared";
  }
  const std::filesystem::path corpus = data / "corpus";
  const int result = !listed.empty()  ? keyline::corpus::list(corpus, listed)
                     : !table.empty() ? keyline::corpus::count(corpus, table)
                                      : keyline::corpus::judge(corpus, every);
  if (result == 3) fmt::print("skipped: no corpus of Dockerfiles at {}\n", corpus.string());
  return result;
}
