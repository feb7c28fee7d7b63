#pragma once
// How many commits to go back, as the user says it.

#include <cstddef>
#include <optional>
#include <string>

namespace keyline::server {

inline constexpr std::size_t most_commits = 1'000'000;

// Nothing when the text is no number from 1 to most_commits.
std::optional<std::size_t> commit_count(const std::string& text);
// What to say then.
std::string commit_count_fault(const std::string& option, const std::string& text);

}  // namespace keyline::server
