#pragma once
// C++ structs <-> JSON objects, each field named once:
//   struct Position { uint32_t line; uint32_t character; };  KEYLINE_JSON_DECLARE(Position);    in the header
//   KEYLINE_JSON_OBJECT(Position, line, character)                                              in the .cpp
// Reading: unknown members are ignored, an empty optional stands for a missing or null member, anything else that is
// missing or of the wrong type throws JsonError with the path to it; decode() turns that into a Result, so no
// exception leaves this layer. Writing: empty optionals are left out.
// A .cpp that uses KEYLINE_JSON_OBJECT, encode() or decode() also includes <nlohmann/json.hpp>.

#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "protocol/json_value.h"
#include "protocol/result.h"

namespace keyline::protocol {

class JsonError : public std::exception {
 public:
  explicit JsonError(std::string fault) : fault_(std::move(fault)) { compose(); }

  // Called on the way out of each level, innermost first.
  void within_member(std::string_view name);
  void within_element(std::size_t index);

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void compose();

  std::string path_;
  std::string fault_;
  std::string text_;
};

// A member that must be present but may be null, as `integer | null`. Read like an optional, written always.
template <class T>
struct Nullable : std::optional<T> {
  using std::optional<T>::optional;
};

// A member in which the other side may say nonsense without harm: what cannot be read counts as absent.
template <class T>
struct Tolerant : std::optional<T> {
  using std::optional<T>::optional;
};

template <class T>
inline constexpr bool is_omittable = false;
template <class T>
inline constexpr bool is_omittable<std::optional<T>> = true;
template <class T>
inline constexpr bool is_omittable<Tolerant<T>> = true;

template <class T>
inline constexpr bool may_be_missing = is_omittable<T>;
template <class T>
inline constexpr bool may_be_missing<Nullable<T>> = true;

// An integer; also one written as 3.0, as JSON libraries of languages without integers do.
template <class Json>
std::optional<std::int64_t> integer_of(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.template get<std::uint64_t>();
    if (!std::in_range<std::int64_t>(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (json.is_number_integer()) return json.template get<std::int64_t>();
  if (json.is_number_float()) {
    const auto number = json.template get<double>();
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (std::trunc(number) == number && std::abs(number) <= exact) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

// Scalars, enumerations by their number, and every type with to_json and from_json.
template <class T>
struct JsonCodec {
  template <class Json>
  static void read(const Json& json, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      const auto* truth = json.template get_ptr<const bool*>();
      if (truth == nullptr) throw JsonError("must be true or false");
      value = *truth;
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      JsonCodec<std::underlying_type_t<T>>::read(json, number);
      value = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
      const std::optional<std::int64_t> number = integer_of(json);
      if (!number || !std::in_range<T>(*number)) {
        throw JsonError("must be an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                        std::to_string(std::numeric_limits<T>::max()));
      }
      value = static_cast<T>(*number);
    } else if constexpr (std::is_same_v<T, std::string>) {
      const auto* text = json.template get_ptr<const std::string*>();
      if (text == nullptr) throw JsonError("must be a string");
      value = *text;
    } else {
      from_json(json, value);
    }
  }

  template <class Json>
  static void write(Json& json, const T& value) {
    if constexpr (std::is_enum_v<T>) {
      json = static_cast<std::underlying_type_t<T>>(value);
    } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, std::string>) {
      json = value;
    } else {
      to_json(json, value);
    }
  }
};

template <>
struct JsonCodec<JsonValue> {
  template <class Json>
  static void read(const Json& json, JsonValue& value) {
    value = JsonValue(Json(json));
  }
  template <class Json>
  static void write(Json& json, const JsonValue& value) {
    json = value.get();
  }
};

template <class T>
struct JsonCodec<std::optional<T>> {
  template <class Json>
  static void read(const Json& json, std::optional<T>& value) {
    value.reset();
    if (!json.is_null()) JsonCodec<T>::read(json, value.emplace());
  }
  template <class Json>
  static void write(Json& json, const std::optional<T>& value) {
    json = nullptr;
    if (value) JsonCodec<T>::write(json, *value);
  }
};

template <class T>
struct JsonCodec<Nullable<T>> : JsonCodec<std::optional<T>> {};

template <class T>
struct JsonCodec<Tolerant<T>> : JsonCodec<std::optional<T>> {
  template <class Json>
  static void read(const Json& json, Tolerant<T>& value) {
    try {
      JsonCodec<std::optional<T>>::read(json, value);
    } catch (const JsonError&) { value.reset(); }
  }
};

template <class T>
struct JsonCodec<std::vector<T>> {
  template <class Json>
  static void read(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) throw JsonError("must be an array");
    values.clear();
    values.reserve(json.size());
    for (const Json& element : json) {
      try {
        T value{};
        JsonCodec<T>::read(element, value);
        values.push_back(std::move(value));
      } catch (JsonError& error) {
        error.within_element(values.size());
        throw;
      }
    }
  }
  template <class Json>
  static void write(Json& json, const std::vector<T>& values) {
    json = Json::array();
    for (const T& value : values) JsonCodec<T>::write(json.emplace_back(), value);
  }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
  template <class Json>
  static void read(const Json& json, std::map<std::string, T>& values) {
    if (!json.is_object()) throw JsonError("must be an object");
    values.clear();
    for (auto member = json.begin(); member != json.end(); ++member) {
      try {
        JsonCodec<T>::read(member.value(), values[member.key()]);
      } catch (JsonError& error) {
        error.within_member(member.key());
        throw;
      }
    }
  }
  template <class Json>
  static void write(Json& json, const std::map<std::string, T>& values) {
    json = Json::object();
    for (const auto& [name, value] : values) JsonCodec<T>::write(json[name], value);
  }
};

// The first alternative that can be read wins, so the more demanding ones stand first.
template <class... Ts>
struct JsonCodec<std::variant<Ts...>> {
  template <class Json>
  static void read(const Json& json, std::variant<Ts...>& value) {
    if (!(read_as<Ts>(json, value) || ...)) throw JsonError("has none of the allowed forms");
  }
  template <class Json>
  static void write(Json& json, const std::variant<Ts...>& value) {
    std::visit([&json]<class T>(const T& alternative) { JsonCodec<T>::write(json, alternative); }, value);
  }

 private:
  template <class T, class Json>
  static bool read_as(const Json& json, std::variant<Ts...>& value) {
    try {
      JsonCodec<T>::read(json, value.template emplace<T>());
      return true;
    } catch (const JsonError&) { return false; }
  }
};

template <class Json, class T>
void read_member(const Json& object, const char* name, T& value) {
  try {
    if (const auto found = object.find(name); found != object.end()) {
      JsonCodec<T>::read(*found, value);
    } else if constexpr (may_be_missing<T>) {
      value.reset();
    } else {
      throw JsonError("is missing");
    }
  } catch (JsonError& error) {
    error.within_member(name);
    throw;
  }
}

template <class Json, class T>
void write_member(Json& object, const char* name, const T& value) {
  if constexpr (is_omittable<T>) {
    if (!value) return;
  }
  JsonCodec<T>::write(object[name], value);
}

template <class T, class Json>
Result<T> decode(const Json& json) {
  try {
    T value{};
    JsonCodec<T>::read(json, value);
    return value;
  } catch (const JsonError& error) { return Unexpected({error.what()}); }
}

template <class T>
Result<T> decode(const JsonValue& value) {
  return decode<T>(value.get());
}

template <class T, class Json = nlohmann::json>
JsonValue encode(const T& value) {
  Json json;
  JsonCodec<T>::write(json, value);
  return JsonValue(std::move(json));
}

}  // namespace keyline::protocol

#define KEYLINE_JSON_DECLARE(Type)                         \
  void to_json(nlohmann::json& object, const Type& value); \
  void from_json(const nlohmann::json& object, Type& value)

#define KEYLINE_JSON_OBJECT(Type, ...)                                                  \
  void to_json(nlohmann::json& object, const Type& value) {                             \
    object = nlohmann::json::object();                                                  \
    KEYLINE_FOR_EACH(KEYLINE_WRITE_MEMBER, __VA_ARGS__)                                 \
  }                                                                                     \
  void from_json(const nlohmann::json& object, Type& value) {                           \
    if (!object.is_object()) throw ::keyline::protocol::JsonError("must be an object"); \
    KEYLINE_FOR_EACH(KEYLINE_READ_MEMBER, __VA_ARGS__)                                  \
  }

#define KEYLINE_WRITE_MEMBER(name) ::keyline::protocol::write_member(object, #name, value.name);
#define KEYLINE_READ_MEMBER(name) ::keyline::protocol::read_member(object, #name, value.name);

// The usual deferred recursion; four levels of three rescans are enough for 60 fields.
#define KEYLINE_FOR_EACH(macro, ...) __VA_OPT__(KEYLINE_RESCAN(KEYLINE_FOR_EACH_STEP(macro, __VA_ARGS__)))
#define KEYLINE_FOR_EACH_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(KEYLINE_FOR_EACH_AGAIN KEYLINE_PARENTHESES(macro, __VA_ARGS__))
#define KEYLINE_FOR_EACH_AGAIN() KEYLINE_FOR_EACH_STEP
#define KEYLINE_PARENTHESES ()
#define KEYLINE_RESCAN(...) KEYLINE_RESCAN_3(KEYLINE_RESCAN_3(KEYLINE_RESCAN_3(KEYLINE_RESCAN_3(__VA_ARGS__))))
#define KEYLINE_RESCAN_3(...) KEYLINE_RESCAN_2(KEYLINE_RESCAN_2(KEYLINE_RESCAN_2(KEYLINE_RESCAN_2(__VA_ARGS__))))
#define KEYLINE_RESCAN_2(...) KEYLINE_RESCAN_1(KEYLINE_RESCAN_1(KEYLINE_RESCAN_1(KEYLINE_RESCAN_1(__VA_ARGS__))))
#define KEYLINE_RESCAN_1(...) __VA_ARGS__
