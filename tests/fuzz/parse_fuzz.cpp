// Any bytes are a Dockerfile: the tree tiles them and prints back, and every prefix boundary of a line is as good a
// text.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/syntax_laws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string fault = keyline::tests::syntax_fault(text, nullptr);
  if (!fault.empty()) {
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
