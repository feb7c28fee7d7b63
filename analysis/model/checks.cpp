#include "analysis/model/checks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "analysis/text/ascii.h"

namespace keyline::analysis {

namespace {

std::optional<unsigned> number(std::string_view text, int base) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_port_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = number(text.substr(0, dash), 10);
  if (!first || *first > 65535) return false;
  if (dash == std::string_view::npos) return true;
  const auto last = number(text.substr(dash + 1), 10);
  return last && *last <= 65535 && *last >= *first;
}

// One clause of a symbolic mode: "ug+rw", "a=r-x".
bool is_symbolic_clause(std::string_view clause) {
  std::size_t at = std::min(clause.find_first_not_of("ugoa"), clause.size());
  if (at == clause.size()) return false;
  while (at < clause.size()) {
    if (std::string_view("+-=").find(clause[at]) == std::string_view::npos) return false;
    at = std::min(clause.find_first_not_of("rwxXstugo", at + 1), clause.size());
  }
  return true;
}

}  // namespace

std::string port_fault(std::string_view port) {
  const std::size_t colon = port.rfind(':');
  const std::string_view container = colon == std::string_view::npos ? port : port.substr(colon + 1);
  const std::size_t slash = container.find('/');
  const std::string_view range = container.substr(0, slash);
  if (range.empty()) return "invalid port: \"" + std::string(port) + "\": no port specified";
  if (slash != std::string_view::npos && slash + 1 < container.size()) {
    const std::string protocol = to_lower(container.substr(slash + 1));
    if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
      return "invalid port: \"" + std::string(port) + "\": invalid proto: " + protocol;
    }
  }
  if (!is_port_range(range)) return "invalid containerPort: " + std::string(range);
  if (colon == std::string_view::npos) return {};
  const std::string_view before = port.substr(0, colon);
  const std::string_view host = before.substr(before.rfind(':') + 1);
  return host.empty() || is_port_range(host) ? std::string() : "invalid hostPort: " + std::string(host);
}

std::string chmod_fault(std::string_view mode) {
  bool good = false;
  if (const auto octal = number(mode, 8)) {
    good = *octal <= 07777;
  } else {
    good = !mode.empty();
    for (std::size_t at = 0; good && at <= mode.size();) {
      const std::size_t comma = std::min(mode.find(',', at), mode.size());
      good = is_symbolic_clause(mode.substr(at, comma - at));
      at = comma + 1;
    }
  }
  return good ? std::string()
              : "invalid chmod parameter: '" + std::string(mode) +
                    "'. it should be octal string and between 0 and 07777";
}

std::string git_query_fault(std::string_view address) {
  const std::size_t question = address.find('?');
  if (question == std::string_view::npos) return {};
  std::string_view query = address.substr(question + 1);
  query = query.substr(0, query.find('#'));
  static constexpr std::array<std::string_view, 6> with_value = {"ref",    "tag",      "branch",
                                                                 "subdir", "checksum", "commit"};
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    at = end + 1;
    const std::string_view key = pair.substr(0, pair.find('='));
    const std::string quoted = "\"" + std::string(key) + "\"";
    if (key == "submodules" || key == "keep-git-dir" || key.empty()) continue;
    if (key.size() + 1 >= pair.size()) return "query " + quoted + " has no value";
    if (std::find(with_value.begin(), with_value.end(), key) == with_value.end()) return "unexpected query " + quoted;
  }
  return {};
}

}  // namespace keyline::analysis
