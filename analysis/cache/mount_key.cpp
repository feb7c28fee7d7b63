#include "analysis/cache/mount_key.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>

#include "analysis/text/ascii.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

// Values that are no numbers are refused elsewhere; here they only have to differ from each other.
std::string number(const std::optional<std::string>& text, int base, std::string_view fallback) {
  if (!text) return std::string(fallback);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value, base);
  return error == std::errc() && end == text->data() + text->size() ? std::to_string(value) : *text;
}
std::string owner(const std::optional<std::string>& id) { return number(id, 10, "0"); }
std::string mode(const Mount& mount, std::uint32_t fallback) { return number(mount.mode, 8, std::to_string(fallback)); }

// "64m", "1.5g", "1 KiB": as go-units reads sizes of memory.
std::string bytes(const std::optional<std::string>& size) {
  constexpr std::string_view units = "bkmgtp";
  if (!size) return "0";
  const std::size_t last = size->find_last_of("0123456789. ");
  if (last == std::string::npos) return *size;
  const std::string unit = to_lower(size->substr(last + 1));
  const std::size_t power = unit.empty() ? 0 : units.find(unit[0]);
  const bool whole = unit.size() < 2 || (power > 0 && (unit.substr(1) == "b" || unit.substr(1) == "ib"));
  if (power == std::string_view::npos || !whole) return *size;
  double value = std::strtod(size->c_str(), nullptr);
  for (std::size_t i = 0; i < power; ++i) value *= 1024;
  return fmt::format("{:.0f}", value);
}

void add_cache(Digest& own, const Mount& mount, std::string_view cache_namespace) {
  const std::string id = fmt::format("{}/{}", cache_namespace, mount.id.text);
  // Every id and every sharing but those of a plain mount are blanked (ops/exec.go: checkShouldClearCacheOpts).
  const std::string_view target = mount.target.text;
  const bool kept =
      mount.sharing == "shared" && (id == target || std::string_view(id).substr(id.find('/') + 1) == target);
  own.add(kept ? id : "");
  const bool made = (mount.uid || mount.gid || mount.mode) && clean_path("/" + mount.source.text) == "/";
  if (made) own.add(owner(mount.uid)).add(owner(mount.gid)).add(mode(mount, 0755));
}

void add_secret_file(Digest& own, const Mount& mount) {
  const std::string target =
      mount.target.text.empty() ? "/run/secrets/" + std::string(base_name(mount.id.text)) : mount.target.text;
  own.add("secret").add(mount.id.text).add(target).add(mount.required);
  own.add(owner(mount.uid)).add(owner(mount.gid)).add(mode(mount, 0400));
}

}  // namespace

std::vector<std::uint32_t> mounts_by_target(const Step& step) {
  std::vector<std::uint32_t> mounts;
  for (std::uint32_t i = 0; i < step.mounts.size(); ++i) {
    if (step.mounts[i].type != Mount::Type::secret && step.mounts[i].type != Mount::Type::ssh) mounts.push_back(i);
  }
  std::stable_sort(mounts.begin(), mounts.end(), [&](std::uint32_t a, std::uint32_t b) {
    return step.mounts[a].target.text < step.mounts[b].target.text;
  });
  return mounts;
}

void add_mounts(Digest& own, const Step& step, std::string_view cache_namespace) {
  for (const std::uint32_t index : mounts_by_target(step)) {
    const Mount& mount = step.mounts[index];
    own.add("mount").add(std::to_string(static_cast<int>(mount.type))).add(mount.read_only).add(mount.target.text);
    if (mount.type == Mount::Type::cache) add_cache(own, mount, cache_namespace);
    if (mount.type == Mount::Type::tmpfs) own.add(bytes(mount.size));
  }
  for (const Mount& mount : step.mounts) {
    if (mount.type == Mount::Type::secret && mount.env)
      own.add("secret variable").add(mount.id.text).add(*mount.env).add(mount.required);
  }
  for (const Mount& mount : step.mounts) {
    if (mount.type == Mount::Type::secret && (!mount.env || mount.target_given)) add_secret_file(own, mount);
  }
  std::size_t agents = 0;
  for (const Mount& mount : step.mounts) {
    if (mount.type != Mount::Type::ssh) continue;
    const std::string target =
        mount.target.text.empty() ? fmt::format("/run/buildkit/ssh_agent.{}", agents) : mount.target.text;
    own.add("ssh").add(mount.id.text).add(target).add(mount.required);
    own.add(owner(mount.uid)).add(owner(mount.gid)).add(mode(mount, 0600));
    ++agents;
  }
}

}  // namespace keyline::analysis
