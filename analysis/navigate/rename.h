#pragma once
// Gives a name another spelling wherever the same thing is named, and nowhere else; or says in one sentence why that
// cannot be done. After a rename the Dockerfile means what it meant before.

#include <string>
#include <string_view>

#include "analysis/navigate/names.h"
#include "analysis/text/edit.h"

namespace keyline::analysis {

// Why this name cannot have any other spelling; "" when it can.
std::string rename_obstacle(const Snapshot& snapshot, const Name& name);

struct Renaming {
  EditList edits;
  std::string refusal;  // not empty: there are no edits
};

Renaming rename(const Snapshot& snapshot, const Name& name, std::string_view new_name);

}  // namespace keyline::analysis
