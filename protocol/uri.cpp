#include "protocol/uri.h"

#include <algorithm>
#include <optional>

namespace keyline::protocol {
namespace {

bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; }

// RFC 3986, section 2.3; the same set that VS Code leaves alone.
bool is_unreserved(char byte) {
  return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

std::optional<int> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (lower(digit) >= 'a' && lower(digit) <= 'f') return lower(digit) - 'a' + 10;
  return std::nullopt;
}

// What is no percent code stays as it is, and so does %00: no path holds that byte.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] == '%' && index + 2 < text.size()) {
      const std::optional<int> high = hex_value(text[index + 1]);
      const std::optional<int> low = hex_value(text[index + 2]);
      if (high && low && *high * 16 + *low != 0) {
        decoded += static_cast<char>(*high * 16 + *low);
        index += 2;
        continue;
      }
    }
    decoded += text[index];
  }
  return decoded;
}

void append_percent_encoded(std::string& uri, std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char byte : path) {
    if (is_unreserved(byte) || byte == '/') {
      uri += byte;
      continue;
    }
    const auto code = static_cast<unsigned char>(byte);
    uri += '%';
    uri += digits[code / 16];
    uri += digits[code % 16];
  }
}

bool begins_with_drive(std::string_view path) {
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':' &&
         (path.size() == 2 || path[2] == '/' || path[2] == '\\');
}

constexpr std::string_view file_scheme = "file:";

}  // namespace

bool is_file_uri(std::string_view uri) {
  return uri.size() >= file_scheme.size() &&
         std::equal(file_scheme.begin(), file_scheme.end(), uri.begin(),
                    [](char expected, char byte) { return expected == lower(byte); });
}

std::string uri_to_path(std::string_view uri) {
  if (!is_file_uri(uri)) return std::string(uri);
  std::string_view rest = uri.substr(file_scheme.size());
  rest = rest.substr(0, rest.find_first_of("?#"));
  std::string path;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view host = rest.substr(0, rest.find('/'));
    if (!host.empty() && host != "localhost") path = "//" + percent_decoded(host);
    rest.remove_prefix(host.size());
  }
  path += percent_decoded(rest);
  if (path.starts_with('/') && begins_with_drive(std::string_view(path).substr(1))) path.erase(0, 1);
  if (begins_with_drive(path)) path[0] = lower(path[0]);
  return path;
}

std::string path_to_uri(std::string_view path) {
  std::string slashed(path);
  const bool has_drive = begins_with_drive(path);
  if (has_drive || path.starts_with("\\\\")) std::replace(slashed.begin(), slashed.end(), '\\', '/');
  std::string uri = "file://";
  if (has_drive) {
    slashed[0] = lower(slashed[0]);
    uri += '/';
  } else if (slashed.starts_with("//") && !slashed.starts_with("///")) {
    slashed.erase(0, 2);
  } else if (!slashed.starts_with('/')) {
    return slashed;
  }
  append_percent_encoded(uri, slashed);
  return uri;
}

}  // namespace keyline::protocol
