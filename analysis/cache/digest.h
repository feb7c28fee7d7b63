#pragma once
// A running hash over fields, each with its length, so that no two lists of fields read alike. Not cryptographic: it
// tells keys of one user's builds apart, it protects nothing.

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

namespace keyline::analysis {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  Digest& add(std::string_view field);
  // Exactly bool: a string literal would rather become one than a string_view.
  Digest& add(std::same_as<bool> auto flag) { return add(flag ? std::string_view("1") : std::string_view("0")); }
  std::string hex() const;  // 128 bits, 32 hexadecimal digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace keyline::analysis
