#include "protocol/json_value.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace keyline::protocol {

JsonValue::JsonValue(nlohmann::json&& value)
    : value_(value.is_null() ? nullptr : std::make_shared<const nlohmann::json>(std::move(value))) {}

const nlohmann::json& JsonValue::get() const {
  static const nlohmann::json null;
  return value_ ? *value_ : null;
}

bool JsonValue::is_null() const { return value_ == nullptr; }

std::string JsonValue::text() const { return get().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

bool operator==(const JsonValue& left, const JsonValue& right) { return left.get() == right.get(); }

}  // namespace keyline::protocol
