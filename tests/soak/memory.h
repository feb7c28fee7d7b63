#pragma once
// How much memory the process has, as exactly as the build allows.

#include <cstddef>

namespace keyline::tests {

// Bytes that were allocated and not freed. What a sanitizer keeps aside, to notice when freed memory is used, is not
// among them. 0 where nobody counts.
std::size_t held_bytes();

// What the system counts, sanitizers and allocators included; 0 where it does not tell.
std::size_t resident_bytes();

}  // namespace keyline::tests
