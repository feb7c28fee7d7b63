#pragma once
// `keyline check --contract FILE`: compares what the installs depend on with what a reviewed file says, or writes that
// file (--update).

#include <string>
#include <vector>

#include "protocol/result.h"
#include "server/cli/report.h"

namespace keyline::server {

// Adds an error to each file that depends on more than the contract holds.
protocol::Result<void> hold_to_contract(const std::string& contract, std::vector<CheckedFile>& files);

// Whether the file changed.
protocol::Result<bool> update_contract(const std::string& contract, const std::vector<CheckedFile>& files);

}  // namespace keyline::server
