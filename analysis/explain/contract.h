#pragma once
// What each install of a Dockerfile depends on, in words that survive edits elsewhere: which sources of the context and
// which build arguments can re-run it. Written to a small file that is reviewed, so that a change that makes a costly
// step depend on more is seen before it is merged. Pure.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct StepContract {
  std::string dockerfile;                        // as the contract names it
  std::string stage;                             // its name, or "stage 2"
  std::string step;                              // "npm ci"; a second one of that name in the stage is "npm ci (2)"
  std::set<std::string, std::less<>> files;      // sources of COPY, ADD and binds, cleaned; "." is everything
  std::set<std::string, std::less<>> arguments;  // names
  Span span = {};                                // of the step's first line, where it was worked out
  friend bool operator==(const StepContract&, const StepContract&) = default;
};

// Of all RUNs that install something, in the order of the file.
std::vector<StepContract> contract_of(const Snapshot& snapshot, std::string_view dockerfile);

// The text of a contract, and back. Lines that are not understood are faults, each with its number and reason.
std::string write_contract(const std::vector<StepContract>& steps);
struct ReadContract {
  std::vector<StepContract> steps;
  std::vector<std::string> faults;
};
ReadContract read_contract(std::string_view text);

struct Widening {
  Span span;
  std::string message;
};
// What the steps depend on that the contract does not hold. A source below a recorded one is nothing new.
std::vector<Widening> widenings(const std::vector<StepContract>& recorded, const std::vector<StepContract>& present);

}  // namespace keyline::analysis
