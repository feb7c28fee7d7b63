// Prices for the editor, by a real repository.

#include "server/history/git_prices.h"

#include <memory>
#include <string>
#include <utility>

#include "tests/support/catch.h"
#include "tests/support/fake_context.h"
#include "tests/support/shell.h"

using keyline::analysis::Inputs;
using keyline::analysis::KnownPrices;
using keyline::analysis::Snapshot;
using keyline::server::price_by_git;
using keyline::tests::FakeContext;
using keyline::tests::run_shell;
using keyline::tests::TemporaryFolder;

namespace {

std::shared_ptr<const Snapshot> analysed(std::string text) {
  Inputs inputs;
  inputs.text = std::make_shared<const std::string>(std::move(text));
  inputs.context = std::make_shared<FakeContext>(
      FakeContext::Files{{"package.json", "{}"}, {"package-lock.json", "{}"}, {"app.js", "1"}});
  return keyline::analysis::analyze(std::move(inputs), nullptr, {});
}

std::shared_ptr<const KnownPrices> priced(const TemporaryFolder& folder, const Snapshot& snapshot) {
  return price_by_git(folder.path().string(), snapshot, 10, [](std::size_t, std::size_t) {});
}

// What the rule's finding costs; "" when it has no price.
std::string price_of(const KnownPrices& prices, const Snapshot& snapshot, std::string_view rule) {
  for (const auto& [index, price] : prices.of(snapshot)) {
    if (snapshot.findings[index].rule->id == rule) return price_text(price);
  }
  return {};
}

constexpr auto text = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n";

}  // namespace

TEST_CASE("git prices: the last commits tell what findings cost") {
  const TemporaryFolder folder;
  const auto made = run_shell(folder,
                              "git init -q . && git config user.name a && git config user.email a@example.org && "
                              "for i in 1 2 3; do echo $i > app.js && git add -A && git commit -q -m $i; done");
  INFO(made.output);
  REQUIRE(made.exit_code == 0);
  const auto snapshot = analysed(text);
  const auto prices = priced(folder, *snapshot);
  CHECK(prices->fault().empty());
  CHECK(prices->covers(*snapshot));
  CHECK(price_of(*prices, *snapshot, "copy-before-install") ==
        "`npm ci` re-ran in 2 of the last 2 commits; after this fix: 0");

  SECTION("and the same findings in a later text cost the same") {
    const auto later = analysed(std::string("# syntax=docker/dockerfile:1\n") + text);
    CHECK(prices->covers(*later));
    CHECK_FALSE(price_of(*prices, *later, "copy-before-install").empty());
    const auto other = analysed("FROM node:22\nWORKDIR /app\nCOPY ./ ./\nRUN npm ci\nRUN npm run build\n");
    CHECK_FALSE(prices->covers(*other));
    CHECK(price_of(*prices, *other, "copy-before-install").empty());
  }
}

TEST_CASE("git prices: without commits, and for a file that nobody wrote by hand, there are none, and why") {
  const TemporaryFolder folder;
  const auto snapshot = analysed(text);
  CHECK(priced(folder, *snapshot)->fault().find("git") != std::string::npos);
  std::string many = "FROM node:22\n";
  for (int i = 0; i < 201; ++i) many += "RUN npm ci\n";
  const auto large = analysed(std::move(many));
  REQUIRE(large->findings.size() > 200);
  CHECK(priced(folder, *large)->fault() == "the file has too many findings");
}
