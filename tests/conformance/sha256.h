#pragma once
// SHA-256 as lower-case hexadecimal, to compare here-document bodies with the digests in the truth. Test code only:
// the product derives its own digests elsewhere.

#include <string>
#include <string_view>

namespace keyline::conformance {

std::string sha256(std::string_view bytes);

}  // namespace keyline::conformance
