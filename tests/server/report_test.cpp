#include "server/cli/report.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

namespace {

using keyline::analysis::EditList;
using keyline::analysis::Finding;
using keyline::analysis::Offset;
using keyline::analysis::Safety;
using keyline::analysis::Severity;
using keyline::analysis::Snapshot;
using keyline::analysis::Span;
using keyline::server::CheckedFile;
using keyline::server::marked_line;
using keyline::server::report_as_github;
using keyline::server::report_as_gitlab;
using keyline::server::report_as_json;
using keyline::server::report_as_sarif;
using keyline::server::report_as_text;
using keyline::server::Terminal;
using nlohmann::json;

// A snapshot with one finding on line 2 ("COPY . .", which re-runs line 3) and one problem on line 4.
CheckedFile sample(std::string path, const std::string& second_line = "COPY . .") {
  const std::string text = "FROM node:22\n" + second_line + "\nRUN npm ci\nCPOY x y\n";
  const auto place = [&](std::string_view part) {
    const auto begin = static_cast<Offset>(text.find(part));
    return Span{begin, begin + static_cast<Offset>(part.size())};
  };
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->inputs.text = std::make_shared<const std::string>(text);
  snapshot->lines = keyline::analysis::LineIndex(text);
  Finding finding;
  finding.rule = keyline::analysis::find_rule("copy-before-install");
  finding.severity = Severity::warning;
  finding.span = place(second_line);
  finding.message = "`npm ci` re-runs on every source edit, 100% of \"214\" files";
  finding.related.push_back({place("RUN npm ci"), "re-runs every time"});
  EditList edits;
  REQUIRE(edits.add({{finding.span.begin, finding.span.begin}, "COPY package.json ./\n"}));
  finding.fixes.push_back({.title = "Copy package.json first", .safety = Safety::safe, .edits = edits});
  snapshot->findings.push_back(finding);
  snapshot->problems.push_back({place("CPOY"), "unknown instruction: CPOY"});
  return {std::move(path), snapshot, ""};
}

std::vector<CheckedFile> sample_files() {
  std::vector<CheckedFile> files;
  files.push_back(sample("app/my Dockerfile"));
  files.push_back({"gone", nullptr, "no such file or directory"});
  return files;
}

TEST_CASE("text shows the cause, the victims and the way out") {
  CHECK(report_as_text(sample_files(), Terminal{}) ==
        "app/my Dockerfile:2:1: warning: `npm ci` re-runs on every source edit, 100% of \"214\" files "
        "[copy-before-install]\n"
        "    2 | COPY . .\n"
        "      | ^^^^^^^^\n"
        "    3 | RUN npm ci\n"
        "      | ---------- re-runs every time\n"
        "      = fix: Copy package.json first (`keyline fix`)\n"
        "\n"
        "app/my Dockerfile:4:1: error: unknown instruction: CPOY [buildkit-error]\n"
        "    4 | CPOY x y\n"
        "      | ^^^^\n"
        "\n"
        "1 error, 1 warning in 1 of 1 file; `keyline fix` repairs 1; 1 not read\n");
}

TEST_CASE("a mark stands under its word, whatever stands in front of it") {
  const CheckedFile file = sample("Dockerfile", "\tCOPY 漢 .");
  const Span word = {static_cast<Offset>(file.snapshot->text().find(" .\n") + 1),
                     static_cast<Offset>(file.snapshot->text().find(" .\n") + 2)};
  CHECK(marked_line(*file.snapshot, word, '-', "here", 3, Terminal{}) ==
        "    2 |     COPY 漢 .\n"
        "      |             - here\n");
}

TEST_CASE("of a long line only the surroundings of the mark are shown") {
  const CheckedFile file =
      sample("Dockerfile", "COPY " + std::string(1000000, 'x') + " needle " + std::string(1000, 'y'));
  const auto begin = static_cast<Offset>(file.snapshot->text().find("needle"));
  const std::string shown = marked_line(*file.snapshot, {begin, begin + 6}, '^', "", 3, Terminal{});
  CHECK(shown.size() < 400);
  const std::size_t line_end = shown.find('\n');
  // The cut is marked by one sign of three bytes.
  CHECK(shown.find("needle") - 2 == shown.find("^^^^^^") - line_end - 1);
  CHECK(shown.find("…xxx") != std::string::npos);
  CHECK(shown.substr(0, line_end).ends_with("…"));
}

TEST_CASE("JSON holds everything, counted from 1") {
  const json report = json::parse(report_as_json(sample_files()));
  CHECK(report["version"] == 1);
  REQUIRE(report["files"].size() == 2);
  const json& finding = report["files"][0]["findings"][0];
  CHECK(finding["rule"] == "copy-before-install");
  CHECK(finding["severity"] == "warning");
  CHECK(finding["range"] == json::parse(R"({"start": {"line": 2, "column": 1}, "end": {"line": 2, "column": 9}})"));
  CHECK(finding["related"][0]["range"]["start"]["line"] == 3);
  CHECK(finding["fixes"][0]["safety"] == "safe");
  CHECK(finding["fixes"][0]["edits"][0]["text"] == "COPY package.json ./\n");
  CHECK(report["files"][0]["findings"][1]["rule"] == "buildkit-error");
  CHECK(report["files"][1]["fault"] == "no such file or directory");
  CHECK(report["summary"] == json::parse(R"({"files": 1, "unread": 1, "errors": 1, "warnings": 1, "information": 0})"));
}

TEST_CASE("JSON survives bytes that are not UTF-8") {
  const json report = json::parse(report_as_json({{"caf\xE9", nullptr, "\xFF"}}));
  CHECK(report["files"][0]["path"] == "caf\xEF\xBF\xBD");
}

TEST_CASE("SARIF names rules, places, fixes and what was not read") {
  const json report = json::parse(report_as_sarif(sample_files()));
  CHECK(report["version"] == "2.1.0");
  const json& run = report["runs"][0];
  CHECK(run["columnKind"] == "unicodeCodePoints");
  const json& rules = run["tool"]["driver"]["rules"];
  CHECK(rules.size() == keyline::analysis::all_rules().size() + 1);
  REQUIRE(run["results"].size() == 2);
  for (const json& result : run["results"]) {
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
  }
  const json& result = run["results"][0];
  CHECK(result["level"] == "warning");
  const json& place = result["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "app/my%20Dockerfile");
  CHECK(place["region"] == json::parse(R"({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 9})"));
  CHECK(result["relatedLocations"][0]["message"]["text"] == "re-runs every time");
  const json& change = result["fixes"][0]["artifactChanges"][0];
  CHECK(change["replacements"][0]["insertedContent"]["text"] == "COPY package.json ./\n");
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
  CHECK(run["invocations"][0]["toolExecutionNotifications"].size() == 1);
}

TEST_CASE("fingerprints stay when lines move, and tell equal findings apart") {
  const auto fingerprints = [](const CheckedFile& file) {
    std::vector<std::string> found;
    const json report = json::parse(report_as_sarif({file}));
    for (const json& result : report["runs"][0]["results"]) {
      found.push_back(result["partialFingerprints"]["keyline/v1"]);
    }
    return found;
  };
  const CheckedFile file = sample("Dockerfile");
  auto twice = std::make_shared<Snapshot>(*file.snapshot);
  twice->findings.push_back(twice->findings.front());
  const std::vector<std::string> once = fingerprints(file);
  const std::vector<std::string> doubled = fingerprints({"elsewhere", twice, ""});
  REQUIRE(doubled.size() == 3);
  CHECK(doubled[0] == once[0]);
  CHECK(doubled[1] != doubled[0]);
}

TEST_CASE("GitHub annotations escape what would end them") {
  CheckedFile file = sample("a,b:c");
  CHECK(report_as_github({file}) ==
        "::warning file=a%2Cb%3Ac,line=2,endLine=2,col=1,endColumn=9,title=copy-before-install::"
        "`npm ci` re-runs on every source edit, 100%25 of \"214\" files\n"
        "::error file=a%2Cb%3Ac,line=4,endLine=4,col=1,endColumn=5,title=buildkit-error::unknown instruction: CPOY\n");
}

TEST_CASE("GitLab's report names each finding once, by a path from the root of the repository") {
  std::vector<CheckedFile> files = sample_files();
  files.push_back(sample("./web/Dockerfile"));
  const json report = json::parse(report_as_gitlab(files));
  REQUIRE(report.size() == 5);
  std::set<std::string> fingerprints;
  for (const json& issue : report) fingerprints.insert(issue["fingerprint"].get<std::string>());
  CHECK(fingerprints.size() == report.size());
  CHECK(report[0]["check_name"] == "copy-before-install");
  CHECK(report[0]["severity"] == "major");
  CHECK(report[0]["location"] == json::parse(R"({"path": "app/my Dockerfile", "lines": {"begin": 2}})"));
  CHECK(report[1]["severity"] == "critical");
  CHECK(report[2]["description"] == "no such file or directory");
  CHECK(report[3]["location"]["path"] == "web/Dockerfile");
  CHECK(report_as_gitlab({}) == "[]\n");
}

}  // namespace
