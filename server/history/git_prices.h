#pragma once
// What findings cost by the last commits of the repository around a build directory, for the language server. Blocks.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "analysis/replay/known_prices.h"

namespace keyline::server {

// Where there is no history the prices say why. `progress` hears how many of the commits that have to be read are.
std::shared_ptr<const analysis::KnownPrices> price_by_git(
    const std::string& build_directory, const analysis::Snapshot& snapshot, std::size_t commits,
    const std::function<void(std::size_t done, std::size_t total)>& progress);

}  // namespace keyline::server
