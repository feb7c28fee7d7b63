#include "analysis/model/reference.h"

#include <algorithm>

namespace keyline::analysis {

namespace {

bool is_domain(std::string_view part) {
  return part.find_first_of(".:") != std::string_view::npos || part == "localhost" ||
         std::any_of(part.begin(), part.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// One part of a repository's path: alphanumeric runs with ".", "_", "__" or dashes between them.
bool is_path_part(std::string_view part) {
  if (part.empty() || !lower_alphanumeric(part.front()) || !lower_alphanumeric(part.back())) return false;
  for (std::size_t at = 0; at < part.size();) {
    if (lower_alphanumeric(part[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (!lower_alphanumeric(part[end])) ++end;
    const std::string_view separator = part.substr(at, end - at);
    if (separator != "." && separator != "_" && separator != "__" &&
        separator.find_first_not_of('-') != std::string_view::npos)
      return false;
    at = end;
  }
  return true;
}

bool is_tag(std::string_view tag) {
  const auto word = [](char c) { return (c >= 'A' && c <= 'Z') || lower_alphanumeric(c) || c == '_'; };
  return !tag.empty() && tag.size() <= 128 && word(tag.front()) &&
         std::all_of(tag.begin(), tag.end(), [&](char c) { return word(c) || c == '.' || c == '-'; });
}

}  // namespace

std::optional<ImageReference> parse_reference(std::string_view text) {
  ImageReference reference;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    reference.digest = text.substr(at + 1);
    if (reference.digest.find(':') == std::string::npos) return std::nullopt;
    text = text.substr(0, at);
  }
  const std::size_t slash = text.rfind('/');
  const std::size_t colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    reference.tag = text.substr(colon + 1);
    if (!is_tag(reference.tag)) return std::nullopt;
    text = text.substr(0, colon);
  } else if (reference.digest.empty()) {
    reference.tag = "latest";
  }
  const std::size_t first = text.find('/');
  std::string_view path = text;
  std::string domain = "docker.io";
  if (first != std::string_view::npos && is_domain(text.substr(0, first))) {
    domain = text.substr(0, first);
    path = text.substr(first + 1);
    if (domain == "index.docker.io") domain = "docker.io";
  }
  for (std::string_view rest = path;;) {
    const std::size_t next = rest.find('/');
    if (!is_path_part(rest.substr(0, next))) return std::nullopt;
    if (next == std::string_view::npos) break;
    rest = rest.substr(next + 1);
  }
  const bool official = domain == "docker.io" && path.find('/') == std::string_view::npos;
  reference.repository = domain + "/" + (official ? "library/" : "") + std::string(path);
  return reference;
}

std::string reference_fault(std::string_view text) {
  if (parse_reference(text)) return {};
  const std::size_t slash = text.find('/');
  const bool domain = slash != std::string_view::npos && is_domain(text.substr(0, slash));
  std::string_view name = domain ? text.substr(slash + 1) : text;
  const bool official = !domain && slash == std::string_view::npos;
  name = name.substr(0, name.find(':'));
  std::string message = "invalid reference format";
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    message +=
        ": repository name (" + std::string(official ? "library/" : "") + std::string(name) + ") must be lowercase";
  }
  return message;
}

std::string pinned_digest(std::string_view text) {
  const auto reference = parse_reference(text);
  return reference ? reference->digest : std::string();
}

std::string normalized_reference(std::string_view text) {
  const auto reference = parse_reference(text);
  if (!reference) return std::string(text);
  std::string result = reference->repository;
  if (!reference->tag.empty()) result += ":" + reference->tag;
  if (!reference->digest.empty()) result += "@" + reference->digest;
  return result;
}

}  // namespace keyline::analysis
