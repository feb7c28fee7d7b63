#pragma once
// What works against a cache within a RUN: options, commands of the package manager, and `rm`. Says nothing about words
// with expansions: those name no directory here. For rules/ only.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/edits.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

// "apt-get clean", "npm cache clean --force": the tool's program, then one of the phrases.
bool is_cleaner(const ShellCommand& command, std::size_t program, const PackageManager& manager,
                std::string_view phrases);

// The directory that an operand of `rm` empties: without a final glob, the home written out; "" when not known.
std::string emptied_directory(const ShellWord& word, const RunEnvironment& environment);

// Takes the options away that switch the cache off. apk's also fetches the index, which nothing else does then.
void remove_no_cache_options(RunEditor& editor, const Install& install, const std::vector<ShellWord>& words);

// "/var/cache/apt/archives/*.deb": whatever it matches lies in the directory.
bool names_only_below(std::string_view word, std::string_view directory, std::string_view workdir);

}  // namespace keyline::analysis
