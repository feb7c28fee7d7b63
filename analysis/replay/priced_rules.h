#pragma once
// The rules whose findings history can price, by what they cost: runs of steps that the fix would spare, or something
// that every run of the step pays.

#include <algorithm>
#include <array>
#include <string_view>

namespace keyline::analysis {

inline constexpr std::array<std::string_view, 7> order_rules{
    "copy-before-install",      "install-and-build-in-one-run", "independent-step-after-copy",
    "volatile-path-in-context", "dockerignore-missing",         "duplicate-install",
    "link-would-detach"};
inline constexpr std::array<std::string_view, 6> each_run_rules{"missing-cache-mount",  "docker-clean-empties-mount",
                                                                "cache-mount-defeated", "cache-mount-unused",
                                                                "cache-mount-owner",    "owner-change-after-copy"};

// About the order of steps, or about what the context holds.
inline bool is_order_rule(std::string_view rule) {
  return std::find(order_rules.begin(), order_rules.end(), rule) != order_rules.end();
}
inline bool is_each_run_rule(std::string_view rule) {
  return std::find(each_run_rules.begin(), each_run_rules.end(), rule) != each_run_rules.end();
}

}  // namespace keyline::analysis
