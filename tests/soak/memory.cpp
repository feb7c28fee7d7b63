#include "tests/soak/memory.h"

#include <fstream>

#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KEYLINE_HAS_SANITIZER_ALLOCATOR
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEYLINE_HAS_SANITIZER_ALLOCATOR
#endif

#if defined(KEYLINE_HAS_SANITIZER_ALLOCATOR)
// As <sanitizer/allocator_interface.h> declares it, which not every compiler brings.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // NOLINT(bugprone-reserved-identifier)
#elif defined(__GLIBC__)
#include <malloc.h>
#endif

namespace keyline::tests {

std::size_t held_bytes() {
#if defined(KEYLINE_HAS_SANITIZER_ALLOCATOR)
  return __sanitizer_get_current_allocated_bytes();
#elif defined(__GLIBC__)
  const struct mallinfo2 counts = ::mallinfo2();
  return counts.uordblks + counts.hblkhd;
#else
  return 0;
#endif
}

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  status >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace keyline::tests
