#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

constexpr PathRule apt_archives[] = {{fixed, "", "/var/cache/apt"}};
constexpr PathRule apt_lists[] = {{fixed, "", "/var/lib/apt"}};
constexpr std::string_view apt_clash = "apt fails when another apt holds its lock";
constexpr CacheDirectory apt_caches[] = {{.what = "apt's archives",
                                          .rules = apt_archives,
                                          .sharing = "locked",
                                          .clash = apt_clash,
                                          .content = "archives",
                                          .cleaners = "clean"},
                                         {.what = "apt's package lists",
                                          .rules = apt_lists,
                                          .sharing = "locked",
                                          .clash = apt_clash,
                                          .content = "lists",
                                          .cleaners = "distclean"}};

constexpr PathRule apk_cache[] = {{option, "--cache-dir"}, {fixed, "", "/etc/apk/cache"}};
constexpr CacheDirectory apk_caches[] = {{.what = "apk's package cache", .rules = apk_cache, .sharing = "locked"}};

// Which directory it is depends on the release: base_images.h gives it as this variable.
constexpr PathRule dnf_cache[] = {{option, "--setopt=cachedir"}, {variable, "DNF_CACHE_DIR"}};
constexpr CacheDirectory dnf_caches[] = {{.what = "the package cache", .rules = dnf_cache, .sharing = "locked"}};

// Packages are deleted behind the installation unless the repositories are told to keep them.
constexpr PathRule zypp_cache[] = {
    {option, "--pkg-cache-dir"}, {option, "--cache-dir"}, {fixed, "", "/var/cache/zypp"}};
constexpr CacheDirectory zypper_caches[] = {
    {.what = "zypper's package cache", .rules = zypp_cache, .sharing = "locked", .checked = false}};

constexpr PathRule pacman_cache[] = {{option, "--cachedir"}, {fixed, "", "/var/cache/pacman/pkg"}};
constexpr CacheDirectory pacman_caches[] = {
    {.what = "pacman's package cache", .rules = pacman_cache, .sharing = "locked", .checked = false}};

constexpr PathRule brew_cache[] = {
    {variable, "HOMEBREW_CACHE"}, {variable, "XDG_CACHE_HOME", "/Homebrew"}, {home, "", "/.cache/Homebrew"}};
constexpr CacheDirectory brew_caches[] = {
    {.what = "Homebrew's download folder", .rules = brew_cache, .sharing = "locked", .checked = false}};

// All that is installed lies in the store and runs from there.
constexpr PathRule nix_store[] = {{fixed, "", "/nix/store"}};
constexpr CacheDirectory nix_stores[] = {{.what = "Nix's store", .rules = nix_store, .use = CacheUse::later}};

constexpr PackageManager table[] = {
    {.tool = Tool::apt,
     .name = "apt",
     .programs = "apt-get apt aptitude",
     .add = "install,upgrade,dist-upgrade,full-upgrade,build-dep,satisfy,safe-upgrade",
     .update = "update",
     .value_options = "-t --target-release --default-release -o --option -c --config-file -a --host-architecture",
     .caches = apt_caches,
     .mount_words = "/apt",
     .cleaners = "clean,autoclean,auto-clean,distclean",
     .trimmers = "autoclean,auto-clean",
     .system = true},
    {.tool = Tool::apk,
     .name = "apk",
     .programs = "apk",
     .add = "add,upgrade,fetch",
     .update = "update",
     .value_options = "-t --virtual -X --repository -p --root --arch --cache-dir --keys-dir --repositories-file --wait",
     .caches = apk_caches,
     .mount_words = "apk",
     .no_cache_options = "--no-cache",
     .cleaners = "cache clean,cache purge",
     .system = true},
    {.tool = Tool::dnf,
     .name = "dnf",
     .programs = "dnf dnf5 microdnf yum",
     .add = "install,update,upgrade,groupinstall,group install,module install,builddep,reinstall,localinstall,"
            "distro-sync,swap",
     .update = "makecache,check-update",
     .value_options =
         "--releasever --enablerepo --disablerepo --repo --setopt -x --exclude --installroot --forcearch -c "
         "--config --advisory",
     .caches = dnf_caches,
     .mount_words = "dnf yum",
     .mount_options = "--setopt=keepcache=1",
     .cleaners = "clean all,clean packages,clean metadata,clean expire-cache,clean dbcache,clean",
     .trimmers = "clean metadata,clean expire-cache,clean dbcache",
     .system = true},
    {.tool = Tool::zypper,
     .name = "zypper",
     .programs = "zypper",
     .add = "install,in,update,up,dist-upgrade,dup,patch,source-install,si,install-new-recommends",
     .update = "refresh,ref",
     .value_options = "-R --root --installroot -D --reposd-dir -C --cache-dir --pkg-cache-dir --raw-cache-dir "
                      "--solv-cache-dir -t --type -r --repo --from -p --plus-repo",
     .caches = zypper_caches,
     .mount_words = "zypp",
     .mount_command = "zypper modifyrepo --keep-packages --all;",
     .cleaners = "clean,cc",
     .system = true},
    {.tool = Tool::pacman,
     .name = "pacman",
     .programs = "pacman",
     .add = "-S,-U,--sync,--upgrade",
     .value_options = "--cachedir --root -r --dbpath -b --config --ignore --overwrite --gpgdir --arch --hookdir",
     .caches = pacman_caches,
     .mount_words = "pacman",
     .cleaners = "-Scc,-Sc",
     .trimmers = "-Sc",
     .system = true},
    // Of the rest it was never checked what they keep: they are known as installs, and no mount is offered.
    {.tool = Tool::tdnf,
     .name = "tdnf",
     .programs = "tdnf",
     .add = "install,update,upgrade,distro-sync,reinstall",
     .update = "makecache",
     .value_options = "--releasever --enablerepo --disablerepo --repo --setopt -x --exclude --installroot -c --config",
     .mount_words = "tdnf",
     .cleaners = "clean",
     .system = true},
    {.tool = Tool::xbps,
     .name = "XBPS",
     .programs = "xbps-install",
     .add = "*",
     .value_options = "-C --config -c --cachedir -R --repository -r --rootdir",
     .mount_words = "xbps",
     .system = true},
    {.tool = Tool::portage,
     .name = "Portage",
     .programs = "emerge",
     .add = "*",
     .update = "--sync",
     .value_options = "-j --jobs -l --load-average --root --config-root --exclude",
     .mount_words = "distfiles portage",
     .system = true},
    {.tool = Tool::urpmi, .name = "urpmi", .programs = "urpmi", .add = "*", .update = "urpmi.update", .system = true},
    {.tool = Tool::homebrew,
     .name = "Homebrew",
     .programs = "brew",
     .add = "install,upgrade,reinstall",
     .update = "update",
     .frozen_options = "-",
     .variables = "HOMEBREW_",
     .caches = brew_caches,
     .mount_words = "Homebrew brew",
     .cleaners = "cleanup"},
    {.tool = Tool::nix,
     .name = "Nix",
     .programs = "nix",
     .add = "profile install,profile add",
     .build = "build,develop,run,shell",
     .frozen_options = "-",
     .variables = "NIX_",
     .stores = nix_stores},
};

}  // namespace

std::span<const PackageManager> system_managers() { return table; }

}  // namespace keyline::analysis
