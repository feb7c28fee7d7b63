#include "analysis/replay/price.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

using keyline::analysis::BuildOptions;
using keyline::analysis::CommitChanges;
using keyline::analysis::Inputs;
using keyline::analysis::Price;
using keyline::analysis::price_findings;
using keyline::analysis::price_text;
using keyline::analysis::Snapshot;
using keyline::analysis::TreeHistory;
using keyline::analysis::TreeKind;
using keyline::tests::FakeContext;

namespace {

std::shared_ptr<const Snapshot> analysed(std::string text) {
  Inputs inputs;
  inputs.text = std::make_shared<const std::string>(std::move(text));
  inputs.context = std::make_shared<FakeContext>(
      FakeContext::Files{{"package.json", "{}"}, {"package-lock.json", "{}"}, {"src/app.js", "1"}});
  return keyline::analysis::analyze(std::move(inputs), nullptr, {});
}

// One commit for each path, which edits it.
TreeHistory edits_of(const std::vector<std::string>& edited) {
  TreeHistory history;
  history.paths = {"package.json", "package-lock.json", "src/app.js", "elsewhere/x"};
  for (const std::string& path : edited) {
    CommitChanges& commit = history.commits.emplace_back();
    for (std::uint32_t i = 0; i < history.paths.size(); ++i) {
      if (history.paths[i] == path) commit.changes.push_back({i, TreeKind::file, TreeKind::file});
    }
  }
  return history;
}

// Of the finding of that rule.
const Price* price_of(const Snapshot& snapshot, const std::map<std::size_t, Price>& prices, std::string_view rule) {
  for (const auto& [index, price] : prices) {
    if (snapshot.findings[index].rule->id == rule) return &price;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("price: what an early COPY costs is the runs that its fix would have spared") {
  const auto snapshot = analysed("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n");
  const auto prices = price_findings(*snapshot, edits_of({"src/app.js", "src/app.js", "package-lock.json"}), "");
  const Price* price = price_of(*snapshot, prices, "copy-before-install");
  REQUIRE(price != nullptr);
  CHECK(price_text(*price) == "`npm ci` re-ran in 3 of the last 3 commits; after this fix: 1");
  CHECK(price->spared == 2);
  CHECK_FALSE(price->worth_nothing);
  const Price* each_run = price_of(*snapshot, prices, "missing-cache-mount");
  REQUIRE(each_run != nullptr);
  CHECK(price_text(*each_run) == "`npm ci` re-ran in 3 of the last 3 commits");
}

TEST_CASE("price: a fix that spares nothing is worth nothing") {
  const auto snapshot = analysed("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n");
  const auto prices = price_findings(*snapshot, edits_of({"package.json", "package-lock.json"}), "");
  const Price* price = price_of(*snapshot, prices, "copy-before-install");
  REQUIRE(price != nullptr);
  CHECK(price->worth_nothing);
  CHECK(price_text(*price) == "`npm ci` re-ran in 2 of the last 2 commits; after this fix: 2");
  // The same commits of a repository whose build directory lies elsewhere.
  const auto others = price_findings(*snapshot, edits_of({"package.json", "package-lock.json"}), "elsewhere");
  REQUIRE(price_of(*snapshot, others, "copy-before-install") != nullptr);
  CHECK(price_text(*price_of(*snapshot, others, "copy-before-install")) ==
        "`npm ci` re-ran in none of the last 2 commits; after this fix: 0");
}

TEST_CASE("price: without commits there is none") {
  const auto snapshot = analysed("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n");
  CHECK(price_findings(*snapshot, edits_of({}), "").empty());
}

TEST_CASE("price: where it is known what the step takes, the price says it") {
  const auto snapshot = analysed("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n");
  keyline::analysis::StepTimes times;
  times.set("", "RUN npm ci", 41.2);
  const auto prices = price_findings(*snapshot, edits_of({"src/app.js", "package.json"}), "", times);
  const Price* price = price_of(*snapshot, prices, "copy-before-install");
  REQUIRE(price != nullptr);
  CHECK(price_text(*price) == "`npm ci` re-ran in 2 of the last 2 commits, 41 s each; after this fix: 1");
}
