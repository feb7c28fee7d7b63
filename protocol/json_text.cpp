#include "protocol/json_text.h"

#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

namespace keyline::protocol::json_text {

namespace {

// How a byte is written inside of a string: as it is, as a backslash and this letter, or in one of two other ways.
constexpr char as_it_is = '\0';
constexpr char by_number = 'u';
constexpr char beyond_ascii = '8';

constexpr std::array<char, 256> forms_of_bytes() {
  std::array<char, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = by_number;
  for (std::size_t byte = 0x80; byte < table.size(); ++byte) table[byte] = beyond_ascii;
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}

constexpr std::array<char, 256> forms = forms_of_bytes();

char form_of(char byte) { return forms[static_cast<unsigned char>(byte)]; }

// The library looks for what is no UTF-8.
void write_beyond_ascii(std::string& out, std::string_view bytes) {
  const std::string quoted = nlohmann::json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out.append(quoted, 1, quoted.size() - 2);
}

}  // namespace

void write_bool(std::string& out, bool value) { out += value ? "true" : "false"; }

void write_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

void write_string(std::string& out, std::string_view value) {
  out += '"';
  std::size_t written = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char form = form_of(value[i]);
    if (form == as_it_is) continue;
    out.append(value, written, i - written);
    if (form == beyond_ascii) {
      const std::size_t begin = i;
      while (i + 1 < value.size() && form_of(value[i + 1]) == beyond_ascii) ++i;
      write_beyond_ascii(out, value.substr(begin, i + 1 - begin));
    } else {
      out.append({'\\', form});
      constexpr std::string_view digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(value[i]);
      if (form == by_number) out.append("00").append({digits[byte >> 4U], digits[byte & 15U]});
    }
    written = i + 1;
  }
  out.append(value, written) += '"';
}

}  // namespace keyline::protocol::json_text
