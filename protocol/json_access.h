#pragma once
// The few operations on the JSON library's tree that reading is made of, compiled once. With these, the code that
// json_object.h generates for each type needs only the library's forward declarations, and compiles in half the time.
// The reading functions throw JsonError when the JSON is of another kind. Called by json_object.h.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "protocol/json_value.h"

namespace keyline::protocol {

// A fault in a message, and the path of members and elements that leads to it.
class JsonError : public std::exception {
 public:
  explicit JsonError(std::string fault);

  // Called on the way out of each level, innermost first.
  void within_member(std::string_view name);
  void within_element(std::size_t index);

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void prepend(std::string step);

  std::string path_;
  std::string fault_;
  std::string text_;
};

namespace json_access {

bool is_null(const nlohmann::json& json);
bool read_bool(const nlohmann::json& json);
const std::string& read_string(const nlohmann::json& json);
// Also takes 3.0, as JSON libraries of languages without integers write it.
std::int64_t read_integer(const nlohmann::json& json, std::int64_t least, std::int64_t most);
JsonValue read_any(const nlohmann::json& json);

void require_object(const nlohmann::json& json);
// Null when there is no such member.
const nlohmann::json* find_member(const nlohmann::json& object, const char* name);
void for_each_member(const nlohmann::json& json,
                     const std::function<void(const std::string& name, const nlohmann::json& member)>& visit);

std::size_t array_size(const nlohmann::json& json);
const nlohmann::json& element(const nlohmann::json& array, std::size_t index);

}  // namespace json_access
}  // namespace keyline::protocol
