#include "server/fixing/fix_all.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "analysis/context/edited_context.h"

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

std::vector<Candidate> candidates(const Snapshot& snapshot, FixScope scope) {
  std::vector<Candidate> found;
  for (const Finding& finding : snapshot.findings) {
    const auto fix = std::ranges::find_if(finding.fixes, [&](const Fix& each) { return scope.allows(each); });
    if (fix != finding.fixes.end()) found.push_back({&finding, &*fix});
  }
  const auto place = [](const Candidate& candidate) {
    const EditList& edits = candidate.fix->edits;
    return edits.empty() ? candidate.finding->span.begin : edits.edits().front().span.begin;
  };
  std::ranges::stable_sort(found, {}, place);
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
  EditList edits, dockerignore_edits;
  std::vector<AppliedFix> applied;

  bool take(const Fix& fix) {
    if (meets(edits, fix.edits) || meets(dockerignore_edits, fix.dockerignore_edits)) return false;
    return edits.add_all(fix.edits) && dockerignore_edits.add_all(fix.dockerignore_edits);
  }
};

Round plan_round(const Snapshot& snapshot, FixScope scope) {
  Round round;
  for (const Candidate& candidate : candidates(snapshot, scope)) {
    const Fix& fix = *candidate.fix;
    if (!round.take(fix)) continue;
    const std::uint32_t line = snapshot.lines.line_at(candidate.finding->span.begin);
    round.applied.push_back({candidate.finding->rule, fix.safety, fix.title, fix.unproven, line});
  }
  return round;
}

// What is to be analysed after the round.
analysis::Inputs inputs_after(const Round& round, const Snapshot& snapshot) {
  analysis::Inputs next = snapshot.inputs;
  if (!round.edits.empty()) next.text = std::make_shared<const std::string>(round.edits.apply(snapshot.text()));
  if (!round.dockerignore_edits.empty()) {
    const std::string text = round.dockerignore_edits.apply(snapshot.context().dockerignore().text());
    next.context = analysis::with_dockerignore(snapshot.inputs.context, text);
  }
  return next;
}

// Two states of the files are the same when these are.
std::pair<std::string, std::string> texts_of(const analysis::Inputs& inputs) {
  return {*inputs.text, inputs.context ? inputs.context->dockerignore().text() : std::string()};
}

void accept(Round round, std::shared_ptr<const Snapshot> next, FixResult& result) {
  result.text = *next->inputs.text;
  if (!round.dockerignore_edits.empty()) result.dockerignore = next->context().dockerignore().text();
  result.snapshot = std::move(next);
  std::ranges::move(round.applied, std::back_inserter(result.applied));
}

}  // namespace

FixResult fix_all(analysis::Inputs inputs, FixScope scope, std::stop_token stop) {
  FixResult result;
  inputs.fixes = true;
  result.text = *inputs.text;
  result.snapshot = analysis::analyze(inputs, nullptr, stop);
  std::set<std::pair<std::string, std::string>> seen = {texts_of(inputs)};
  for (int round_number = 0;; ++round_number) {
    if (!result.snapshot || stop.stop_requested()) {
      result.end = FixEnd::stopped;
      return result;
    }
    Round round = plan_round(*result.snapshot, scope);
    if (round.applied.empty()) return result;
    const analysis::Inputs next_inputs = inputs_after(round, *result.snapshot);
    // Texts that were there before mean that two rules undo each other; another turn would not end it.
    if (round_number == round_limit || !seen.insert(texts_of(next_inputs)).second) {
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
    const bool lets_in = result.snapshot->context().complete() && !next->context().complete();
    accept(std::move(round), std::move(next), result);
    if (lets_in) {
      result.end = FixEnd::lets_in;
      return result;
    }
  }
}

}  // namespace keyline::server
