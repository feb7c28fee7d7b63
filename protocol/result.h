#pragma once
// What a function that meets the outside world returns: a value, or an Error that says in words what went wrong.
// The member names are those of std::expected, so that C++23 can replace the class with an alias:
//   Result<int> parse(std::string_view text) { if (text.empty()) return Unexpected({"nothing to parse"}); ... }
// Used by `protocol/` and `server/`; `analysis/` has no errors to return.

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace keyline::protocol {

struct Error {
  std::string message;
  std::optional<int> code = std::nullopt;  // one of ErrorCode when the error is meant to travel; else nobody cared

  friend bool operator==(const Error&, const Error&) = default;
};

class Unexpected {
 public:
  explicit Unexpected(Error error) : error_(std::move(error)) {}
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // Implicit, as those of std::expected are: `return value;` and `return Unexpected(...);` read as what they mean.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Unexpected failure) : content_(std::in_place_index<1>, std::move(failure).error()) {}

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Asking a failed Result for its value throws std::bad_variant_access, as does asking a good one for its error.
  const T& value() const& { return std::get<0>(content_); }
  T& value() & { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const Error& error() const { return std::get<1>(content_); }

  template <class U>
  T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Unexpected failure) : error_(std::move(failure).error()) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace keyline::protocol
