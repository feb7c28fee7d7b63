// The first byte chooses the kind of build file, the rest is its text. Whatever it says: places lie in the text, and
// clean paths are clean.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/builds/build_file.h"

namespace {

using keyline::analysis::Build;
using keyline::analysis::BuildArgument;
using keyline::analysis::BuildFile;
using keyline::analysis::BuildFileKind;
using keyline::analysis::CacheBackend;
using keyline::analysis::Span;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(Span span, std::string_view text) { require(span.begin <= span.end && span.end <= text.size()); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto kind = static_cast<BuildFileKind>(data[0] % 6);
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const BuildFile file = read_build_file(kind, text, {{"TAG", "1"}});
  for (const Build& build : file.builds) {
    check(build.span, text);
    check(build.context.span, text);
    for (const BuildArgument& argument : build.arguments) {
      check(argument.name_span, text);
      if (argument.value) check(argument.value->span, text);
    }
    for (const CacheBackend& backend : build.cache_to) check(backend.span, text);
  }
  return 0;
}
