#pragma once
// Says of one command of a package manager what it installs, and from what: fills in the verb, the title, operands and
// options of an Install whose tool and words are known. For install_commands.cpp only.

#include "analysis/knowledge/install_commands.h"

namespace keyline::analysis {

// False when the command installs nothing.
bool classify_install(Install& install);

// The same of a program that takes an expression (`R -e "renv::restore()"`): finds the tool as well.
bool classify_expression(Install& install);

}  // namespace keyline::analysis
