#include "analysis/text/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace keyline::analysis {

namespace {

std::atomic<NeverHook>& hook() {
  static std::atomic<NeverHook> current{nullptr};
  return current;
}

}  // namespace

void set_never_hook(NeverHook new_hook) { hook().store(new_hook); }

bool never_happened(const char* condition, const char* file, int line) {
#ifdef NDEBUG
  if (const NeverHook report = hook().load()) report(condition, file, line);
  return true;
#else
  std::fprintf(stderr, "%s:%d: this should never hold: %s\n", file, line, condition);
  std::abort();
#endif
}

}  // namespace keyline::analysis
