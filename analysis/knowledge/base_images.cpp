#include "analysis/knowledge/base_images.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

struct Row {
  std::string_view name;                              // the repository's path, "library/" left out
  Distribution distribution = Distribution::unknown;  // of the default tag
  std::string_view variables = {};                    // "NAME=value NAME=value"
  Account account = {};
};

using enum Distribution;

// Official images that also come on Alpine say so in the tag. Three names stand for what no variable says: CONDA_ROOT
// is where conda lies, DNF_CACHE_DIR where packages are kept, IMAGE_USER whom the image runs as when that is not root.
constexpr Row rows[] = {
    {"debian", debian},
    {"ubuntu", debian},
    {"buildpack-deps", debian},
    {"python", debian},
    {"perl", debian},
    {"node", debian, "", {"node", "1000", "/home/node"}},
    {"golang", debian, "GOPATH=/go"},
    {"rust", debian, "CARGO_HOME=/usr/local/cargo"},
    {"ruby", debian, "GEM_HOME=/usr/local/bundle"},
    {"php", debian},
    {"composer", alpine, "COMPOSER_HOME=/tmp"},
    {"maven", debian},
    {"eclipse-temurin", debian},
    {"gradle", debian, "GRADLE_USER_HOME=/home/gradle/.gradle", {"gradle", "1000", "/home/gradle"}},
    {"openjdk", debian},
    {"gcc", debian},
    {"nginx", debian},
    {"httpd", debian},
    {"elixir", debian},
    {"erlang", debian},
    {"haskell", debian},
    {"julia", debian},
    {"r-base", debian},
    {"swift", debian},
    {"dart", debian},
    {"pypy", debian},
    {"postgres", debian},
    {"mysql", rpm},
    {"redis", debian},
    {"docker", alpine},
    {"caddy", alpine},
    {"alpine", alpine},
    {"fedora", rpm},
    {"centos", rpm},
    {"rockylinux", rpm},
    {"almalinux", rpm},
    {"oraclelinux", rpm},
    {"amazonlinux", rpm},
    {"amazoncorretto", rpm},
    {"denoland/deno", debian, "DENO_DIR=/deno-dir/"},
    {"oven/bun", debian, "", {"bun", "1000", "/home/bun"}},
    {"continuumio/miniconda3", debian, "CONDA_ROOT=/opt/conda"},
    {"continuumio/anaconda3", debian, "CONDA_ROOT=/opt/conda"},
    {"condaforge/miniforge3", debian, "CONDA_ROOT=/opt/conda"},
    {"condaforge/mambaforge", debian, "CONDA_ROOT=/opt/conda"},
    {"mambaorg/micromamba",
     debian,
     "MAMBA_ROOT_PREFIX=/opt/conda IMAGE_USER=mambauser",
     {"mambauser", "57439", "/home/mambauser"}},
    {"ocaml/opam", debian, "IMAGE_USER=opam", {"opam", "1000", "/home/opam"}},
    {"ocaml/opam2", debian, "IMAGE_USER=opam", {"opam", "1000", "/home/opam"}},
    {"mcr.microsoft.com/playwright", debian, "PLAYWRIGHT_BROWSERS_PATH=/ms-playwright"},
    {"mcr.microsoft.com/playwright/python", debian, "PLAYWRIGHT_BROWSERS_PATH=/ms-playwright"},
    {"archlinux"},
    {"archlinux/archlinux"},
    {"opensuse/leap", rpm},
    {"opensuse/tumbleweed", rpm},
    {"registry.suse.com/bci/bci-base", rpm},
    {"crystallang/crystal", debian},
    {"clojure", debian},
    {"hexpm/elixir", debian},
    {"mcr.microsoft.com/dotnet/sdk", debian},
    {"mcr.microsoft.com/dotnet/core/sdk", debian},
    {"mcr.microsoft.com/dotnet/aspnet", debian},
    {"mcr.microsoft.com/dotnet/runtime", debian},
    {"ghcr.io/astral-sh/uv", debian},
    {"registry.access.redhat.com/ubi8/ubi", rpm},
    {"registry.access.redhat.com/ubi9/ubi", rpm},
    {"registry.access.redhat.com/ubi8/ubi-minimal", rpm},
    {"registry.access.redhat.com/ubi9/ubi-minimal", rpm},
    {"registry.access.redhat.com/ubi8", rpm},
    {"registry.access.redhat.com/ubi9", rpm},
    {"registry.access.redhat.com/ubi8-minimal", rpm},
    {"registry.access.redhat.com/ubi9-minimal", rpm},
    {"quay.io/centos/centos", rpm},
    {"rockylinux/rockylinux", rpm},
    {"redhat/ubi8", rpm},
    {"redhat/ubi9", rpm},
    {"redhat/ubi8-minimal", rpm},
    {"redhat/ubi9-minimal", rpm},
};

// The first release whose tool has its cache, and the code names of those before.
struct OldTool {
  std::string_view image;
  Tool tool;
  std::pair<int, int> release;
  std::string_view code_names = {};
};
constexpr OldTool old_tools[] = {{"golang", Tool::go, {1, 13}},
                                 {"alpine", Tool::go, {3, 11}},
                                 {"debian", Tool::go, {11, 0}, "wheezy jessie stretch buster"},
                                 {"ubuntu", Tool::go, {20, 4}, "precise trusty xenial bionic"},
                                 {"debian", Tool::pip, {9, 0}, "wheezy jessie"},
                                 {"ubuntu", Tool::pip, {16, 4}, "precise trusty"}};

// "1.12-alpine" is 1.12; nothing for a tag that begins with no number.
std::optional<std::pair<int, int>> release_of(std::string_view tag) {
  std::pair<int, int> release{0, 0};
  const char* const end = tag.data() + tag.size();
  const auto major = std::from_chars(tag.data(), end, release.first);
  if (major.ec != std::errc()) return std::nullopt;
  if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, release.second);
  // "1" is the newest 1.x.
  else
    release.second = 999;
  return release;
}

bool is_host(std::string_view part) {
  return part.find('.') != std::string_view::npos || part.find(':') != std::string_view::npos || part == "localhost";
}

// Where dnf and yum keep what they download: Fedora changed it with dnf5 in release 41, yum's own died with release 7.
std::string_view package_cache(std::string_view name, std::string_view tag) {
  int release = 0;
  std::string_view digits = tag;
  if (digits.starts_with("stream")) digits.remove_prefix(6);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), release);
  const bool numbered = error == std::errc() && end != digits.data();
  if (name == "fedora") {
    if (tag == "latest" || tag == "rawhide" || tag.empty()) return "/var/cache/libdnf5";
    if (!numbered) return {};
    return release >= 41 ? "/var/cache/libdnf5" : "/var/cache/dnf";
  }
  if (name == "amazonlinux")
    return release >= 2022 ? "/var/cache/dnf" : numbered && release <= 2 ? "/var/cache/yum" : "";
  if (name.find("ubi8") != std::string_view::npos) {
    return name.find("minimal") != std::string_view::npos ? "/var/cache/yum" : "/var/cache/dnf";
  }
  if (name.find("ubi9") != std::string_view::npos) return "/var/cache/dnf";
  if (!numbered) return {};
  return release >= 8 ? "/var/cache/dnf" : "/var/cache/yum";
}

}  // namespace

BaseImage describe_base_image(std::string_view reference) {
  BaseImage image;
  reference = reference.substr(0, reference.find('@'));
  const std::size_t colon = reference.rfind(':');
  const std::size_t slash = reference.rfind('/');
  std::string_view repository = reference;
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    image.tag = reference.substr(colon + 1);
    repository = reference.substr(0, colon);
  }
  for (const std::string_view windows : {"windows", "nanoserver", "servercore"}) {
    if (repository.find(windows) != std::string_view::npos || image.tag.find(windows) != std::string::npos)
      image.windows = true;
  }
  // Official images are "node", "library/node", or either of them behind the name of a registry or mirror.
  std::string_view official = repository;
  const std::size_t first = official.find('/');
  if (first != std::string_view::npos && is_host(official.substr(0, first))) official.remove_prefix(first + 1);
  if (official.starts_with("docker/library/")) official.remove_prefix(15);
  if (official.starts_with("library/")) official.remove_prefix(8);

  for (const Row& row : rows) {
    const bool hub = row.name.find('/') == std::string_view::npos;
    if (row.name != (hub ? official : repository)) continue;
    image.name = row.name;
    image.known = !image.windows;
    image.distribution = row.distribution;
    if (image.tag.find("alpine") != std::string::npos) image.distribution = alpine;
    for (const std::string_view rpm_tag :
         {"oracle", "fedora", "ubi", "amazonlinux", "al2", "microsoft", "azurelinux", "cbl-mariner"}) {
      if (image.tag.find(rpm_tag) != std::string::npos) image.distribution = rpm;
    }
    if (row.name == "amazoncorretto" && image.tag.find("debian") != std::string::npos) image.distribution = debian;
    each_word(row.variables, [&](std::string_view word) {
      const std::size_t equals = word.find('=');
      image.variables.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    });
    if (!row.account.name.empty()) image.account = row.account;
    if (row.distribution == rpm) {
      if (const std::string_view cache = package_cache(row.name, image.tag); !cache.empty()) {
        image.variables.emplace_back("DNF_CACHE_DIR", cache);
      }
    }
    break;
  }
  return image;
}

bool predates_cache(const BaseImage& image, Tool tool) {
  const auto release = release_of(image.tag);
  return std::any_of(std::begin(old_tools), std::end(old_tools), [&](const OldTool& old) {
    if (old.tool != tool || old.image != image.name) return false;
    return release ? *release < old.release : lists(old.code_names, image.tag.substr(0, image.tag.find('-')));
  });
}

}  // namespace keyline::analysis
