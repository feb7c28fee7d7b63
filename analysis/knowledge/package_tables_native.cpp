#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

constexpr PathRule go_modules[] = {
    {variable, "GOMODCACHE"}, {variable, "GOPATH", "/pkg/mod"}, {home, "", "/go/pkg/mod"}};
constexpr PathRule go_compiled[] = {
    {variable, "GOCACHE"}, {variable, "XDG_CACHE_HOME", "/go-build"}, {home, "", "/.cache/go-build"}};
constexpr CacheDirectory go_caches[] = {{.what = "Go's module cache",
                                         .rules = go_modules,
                                         .use = CacheUse::later,
                                         .cleaners = "clean -modcache",
                                         .variable = "GOMODCACHE",
                                         .place = "/var/cache/go-mod",
                                         .elsewhere = "/go/pkg/mod"},
                                        {.what = "Go's build cache",
                                         .rules = go_compiled,
                                         .builds_only = true,
                                         .cleaners = "clean -cache",
                                         .variable = "GOCACHE",
                                         .place = "/var/cache/go-build"}};

constexpr PathRule cargo_registry[] = {{variable, "CARGO_HOME", "/registry"}, {home, "", "/.cargo/registry"}};
constexpr PathRule cargo_git[] = {{variable, "CARGO_HOME", "/git/db"}, {home, "", "/.cargo/git/db"}};
constexpr CacheDirectory cargo_caches[] = {{.what = "Cargo's registry",
                                            .rules = cargo_registry,
                                            .use = CacheUse::later,
                                            .elsewhere = "/usr/local/cargo/registry"},
                                           {.what = "Cargo's git checkouts",
                                            .rules = cargo_git,
                                            .use = CacheUse::later,
                                            .elsewhere = "/usr/local/cargo/git /root/.cargo/git"}};

// What it generates for a build holds absolute paths into this directory.
constexpr PathRule conan_home[] = {{variable, "CONAN_HOME"}, {home, "", "/.conan2"}};
constexpr CacheDirectory conan_caches[] = {{.what = "Conan's home",
                                            .rules = conan_home,
                                            .sharing = "locked",
                                            .clash = "Conan's cache is not made for two writers",
                                            .use = CacheUse::later,
                                            .checked = false}};

constexpr PathRule vcpkg_archives[] = {{variable, "VCPKG_DEFAULT_BINARY_CACHE"},
                                       {variable, "XDG_CACHE_HOME", "/vcpkg/archives"},
                                       {home, "", "/.cache/vcpkg/archives"}};
constexpr CacheDirectory vcpkg_caches[] = {{.what = "vcpkg's binary cache", .rules = vcpkg_archives, .checked = false}};

// The project's package_config.json points in here: whatever compiles or runs the program reads it.
constexpr PathRule pub_cache[] = {{variable, "PUB_CACHE"}, {home, "", "/.pub-cache"}};
constexpr CacheDirectory pub_caches[] = {{.what = "pub's cache",
                                          .rules = pub_cache,
                                          .use = CacheUse::later,
                                          .variable = "PUB_CACHE",
                                          .place = "/var/cache/pub",
                                          .checked = false}};

constexpr PathRule bazel_output[] = {{option, "--output_user_root"}, {home, "", "/.cache/bazel"}};
constexpr CacheDirectory bazel_stores[] = {
    {.what = "Bazel's output root", .rules = bazel_output, .use = CacheUse::later, .checked = false}};

constexpr PackageManager table[] = {
    {.tool = Tool::go,
     .name = "Go",
     .programs = "go",
     .install = "mod download",
     .add = "get",
     .build = "build,install,test,vet,run,generate,mod tidy,mod vendor,list,work sync,tool",
     .value_options = "-o -ldflags -tags -gcflags -mod -modfile -p -C -asmflags -toolexec -run -timeout -count "
                      "-covermode -coverprofile -coverpkg -pkgdir -installsuffix -buildmode -compiler -f",
     .directory_options = "-C",
     .manifests = "go.mod go.sum go.work go.work.sum",
     .variables = "GO CGO_",
     .file_settings = "GOENV GOFLAGS -modfile",
     .caches = go_caches,
     .mount_words = "go",
     .cache_settings = "GOMODCACHE GOCACHE GOPATH",
     .cleaners = "clean -modcache,clean -cache"},
    {.tool = Tool::cargo,
     .name = "Cargo",
     .programs = "cargo",
     .install = "fetch",
     .add = "install",
     .build =
         "build,b,test,t,check,c,clippy,run,r,doc,bench,rustc,vendor,chef cook,nextest,auditable build,leptos build",
     .value_options = "--manifest-path --target --target-dir --features -F --package -p --bin --profile --jobs -j "
                      "--example --root --version --git --branch --tag --rev --path --registry --config -Z "
                      "--recipe-path --message-format --out-dir --artifact-dir --color --exclude --vers --index",
     .manifests = "Cargo.toml Cargo.lock rust-toolchain rust-toolchain.toml .cargo/config.toml",
     .variables = "CARGO_ RUST",
     .caches = cargo_caches,
     .mount_words = "cargo target",
     .results = "target"},
    {.tool = Tool::conan,
     .name = "Conan",
     .programs = "conan",
     .install = "install",
     .build = "create,build",
     .value_options = "-pr --profile -pr:h -pr:b --profile:host --profile:build -s --settings -o --options -of "
                      "--output-folder -if --install-folder -r --remote --build -g --generator -l --lockfile -c --conf",
     .manifests = "conanfile.py conanfile.txt conan.lock conandata.yml",
     .frozen_options = "-",
     .unread = "that conanfile.py and the profiles read no other file",
     .path_is_project = true,
     .variables = "CONAN_",
     .file_settings = "CONAN_DEFAULT_PROFILE -pr --profile -pr:h -pr:b --profile:host --profile:build -l --lockfile",
     .caches = conan_caches,
     .mount_words = "conan"},
    {.tool = Tool::vcpkg,
     .name = "vcpkg",
     .programs = "vcpkg",
     .install = "install",
     .value_options = "--triplet --host-triplet --overlay-ports --overlay-triplets --x-manifest-root --x-install-root "
                      "--vcpkg-root --binarysource --downloads-root",
     .directory_options = "--x-manifest-root",
     .manifests = "vcpkg.json vcpkg-configuration.json",
     .frozen_options = "-",
     .variables = "VCPKG_",
     .caches = vcpkg_caches,
     .mount_words = "vcpkg",
     .results = "vcpkg_installed"},
    // Releases before 5.4 had no cache, and which one an image has seldom shows.
    {.tool = Tool::swift,
     .name = "SwiftPM",
     .programs = "swift",
     .install = "package resolve",
     .build = "build,test,run",
     .value_options =
         "--package-path -c --configuration --product --target --cache-path --scratch-path --build-path -j "
         "--jobs --triple --swift-sdk -Xswiftc -Xcc -Xlinker --traits",
     .directory_options = "--package-path",
     .manifests = "Package.swift Package.resolved",
     .frozen_options = "--force-resolved-versions --only-use-versions-from-resolved-file",
     .unread = "that Package.swift names no package in the project",
     .variables = "SWIFT",
     .mount_words = "swift",
     .cleaners = "package purge-cache",
     .results = ".build"},
    {.tool = Tool::dart,
     .name = "pub",
     .programs = "dart flutter",
     .install = "pub get,pub upgrade",
     .build = "compile,run,build,test,pub run",
     .value_options = "-C --directory -o --output --target -t",
     .directory_options = "-C --directory",
     .manifests = "pubspec.yaml pubspec.lock pubspec_overrides.yaml",
     .members = "pubspec.yaml pubspec_overrides.yaml",
     .frozen_options = "--enforce-lockfile",
     .unread = "that no package is taken from a path in the project",
     .variables = "PUB_ DART_ FLUTTER_",
     .caches = pub_caches,
     .mount_words = "pub",
     .cleaners = "pub cache clean",
     .results = ".dart_tool"},
    {.tool = Tool::bazel,
     .name = "Bazel",
     .programs = "bazel bazelisk",
     .build = "build,test,run,fetch,mod deps,sync,vendor,coverage",
     .value_options = "--output_user_root --output_base",
     .manifests = "MODULE.bazel MODULE.bazel.lock WORKSPACE WORKSPACE.bazel .bazelrc .bazelversion",
     .variables = "BAZEL",
     .stores = bazel_stores,
     .mount_words = "bazel"},
};

}  // namespace

std::span<const PackageManager> native_managers() { return table; }

}  // namespace keyline::analysis
