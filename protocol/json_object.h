#pragma once
// C++ structs <-> JSON objects, each field named once:
//   struct Position { uint32_t line; uint32_t character; };  KEYLINE_JSON_DECLARE(Position);    in the header
//   KEYLINE_JSON_OBJECT(Position, line, character)                                              in the .cpp
// Reading: unknown members are ignored, an empty optional stands for a missing or null member, anything else that is
// missing or of the wrong type throws JsonError with the path to it; decode() turns that into a Result, so no
// exception leaves this layer. Writing, in the order of the fields: empty optionals are left out.

#include <concepts>
#include <cstdint>
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

#include "protocol/json_access.h"
#include "protocol/json_text.h"
#include "protocol/json_value.h"
#include "protocol/result.h"

namespace keyline::protocol {

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
inline constexpr bool extends_optional = false;
template <class T>
inline constexpr bool extends_optional<Nullable<T>> = true;
template <class T>
inline constexpr bool extends_optional<Tolerant<T>> = true;

// The comparisons of std::optional are ambiguous for classes derived from it; this one fits better than any of them.
template <class Extended, class Other>
requires extends_optional<Extended>
bool operator==(const Extended& left, const Other& right) {
  const std::optional<typename Extended::value_type>& value = left;
  if constexpr (extends_optional<Other>) {
    const std::optional<typename Other::value_type>& other_value = right;
    return value == other_value;
  } else {
    return value == right;
  }
}

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

// Every type with write_json and from_json of its own.
template <class T>
struct JsonCodec {
  static void read(const nlohmann::json& json, T& value) { from_json(json, value); }
  static void write(std::string& out, const T& value) { write_json(out, value); }
};

template <>
struct JsonCodec<bool> {
  static void read(const nlohmann::json& json, bool& value) { value = json_access::read_bool(json); }
  static void write(std::string& out, bool value) { json_text::write_bool(out, value); }
};

template <std::integral T>
struct JsonCodec<T> {
  static_assert(std::in_range<std::int64_t>(std::numeric_limits<T>::max()));
  static void read(const nlohmann::json& json, T& value) {
    using Limits = std::numeric_limits<T>;
    value = static_cast<T>(json_access::read_integer(json, Limits::min(), Limits::max()));
  }
  static void write(std::string& out, T value) { json_text::write_integer(out, value); }
};

// Enumerations travel as their numbers; a number that has no name here is kept.
template <class T>
requires std::is_enum_v<T>
struct JsonCodec<T> {
  using Number = std::underlying_type_t<T>;
  static void read(const nlohmann::json& json, T& value) {
    Number number{};
    JsonCodec<Number>::read(json, number);
    value = static_cast<T>(number);
  }
  static void write(std::string& out, T value) { JsonCodec<Number>::write(out, static_cast<Number>(value)); }
};

template <>
struct JsonCodec<std::string> {
  static void read(const nlohmann::json& json, std::string& value) { value = json_access::read_string(json); }
  static void write(std::string& out, const std::string& value) { json_text::write_string(out, value); }
};

template <>
struct JsonCodec<JsonValue> {
  static void read(const nlohmann::json& json, JsonValue& value) { value = json_access::read_any(json); }
  static void write(std::string& out, const JsonValue& value) { out += value.text(); }
};

template <>
struct JsonCodec<JsonText> {
  static void read(const nlohmann::json& json, JsonText& value) { value = json_access::read_any(json); }
  static void write(std::string& out, const JsonText& value) { out += value.text(); }
};

template <class T>
struct JsonCodec<std::optional<T>> {
  static void read(const nlohmann::json& json, std::optional<T>& value) {
    value.reset();
    if (!json_access::is_null(json)) JsonCodec<T>::read(json, value.emplace());
  }
  static void write(std::string& out, const std::optional<T>& value) {
    if (value) {
      JsonCodec<T>::write(out, *value);
    } else {
      out += "null";
    }
  }
};

template <class T>
struct JsonCodec<Nullable<T>> : JsonCodec<std::optional<T>> {};

template <class T>
struct JsonCodec<Tolerant<T>> : JsonCodec<std::optional<T>> {
  static void read(const nlohmann::json& json, Tolerant<T>& value) {
    try {
      JsonCodec<std::optional<T>>::read(json, value);
    } catch (const JsonError&) { value.reset(); }
  }
};

template <class T>
struct JsonCodec<std::vector<T>> {
  static void read(const nlohmann::json& json, std::vector<T>& values) {
    const std::size_t size = json_access::array_size(json);
    values.clear();
    values.reserve(size);
    for (std::size_t index = 0; index < size; ++index) {
      try {
        JsonCodec<T>::read(json_access::element(json, index), values.emplace_back());
      } catch (JsonError& error) {
        error.within_element(index);
        throw;
      }
    }
  }
  static void write(std::string& out, const std::vector<T>& values) {
    char before = '[';
    for (const T& value : values) {
      out += std::exchange(before, ',');
      JsonCodec<T>::write(out, value);
    }
    out += values.empty() ? "[]" : "]";
  }
};

template <class T>
struct JsonCodec<std::map<std::string, T>> {
  static void read(const nlohmann::json& json, std::map<std::string, T>& values) {
    values.clear();
    json_access::for_each_member(json, [&values](const std::string& name, const nlohmann::json& member) {
      try {
        JsonCodec<T>::read(member, values[name]);
      } catch (JsonError& error) {
        error.within_member(name);
        throw;
      }
    });
  }
  static void write(std::string& out, const std::map<std::string, T>& values) {
    char before = '{';
    for (const auto& [name, value] : values) {
      out += std::exchange(before, ',');
      json_text::write_string(out, name);
      out += ':';
      JsonCodec<T>::write(out, value);
    }
    out += values.empty() ? "{}" : "}";
  }
};

// The first alternative that can be read wins, so the more demanding ones stand first.
template <class... Ts>
struct JsonCodec<std::variant<Ts...>> {
  static void read(const nlohmann::json& json, std::variant<Ts...>& value) {
    if (!(read_as<Ts>(json, value) || ...)) throw JsonError("has none of the allowed forms");
  }
  static void write(std::string& out, const std::variant<Ts...>& value) {
    std::visit([&out]<class T>(const T& alternative) { JsonCodec<T>::write(out, alternative); }, value);
  }

 private:
  template <class T>
  static bool read_as(const nlohmann::json& json, std::variant<Ts...>& value) {
    try {
      JsonCodec<T>::read(json, value.template emplace<T>());
      return true;
    } catch (const JsonError&) { return false; }
  }
};

template <class T>
void read_member(const nlohmann::json& object, const char* name, T& value) {
  try {
    if (const nlohmann::json* member = json_access::find_member(object, name)) {
      JsonCodec<T>::read(*member, value);
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

template <class T>
void write_member(std::string& out, std::string_view written_name, const T& value) {
  if constexpr (is_omittable<T>) {
    if (!value) return;
  }
  json_text::begin_member(out, written_name);
  JsonCodec<T>::write(out, value);
}

template <class T>
Result<T> decode(const nlohmann::json& json) {
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

template <class T>
JsonText encode(const T& value) {
  std::string out;
  JsonCodec<T>::write(out, value);
  return JsonText(std::move(out));
}

}  // namespace keyline::protocol

#define KEYLINE_JSON_DECLARE(Type)                      \
  void write_json(std::string& out, const Type& value); \
  void from_json(const nlohmann::json& object, Type& value)

#define KEYLINE_JSON_OBJECT(Type, ...)                        \
  void write_json(std::string& out, const Type& value) {      \
    out += '{';                                               \
    KEYLINE_FOR_EACH(KEYLINE_WRITE_MEMBER, __VA_ARGS__)       \
    out += '}';                                               \
  }                                                           \
  void from_json(const nlohmann::json& object, Type& value) { \
    ::keyline::protocol::json_access::require_object(object); \
    KEYLINE_FOR_EACH(KEYLINE_READ_MEMBER, __VA_ARGS__)        \
  }

#define KEYLINE_WRITE_MEMBER(name) ::keyline::protocol::write_member(out, ",\"" #name "\":", value.name);
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
