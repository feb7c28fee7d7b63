#include "server/fixing/fix_all.h"

#include <algorithm>
#include <set>
#include <utility>

namespace keyline::server {

namespace {

using analysis::Edit;
using analysis::EditList;
using analysis::Finding;
using analysis::Fix;
using analysis::Safety;
using analysis::Snapshot;

constexpr int round_limit = 10;

struct Candidate {
  const Finding* finding = nullptr;
  const Fix* fix = nullptr;
};

const Fix* first_allowed(const Finding& finding, Safety up_to) {
  const auto allowed = [&](const Fix& fix) {
    return fix.safety != Safety::sketch && fix.safety <= up_to && !fix.edits.empty();
  };
  const auto found = std::ranges::find_if(finding.fixes, allowed);
  return found == finding.fixes.end() ? nullptr : &*found;
}

std::vector<Candidate> candidates(const Snapshot& snapshot, Safety up_to) {
  std::vector<Candidate> found;
  for (const Finding& finding : snapshot.findings) {
    if (const Fix* fix = first_allowed(finding, up_to)) found.push_back({&finding, fix});
  }
  std::ranges::stable_sort(found, {},
                           [](const Candidate& candidate) { return candidate.fix->edits.edits().front().span.begin; });
  return found;
}

// Two fixes that only touch may still not be meant for each other: two rules may insert the same line at one place.
bool meets(const EditList& taken, const EditList& wanted) {
  return std::ranges::any_of(wanted.edits(), [&](const Edit& edit) {
    return std::ranges::any_of(taken.edits(), [&](const Edit& other) {
      return edit.span.begin <= other.span.end && other.span.begin <= edit.span.end;
    });
  });
}

// What keeps the text from being built.
std::ptrdiff_t count_faults(const Snapshot& snapshot) {
  const auto is_error = [](const Finding& finding) { return finding.severity == analysis::Severity::error; };
  return std::ranges::ssize(snapshot.problems) + std::ranges::count_if(snapshot.findings, is_error);
}

struct Round {
  EditList edits;
  std::vector<AppliedFix> applied;
};

Round plan_round(const Snapshot& snapshot, Safety up_to) {
  Round round;
  for (const Candidate& candidate : candidates(snapshot, up_to)) {
    const Fix& fix = *candidate.fix;
    if (meets(round.edits, fix.edits) || !round.edits.add_all(fix.edits)) continue;
    const std::uint32_t line = snapshot.lines.line_at(candidate.finding->span.begin);
    round.applied.push_back({candidate.finding->rule, fix.safety, fix.title, fix.unproven, line});
  }
  return round;
}

}  // namespace

FixResult fix_all(const analysis::Inputs& inputs, Safety up_to, std::stop_token stop) {
  FixResult result;
  result.text = *inputs.text;
  result.snapshot = analysis::analyze(inputs, nullptr, stop);
  std::set<std::string> seen = {result.text};
  for (int round_number = 0;; ++round_number) {
    if (!result.snapshot || stop.stop_requested()) {
      result.end = FixEnd::stopped;
      return result;
    }
    Round round = plan_round(*result.snapshot, up_to);
    if (round.edits.empty()) return result;
    analysis::Inputs next_inputs = inputs;
    next_inputs.text = std::make_shared<const std::string>(round.edits.apply(result.text));
    // A text that was there before means that two rules undo each other; another turn would not end it.
    if (round_number == round_limit || !seen.insert(*next_inputs.text).second) {
      result.end = FixEnd::round_limit;
      return result;
    }
    std::shared_ptr<const Snapshot> next = analysis::analyze(next_inputs, result.snapshot.get(), stop);
    if (!next) {
      result.end = FixEnd::stopped;
      return result;
    }
    if (count_faults(*next) > count_faults(*result.snapshot)) {
      result.end = FixEnd::refused;
      return result;
    }
    result.text = *next_inputs.text;
    result.snapshot = std::move(next);
    std::ranges::move(round.applied, std::back_inserter(result.applied));
  }
}

}  // namespace keyline::server
