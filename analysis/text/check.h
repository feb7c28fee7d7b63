#pragma once
// Two ways to state what must hold. KEYLINE_ASSERT is for what is proven by the code around it. KEYLINE_NEVER(cond) is
// for what is only believed: tests and debug builds abort, a release reports it once through the hook and yields the
// condition's value, so that the caller takes its fallback branch instead of taking the editor down.

#include <cassert>

namespace keyline::analysis {

// Called (at most once per place) when a release build meets a condition that should never hold.
using NeverHook = void (*)(const char* condition, const char* file, int line);
void set_never_hook(NeverHook hook);
bool never_happened(const char* condition, const char* file, int line);

}  // namespace keyline::analysis

#define KEYLINE_ASSERT(condition) assert(condition)
#define KEYLINE_NEVER(condition) \
  ((condition) ? ::keyline::analysis::never_happened(#condition, __FILE__, __LINE__) : false)
