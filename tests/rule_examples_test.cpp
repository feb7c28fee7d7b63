// Every rule proves itself on its own example: it fires, its first fix gives the text it shows, that text is clean, and
// there is nothing left to fix. What users read in the reference is therefore true.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "analysis/rules/registry.h"
#include "analysis/rules/run_facts.h"
#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

namespace {

using keyline::analysis::Finding;
using keyline::analysis::Findings;
using keyline::analysis::Fix;
using keyline::analysis::Model;
using keyline::analysis::Rule;
using keyline::analysis::RuleContext;
using keyline::analysis::Safety;
using keyline::analysis::Severity;
using keyline::analysis::Span;
using keyline::analysis::StepFacts;
using keyline::analysis::SyntaxTree;
using keyline::tests::FakeContext;

struct Archive {
  FakeContext::Files files;
  std::string dockerfile;
};

Archive read_archive(std::string_view text) {
  Archive archive;
  std::string name;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with("-- ") && line.ends_with(" --\n")) {
      std::string_view header = line.substr(3, line.size() - 7);
      name = header.substr(0, header.find(" | "));
      keyline::tests::FakeFile file{std::string()};
      while (header.find(" | ") != std::string_view::npos) {
        header.remove_prefix(header.find(" | ") + 3);
        CHECK(file.read_attribute(header.substr(0, header.find(" | "))));
      }
      archive.files.insert_or_assign(name, std::move(file));
      continue;
    }
    archive.files.at(name).text += line;
  }
  archive.dockerfile = archive.files.at("Dockerfile").text;
  return archive;
}

// A rule that nobody runs unasked shows its example all the same.
Severity shown_severity(const Rule& rule) {
  return rule.severity == Severity::off ? Severity::information : rule.severity;
}

// Those of a rule about build files, and the text that they count in.
struct BuildFindings {
  Findings findings;
  std::string text;
};
BuildFindings find_in_build_files(const Rule& rule, const Archive& archive) {
  const SyntaxTree tree = keyline::analysis::parse(std::make_shared<const std::string>(archive.dockerfile));
  const Model model = keyline::analysis::build_model(tree);
  keyline::analysis::ProjectBuildFiles project;
  for (const auto& [path, file] : archive.files) {
    if (const auto kind = keyline::analysis::build_file_kind(path))
      project.push_back(std::make_shared<keyline::analysis::ProjectBuildFile>(
          keyline::analysis::ProjectBuildFile{path, file.text, keyline::analysis::read_build_file(*kind, file.text)}));
  }
  REQUIRE(project.size() == 1);
  const auto view = [&](const keyline::analysis::Build&) { return keyline::analysis::DockerfileView{&tree, &model}; };
  BuildFindings found{run_build_rules(project, *project.front(), view, {}), project.front()->text};
  std::erase_if(found.findings, [&](const Finding& finding) { return finding.rule != &rule; });
  return found;
}

// The findings of one rule in `text`, all others having run as well.
Findings find(const Rule& rule, const std::string& text, const FakeContext& context) {
  const SyntaxTree tree = keyline::analysis::parse(std::make_shared<const std::string>(text));
  const Model model = keyline::analysis::build_model(tree);
  const keyline::analysis::RuleSettings settings{.severities = {{std::string(rule.id), shown_severity(rule)}}};
  const RuleContext rule_context{tree, model, context};
  Findings findings = keyline::analysis::run_rules(StepFacts(rule_context), settings, {});
  std::erase_if(findings, [&](const Finding& finding) { return finding.rule != &rule; });
  return findings;
}

// An example shows the file that its fix changes.
std::string shown_after(const std::string& dockerfile, const std::string& dockerignore, const Fix& fix) {
  return fix.dockerignore_edits.empty() ? dockerfile : "-- .dockerignore --\n" + dockerignore;
}

bool on_one_line(const std::string& text, Span span) {
  return text.substr(span.begin, span.size()).find('\n') == std::string::npos;
}

std::string crlf(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

}  // namespace

TEST_CASE("every rule fires on its example, and its fix gives what it shows") {
  for (const Rule* rule : keyline::analysis::all_rules()) {
    INFO(rule->id);
    const Archive before = read_archive(rule->example.before);
    if (rule->check_build != nullptr) {
      const BuildFindings found = find_in_build_files(*rule, before);
      REQUIRE(found.findings.size() == 1);
      CHECK(on_one_line(found.text, found.findings.front().span));
      CHECK_FALSE(found.findings.front().span.empty());
      continue;
    }
    const FakeContext context(before.files);
    const Findings findings = find(*rule, before.dockerfile, context);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().severity == shown_severity(*rule));
    CHECK(on_one_line(before.dockerfile, findings.front().span));
    CHECK_FALSE(findings.front().span.empty());
    for (const auto& related : findings.front().related) CHECK(on_one_line(before.dockerfile, related.span));
    if (rule->example.after.empty()) continue;

    REQUIRE_FALSE(findings.front().fixes.empty());
    const Fix& fix = findings.front().fixes.front();
    const std::string after = fix.edits.apply(before.dockerfile);
    const std::string ignored = fix.dockerignore_edits.apply(context.dockerignore().text());
    CHECK(shown_after(after, ignored, fix) == rule->example.after);
    CHECK((fix.safety == Safety::safe) == fix.unproven.empty());
    Archive repaired = before;
    if (!fix.dockerignore_edits.empty()) repaired.files.insert_or_assign(".dockerignore", ignored);
    CHECK(find(*rule, after, FakeContext(repaired.files)).empty());
  }
}

TEST_CASE("examples are repaired in the line endings of the file") {
  for (const Rule* rule : keyline::analysis::all_rules()) {
    if (rule->example.after.empty()) continue;
    INFO(rule->id);
    const Archive before = read_archive(rule->example.before);
    const std::string text = crlf(before.dockerfile);
    const Findings findings = find(*rule, text, FakeContext(before.files));
    REQUIRE(findings.size() == 1);
    const Fix& fix = findings.front().fixes.front();
    if (fix.edits.empty()) continue;
    CHECK(fix.edits.apply(text) == crlf(std::string(rule->example.after)));
  }
}

TEST_CASE("every rule says what it is about") {
  for (const Rule* rule : keyline::analysis::all_rules()) {
    INFO(rule->id);
    CHECK(rule->id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(rule->summary.empty());
    CHECK_FALSE(rule->why.empty());
    CHECK_FALSE(rule->silent.empty());
    CHECK(keyline::analysis::find_rule(rule->id) == rule);
  }
  CHECK(keyline::analysis::find_rule("no-such-rule") == nullptr);
}
