#include "analysis/replay/known_prices.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "analysis/replay/priced_rules.h"

namespace keyline::analysis {

namespace {

// Gives each finding that history can price: its index, what it is recognised by, and how many before it look alike.
void each_priced(const Snapshot& snapshot,
                 const std::function<void(std::size_t index, const std::string& key, std::size_t place)>& visit) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < snapshot.findings.size(); ++i) {
    const Finding& finding = snapshot.findings[i];
    if (!is_order_rule(finding.rule->id) && !is_each_run_rule(finding.rule->id)) continue;
    const Span line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(finding.span.begin));
    const std::string key = fmt::format("{}\n{}", finding.rule->id, slice(snapshot.text(), line));
    visit(i, key, seen[key]++);
  }
}

}  // namespace

KnownPrices::KnownPrices(const Snapshot& snapshot, const Prices& prices, std::string fault) : fault_(std::move(fault)) {
  each_priced(snapshot, [&](std::size_t index, const std::string& key, std::size_t) {
    const auto price = prices.find(index);
    known_[key].push_back(price == prices.end() ? std::nullopt : std::optional<Price>(price->second));
  });
}

Prices KnownPrices::of(const Snapshot& snapshot) const {
  Prices prices;
  if (known_.empty()) return prices;
  each_priced(snapshot, [&](std::size_t index, const std::string& key, std::size_t place) {
    const auto alike = known_.find(key);
    if (alike == known_.end() || place >= alike->second.size()) return;
    if (const std::optional<Price>& price = alike->second[place]) prices.emplace(index, *price);
  });
  return prices;
}

bool KnownPrices::covers(const Snapshot& snapshot) const {
  bool all = true;
  each_priced(snapshot, [&](std::size_t, const std::string& key, std::size_t place) {
    const auto alike = known_.find(key);
    all = all && alike != known_.end() && place < alike->second.size();
  });
  return all;
}

}  // namespace keyline::analysis
