// The rule that .github/CONTRIBUTING.md writes for whoever writes a first one: its code, which the build takes out of
// the page, finds and repairs what the page says.

#include <memory>
#include <string>

#include "analysis/rules/run_facts.h"
#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"

namespace keyline::analysis {
extern const Rule rule_of_the_page;
}

namespace {

using keyline::analysis::Findings;
using keyline::analysis::Model;
using keyline::analysis::Rule;
using keyline::analysis::StepFacts;
using keyline::analysis::SyntaxTree;

const Rule& rule = keyline::analysis::rule_of_the_page;

Findings find(const std::string& text) {
  const SyntaxTree tree = keyline::analysis::parse(std::make_shared<const std::string>(text));
  const Model model = keyline::analysis::build_model(tree);
  Findings findings;
  rule.check(StepFacts({tree, model, keyline::analysis::unknown_context()}), findings);
  return findings;
}

}  // namespace

TEST_CASE("the first rule of the page does what the page says") {
  const std::string before(rule.example.before.substr(rule.example.before.find('\n') + 1));
  const Findings findings = find(before);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message.starts_with("the steps below do not run in `/srv/app`"));
  REQUIRE(findings[0].fixes.size() == 1);
  const std::string after = findings[0].fixes[0].edits.apply(before);
  CHECK(after == rule.example.after);
  CHECK(find(after).empty());
}

TEST_CASE("the first rule of the page is silent where it would be wrong") {
  CHECK(find("FROM alpine\nRUN cd /srv/app && ./configure\n").empty());
  CHECK(find("FROM alpine\nRUN cd $DIR\n").empty());
  CHECK(find("FROM alpine\nRUN <<EOF\ncd /srv\nEOF\n").empty());
  CHECK(find("FROM alpine\nRUN cd \"a b\"\n")[0].fixes[0].edits.apply("FROM alpine\nRUN cd \"a b\"\n") ==
        "FROM alpine\nWORKDIR \"a b\"\n");
}
