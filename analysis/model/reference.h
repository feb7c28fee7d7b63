#pragma once
// Image references as distribution/reference normalises them: what BuildKit prints and asks registries for.

#include <optional>
#include <string>
#include <string_view>

namespace keyline::analysis {

struct ImageReference {
  std::string repository;  // with its domain, "docker.io/library/node"
  std::string tag;         // "" when only a digest is given
  std::string digest;      // "sha256:…"; "" when not pinned
};

// Empty when the text is no reference.
std::optional<ImageReference> parse_reference(std::string_view text);
// Why the text is no reference, in BuildKit's words; "" when it is one.
std::string reference_fault(std::string_view text);
// The digest that the text pins, or "".
std::string pinned_digest(std::string_view text);
// "docker.io/library/node:22", "….@sha256:…"; the text itself when it is no reference.
std::string normalized_reference(std::string_view text);

}  // namespace keyline::analysis
