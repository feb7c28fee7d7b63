#include "protocol/json_object.h"

namespace keyline::protocol {

void JsonError::within_member(std::string_view name) {
  const bool needs_dot = !path_.empty() && path_.front() != '[';
  path_ = std::string(name) + (needs_dot ? "." : "") + path_;
  compose();
}

void JsonError::within_element(std::size_t index) {
  const bool needs_dot = !path_.empty() && path_.front() != '[';
  path_ = "[" + std::to_string(index) + "]" + (needs_dot ? "." : "") + path_;
  compose();
}

void JsonError::compose() { text_ = path_.empty() ? fault_ : path_ + " " + fault_; }

}  // namespace keyline::protocol
