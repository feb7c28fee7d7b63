#pragma once
// Any JSON, as LSP's `LSPAny`: settings, `data`, parameters before they are decoded. Immutable and shared, so copying
// is cheap and a value may travel between threads. It exists so that no header has to include the JSON library.

#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace keyline::protocol {

class JsonValue {
 public:
  JsonValue() = default;  // null
  explicit JsonValue(nlohmann::json&& value);

  const nlohmann::json& get() const;
  bool is_null() const;

  // Never fails: bytes that are no UTF-8 become U+FFFD.
  std::string text() const;

  friend bool operator==(const JsonValue& left, const JsonValue& right);

 private:
  std::shared_ptr<const nlohmann::json> value_;  // empty stands for null
};

}  // namespace keyline::protocol
