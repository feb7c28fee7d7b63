#pragma once
// The names in one instruction, each with what it stands for. Private to `navigate/`: name_at() and same_names() are
// two ways to ask for them, so that what one finds the other finds as well.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/navigate/names.h"

namespace keyline::analysis {

// Whether the declarations that variables see are looked for: that can cost a walk over the instructions above.
enum class Look : std::uint8_t { names, declarations };

// All names of the item; in no order.
std::vector<Name> mentions(const Snapshot& snapshot, std::uint32_t item, Look look = Look::declarations);

// Whether a shell or BuildKit can call a variable so.
bool is_variable_name(std::string_view text);

}  // namespace keyline::analysis
