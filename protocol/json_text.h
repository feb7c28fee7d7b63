#pragma once
// JSON that is ready to be sent. What the server says is written as text at once; only what it reads becomes a tree.
// A value is immutable; the functions append to a text and are called by json_object.h.

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/json_value.h"

namespace keyline::protocol {

class JsonText {
 public:
  JsonText() = default;                                      // null
  JsonText(const JsonValue& value) : text_(value.text()) {}  // NOLINT(google-explicit-constructor): nothing is lost
  explicit JsonText(std::string written) : text_(std::move(written)) {}  // must be JSON

  const std::string& text() const { return text_; }
  bool is_null() const { return text_ == "null"; }

  friend bool operator==(const JsonText&, const JsonText&) = default;

 private:
  std::string text_ = "null";
};

namespace json_text {

void write_bool(std::string& out, bool value);
void write_integer(std::string& out, std::int64_t value);
// Bytes that are no UTF-8 become U+FFFD.
void write_string(std::string& out, std::string_view value);
// The name of a member, behind the opening brace or the member before it: `written` is `,"name":`.
inline void begin_member(std::string& out, std::string_view written) {
  if (out.back() == '{') written.remove_prefix(1);
  out += written;
}

}  // namespace json_text
}  // namespace keyline::protocol
