#include "analysis/knowledge/frontend_features.h"

#include <iterator>

namespace keyline::analysis {

namespace {

struct NewFlag {
  Keyword keyword;
  std::string_view flag;
  std::string_view name;
  std::pair<int, int> version;
};

constexpr NewFlag new_flags[] = {
    {Keyword::add, "keep-git-dir", "`--keep-git-dir`", {1, 6}},
    {Keyword::add, "checksum", "`--checksum`", {1, 6}},
    {Keyword::add, "unpack", "`--unpack`", {1, 17}},
    {Keyword::add, "exclude", "`--exclude`", {1, 19}},
    {Keyword::copy, "exclude", "`--exclude`", {1, 19}},
    {Keyword::copy, "parents", "`--parents`", {1, 20}},
    {Keyword::run, "security", "`--security`", {1, 20}},
};

bool is_secret_in_environment(const Flag& flag) {
  const std::string_view value = flag.value().value_or("");
  return flag.name() == "mount" && value.find("type=secret") != std::string_view::npos &&
         value.find(",env=") != std::string_view::npos;
}

}  // namespace

std::optional<FrontendFeature> newest_feature(const Instruction& instruction) {
  std::optional<FrontendFeature> newest;
  const auto take = [&](const FrontendFeature& feature) {
    if (!newest || newest->version < feature.version) newest = feature;
  };
  for (const Flag& flag : instruction.flags) {
    for (const NewFlag& each : new_flags) {
      if (each.keyword == instruction.keyword && each.flag == flag.name()) take({each.name, each.version, flag.span});
    }
    if (instruction.keyword == Keyword::run && is_secret_in_environment(flag))
      take({"a secret in the environment", {1, 10}, flag.span});
  }
  return newest;
}

}  // namespace keyline::analysis
