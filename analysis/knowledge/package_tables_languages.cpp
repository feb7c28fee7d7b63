#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

constexpr PathRule hex_packages[] = {{variable, "HEX_HOME", "/packages"}, {home, "", "/.hex/packages"}};
constexpr CacheDirectory mix_caches[] = {{.what = "Hex's package folder", .rules = hex_packages, .checked = false}};

constexpr PathRule rebar_cache[] = {{variable, "REBAR_CACHE_DIR", "/.cache/rebar3"}, {home, "", "/.cache/rebar3"}};
constexpr CacheDirectory rebar_caches[] = {{.what = "rebar3's cache", .rules = rebar_cache, .checked = false}};

// Programs that were built keep to the libraries in these: a mount over one of them breaks them.
constexpr PathRule cabal_store[] = {{variable, "CABAL_DIR", "/store"}, {home, "", "/.cabal/store"}};
constexpr CacheDirectory cabal_stores[] = {
    {.what = "Cabal's store", .rules = cabal_store, .use = CacheUse::later, .checked = false}};
constexpr PathRule stack_root[] = {{option, "--stack-root"}, {variable, "STACK_ROOT"}, {home, "", "/.stack"}};
constexpr CacheDirectory stack_stores[] = {
    {.what = "Stack's root", .rules = stack_root, .use = CacheUse::later, .checked = false}};
constexpr PathRule julia_depot[] = {{variable, "JULIA_DEPOT_PATH"}, {home, "", "/.julia"}};
constexpr CacheDirectory julia_stores[] = {
    {.what = "Julia's depot", .rules = julia_depot, .use = CacheUse::later, .checked = false}};
constexpr PathRule nimble_directory[] = {{option, "--nimbleDir"}, {variable, "NIMBLE_DIR"}, {home, "", "/.nimble"}};
constexpr CacheDirectory nimble_stores[] = {
    {.what = "Nimble's directory", .rules = nimble_directory, .use = CacheUse::later, .checked = false}};
constexpr PathRule terraform_plugins[] = {{variable, "TF_PLUGIN_CACHE_DIR"}};
constexpr CacheDirectory terraform_stores[] = {{.what = "Terraform's plugins",
                                                .rules = terraform_plugins,
                                                .sharing = "locked",
                                                .use = CacheUse::later,
                                                .checked = false}};

constexpr PathRule opam_downloads[] = {
    {option, "--root"}, {variable, "OPAMROOT", "/download-cache"}, {home, "", "/.opam/download-cache"}};
constexpr CacheDirectory opam_caches[] = {
    {.what = "opam's download folder", .rules = opam_downloads, .sharing = "locked", .checked = false}};

constexpr PathRule luarocks_cache[] = {{variable, "XDG_CACHE_HOME", "/luarocks"}, {home, "", "/.cache/luarocks"}};
constexpr CacheDirectory luarocks_caches[] = {{.what = "LuaRocks' cache", .rules = luarocks_cache, .checked = false}};

constexpr PathRule renv_cache[] = {
    {variable, "RENV_PATHS_CACHE"}, {variable, "XDG_CACHE_HOME", "/R/renv/cache"}, {home, "", "/.cache/R/renv/cache"}};
constexpr CacheDirectory renv_caches[] = {{.what = "renv's cache",
                                           .rules = renv_cache,
                                           .variable = "RENV_PATHS_CACHE",
                                           .place = "/var/cache/renv",
                                           .checked = false}};

constexpr PathRule shards_cache[] = {
    {variable, "SHARDS_CACHE_PATH"}, {variable, "XDG_CACHE_HOME", "/shards"}, {home, "", "/.cache/shards"}};
constexpr CacheDirectory shards_caches[] = {{.what = "Shards' cache",
                                             .rules = shards_cache,
                                             .variable = "SHARDS_CACHE_PATH",
                                             .place = "/var/cache/shards",
                                             .checked = false}};

constexpr PackageManager table[] = {

    // "local.hex" and "local.rebar" install mix's own helpers: they take nothing from Hex's packages.
    {.tool = Tool::mix,
     .name = "Mix",
     .programs = "mix",
     .install = "deps.get",
     .value_options = "--only",
     .manifests = "mix.exs mix.lock",
     .members = "mix.exs",
     .frozen_options = "--check-locked",
     .unread = "that mix.exs reads no other file: it is code",
     .variables = "MIX_ HEX_",
     .caches = mix_caches,
     .mount_words = "hex",
     .results = "deps"},
    {.tool = Tool::rebar3,
     .name = "rebar3",
     .programs = "rebar3",
     .install = "get-deps",
     .build = "compile,release,as,tar,ct,eunit",
     .manifests = "rebar.config rebar.lock rebar.config.script",
     .unread = "that rebar.config names no application of the project",
     .variables = "REBAR_ HEX_",
     .caches = rebar_caches,
     .mount_words = "rebar3",
     .results = "_build"},
    {.tool = Tool::cabal,
     .name = "Cabal",
     .programs = "cabal",
     .build = "build,install,run,test,exec,v2-build,v2-install,new-build,new-install",
     .update = "update,v2-update,new-update",
     .value_options = "-w --with-compiler --installdir --project-file --flags -f -j --store-dir --builddir",
     .manifests = "cabal.project cabal.project.freeze cabal.project.local",
     .members = "*.cabal",
     .dependency_options = "--only-dependencies --dependencies-only --only-deps",
     .frozen_options = "-",
     .unread = "that no package of the project has a build of its own (`build-type: Custom`)",
     .variables = "CABAL_ GHC",
     .stores = cabal_stores,
     .mount_words = "cabal",
     .results = "dist-newstyle"},
    {.tool = Tool::stack,
     .name = "Stack",
     .programs = "stack",
     .install = "setup",
     .build = "build,install,test",
     .value_options = "--resolver --stack-yaml --stack-root --work-dir --local-bin-path --ghc-options --flag",
     .manifests = "stack.yaml stack.yaml.lock",
     .members = "package.yaml *.cabal",
     .dependency_options = "--only-dependencies --dependencies-only --only-snapshot",
     .frozen_options = "--lock-file",
     .unread = "that the packages read no other file when they are configured",
     .variables = "STACK_",
     .file_settings = "STACK_YAML --stack-yaml",
     .stores = stack_stores,
     .mount_words = "stack",
     .results = ".stack-work"},
    {.tool = Tool::opam,
     .name = "opam",
     .programs = "opam",
     .install = "install",
     .update = "update",
     .value_options = "--root --switch --jobs -j --solver --repositories",
     .members = "*.opam *.opam.locked dune-project",
     .dependency_options = "--deps-only",
     .frozen_options = "-",
     .unread = "that no package is pinned to a directory of the project",
     .path_is_project = true,
     .variables = "OPAM",
     .caches = opam_caches,
     .mount_words = "opam",
     .cleaners = "clean"},
    {.tool = Tool::luarocks,
     .name = "LuaRocks",
     .programs = "luarocks",
     .add = "install",
     .build = "make,build",
     .value_options = "--tree --server --lua-version --lua-dir --only-server --branch",
     .members = "*.rockspec luarocks.lock",
     .dependency_options = "--only-deps --deps-only",
     .frozen_options = "-",
     .variables = "LUA",
     .caches = luarocks_caches,
     .mount_words = "luarocks"},
    // What cpanm keeps are its work directories and logs, not a cache of downloads.
    {.tool = Tool::cpan,
     .name = "CPAN",
     .programs = "cpanm cpan cpm carton",
     .install = "--installdeps,install",
     .add = "*",
     .value_options = "-l --local-lib -L --local-lib-contained --mirror --cpanfile --with-feature -j --workers",
     .manifests = "cpanfile cpanfile.snapshot Makefile.PL Build.PL META.json dist.ini",
     .frozen_options = "-",
     .unread = "that Makefile.PL and the cpanfile read no other file: they are code",
     .path_is_project = true,
     .variables = "PERL",
     .file_settings = "--cpanfile",
     .mount_words = "cpan"},
    // The two below are what an R expression calls, given to R with -e.
    {.tool = Tool::renv,
     .name = "renv",
     .programs = "",
     .install = "-",
     .manifests = "renv.lock .Rprofile renv/activate.R renv/settings.json renv/settings.dcf",
     .frozen_options = "-",
     .unread = "that .Rprofile reads no other file",
     .variables = "RENV_ R_",
     .caches = renv_caches,
     .mount_words = "renv",
     .mount_variables = "RENV_CONFIG_CACHE_SYMLINKS=FALSE",
     .results = "renv/library"},
    {.tool = Tool::r,
     .name = "R",
     .programs = "install2.r installGithub.r",
     .add = "*",
     .value_options = "-l --libloc -n --ncpus -r --repos -m --method -d --deps",
     .frozen_options = "-",
     .runs_project = true,
     .variables = "R_"},
    {.tool = Tool::julia,
     .name = "Julia",
     .programs = "",
     .install = "-",
     .manifests = "Project.toml Manifest.toml",
     .unread = "that the manifest names no package in the project",
     .variables = "JULIA_",
     .stores = julia_stores},
    {.tool = Tool::nimble,
     .name = "Nimble",
     .programs = "nimble",
     .install = "install,setup",
     .build = "build",
     .value_options = "--nimbleDir --nim",
     .members = "*.nimble nimble.lock",
     .dependency_options = "-d --depsOnly",
     .variables = "NIM",
     .stores = nimble_stores},
    {.tool = Tool::shards,
     .name = "Shards",
     .programs = "shards",
     .install = "install",
     .build = "build",
     .manifests = "shard.yml shard.lock shard.override.yml",
     .frozen_options = "--frozen --production",
     .unread = "that no shard is taken from a path in the project",
     .variables = "SHARDS_ CRYSTAL_",
     .caches = shards_caches,
     .mount_words = "shards",
     .results = "lib"},
    // It reads every module that the configuration names, wherever it lies.
    {.tool = Tool::terraform,
     .name = "Terraform",
     .programs = "terraform tofu",
     .build = "init,get",
     .value_options = "-chdir",
     .directory_options = "-chdir",
     .variables = "TF_",
     .stores = terraform_stores,
     .results = ".terraform"},
};

}  // namespace

std::span<const PackageManager> languages_managers() { return table; }

}  // namespace keyline::analysis
