#include "server/cli/contract.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/explain/contract.h"
#include "server/cli/text_file.h"
#include "server/fixing/replace_file.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

// Reported like one of the rules, and none of them: it knows of a file that no Dockerfile names.
const analysis::Rule contract_widened{
    .id = "contract-widened",
    .summary = "An install comes to depend on more than the contract holds",
    .severity = analysis::Severity::error,
    .why = "",
    .silent = "",
    .unproven = "",
    .example = {},
};

// From the contract's folder, so that it means the same wherever it is read from.
std::string name_in(const std::string& contract, const std::string& dockerfile) {
  const std::filesystem::path folder = std::filesystem::path(absolute_path(contract)).parent_path();
  return std::filesystem::path(absolute_path(dockerfile)).lexically_relative(folder).generic_string();
}

std::vector<analysis::StepContract> contract_of(const std::string& contract, const CheckedFile& file) {
  if (!file.snapshot || file.snapshot->model.stages.empty() || file.path == "-") return {};
  return analysis::contract_of(*file.snapshot, name_in(contract, file.path));
}

}  // namespace

Result<void> hold_to_contract(const std::string& contract, std::vector<CheckedFile>& files) {
  const Result<std::string> text = read_text_file(contract);
  if (!text) return Unexpected({fmt::format("--contract {}: {}; --update writes it", contract, text.error().message)});
  const analysis::ReadContract recorded = analysis::read_contract(*text);
  if (!recorded.faults.empty())
    return Unexpected({fmt::format("--contract {}: {}", contract, recorded.faults.front())});
  for (CheckedFile& file : files) {
    const auto added = analysis::widenings(recorded.steps, contract_of(contract, file));
    if (added.empty()) continue;
    auto snapshot = std::make_shared<analysis::Snapshot>(*file.snapshot);
    for (const analysis::Widening& each : added) {
      analysis::Finding finding{
          .rule = &contract_widened, .severity = analysis::Severity::error, .span = each.span, .message = each.message};
      finding.fixes.push_back(
          {.title = fmt::format("Put it right, or agree by `keyline check --contract {} --update`", contract),
           .safety = analysis::Safety::sketch});
      snapshot->findings.push_back(std::move(finding));
    }
    file.snapshot = std::move(snapshot);
  }
  return {};
}

Result<bool> update_contract(const std::string& contract, const std::vector<CheckedFile>& files) {
  std::vector<analysis::StepContract> steps;
  for (const CheckedFile& file : files) {
    if (!file.snapshot)
      return Unexpected({fmt::format("--contract {}: not written, because {} could not be read", contract, file.path)});
    for (analysis::StepContract& step : contract_of(contract, file)) steps.push_back(std::move(step));
  }
  const std::string text = analysis::write_contract(steps);
  std::error_code error;
  if (!std::filesystem::exists(contract, error)) {
    const Result<void> made = create_file(contract, text);
    return made ? Result<bool>(true) : Unexpected(made.error());
  }
  const Result<std::string> before = read_text_file(contract);
  if (!before) return Unexpected({fmt::format("--contract {}: {}", contract, before.error().message)});
  if (*before == text) return false;
  const Result<void> written = replace_file(contract, *before, text);
  return written ? Result<bool>(true) : Unexpected(written.error());
}

}  // namespace keyline::server
