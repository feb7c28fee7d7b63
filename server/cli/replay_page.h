#pragma once
// The report of `keyline replay --html`: one page that needs nothing else, no network and no fonts. It shows which
// steps each commit re-ran, as it is and as the fixes of findings would have it, in a light and a dark form. All texts
// come from repositories, so they reach the page as data only, never as markup or script.

#include <string>
#include <vector>

#include "server/cli/replay_report.h"

namespace keyline::server {

std::string replay_page(const std::vector<ReplayReport>& reports);

}  // namespace keyline::server
