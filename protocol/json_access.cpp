#include "protocol/json_access.h"

#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace keyline::protocol {

JsonError::JsonError(std::string fault) : fault_(std::move(fault)), text_(fault_) {}

void JsonError::within_member(std::string_view name) { prepend(std::string(name)); }

void JsonError::within_element(std::size_t index) { prepend("[" + std::to_string(index) + "]"); }

void JsonError::prepend(std::string step) {
  if (!path_.empty() && path_.front() != '[') step += '.';
  path_ = std::move(step) + path_;
  text_ = path_ + " " + fault_;
}

namespace json_access {
namespace {

std::optional<std::int64_t> integer_of(const nlohmann::json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (!std::in_range<std::int64_t>(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) {
    const auto number = json.get<double>();
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (std::trunc(number) == number && std::abs(number) <= exact) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

}  // namespace

bool is_null(const nlohmann::json& json) { return json.is_null(); }

bool read_bool(const nlohmann::json& json) {
  if (!json.is_boolean()) throw JsonError("must be true or false");
  return json.get<bool>();
}

const std::string& read_string(const nlohmann::json& json) {
  if (!json.is_string()) throw JsonError("must be a string");
  return json.get_ref<const std::string&>();
}

std::int64_t read_integer(const nlohmann::json& json, std::int64_t least, std::int64_t most) {
  const std::optional<std::int64_t> number = integer_of(json);
  if (!number || *number < least || *number > most) {
    throw JsonError("must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *number;
}

JsonValue read_any(const nlohmann::json& json) { return JsonValue(nlohmann::json(json)); }

void require_object(const nlohmann::json& json) {
  if (!json.is_object()) throw JsonError("must be an object");
}

const nlohmann::json* find_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

void for_each_member(const nlohmann::json& json,
                     const std::function<void(const std::string& name, const nlohmann::json& member)>& visit) {
  require_object(json);
  for (auto member = json.begin(); member != json.end(); ++member) visit(member.key(), member.value());
}

std::size_t array_size(const nlohmann::json& json) {
  if (!json.is_array()) throw JsonError("must be an array");
  return json.size();
}

const nlohmann::json& element(const nlohmann::json& array, std::size_t index) { return array[index]; }

}  // namespace json_access
}  // namespace keyline::protocol
