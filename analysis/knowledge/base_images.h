#pragma once
// What is known of published base images without asking anybody: their user, the variables they set that move caches,
// the accounts they create, and whose packages they carry. Only images whose makers document it are listed; of any
// other nothing is known. Plain facts, for knowledge/ and rules/.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

enum class Distribution : std::uint8_t { unknown, debian, alpine, rpm };

struct Account {
  std::string_view name;
  std::string_view uid;
  std::string_view home;
};

struct BaseImage {
  std::string_view name;  // "golang"; "" when the image is not listed
  std::string tag;        // as written, without digest
  bool known = false;     // listed: its user is root unless its Dockerfile says otherwise
  Distribution distribution = Distribution::unknown;
  bool windows = false;
  std::vector<std::pair<std::string_view, std::string_view>> variables;
  std::optional<Account> account;  // the one it creates besides root
};

// `reference` as FROM names it, expanded.
BaseImage describe_base_image(std::string_view reference);

// Whether the tool that the image brings or offers is older than its cache: pip before 6, Go before modules.
bool predates_cache(const BaseImage& image, Tool tool);

}  // namespace keyline::analysis
