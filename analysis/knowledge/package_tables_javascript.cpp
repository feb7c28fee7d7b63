#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

constexpr PathRule npm_cache[] = {
    {option, "--cache"}, {variable, "npm_config_cache"}, {variable, "NPM_CONFIG_CACHE"}, {home, "", "/.npm"}};
constexpr CacheDirectory npm_caches[] = {{.what = "npm's download cache",
                                          .rules = npm_cache,
                                          .content = "_cacache",
                                          .variable = "npm_config_cache",
                                          .place = "/var/cache/npm"}};

// Yarn 1 keeps root's cache away from root's home. Its cache was not safe for parallel writers in all versions.
constexpr PathRule yarn_cache[] = {{option, "--cache-folder"},
                                   {variable, "YARN_CACHE_FOLDER"},
                                   {variable, "XDG_CACHE_HOME", "/yarn"},
                                   {root, "", "/usr/local/share/.cache/yarn"},
                                   {home, "", "/.cache/yarn"}};
constexpr CacheDirectory yarn_caches[] = {{.what = "Yarn's download cache",
                                           .rules = yarn_cache,
                                           .sharing = "locked",
                                           .variable = "YARN_CACHE_FOLDER",
                                           .place = "/var/cache/yarn"}};

constexpr PathRule berry_cache[] = {{variable, "YARN_GLOBAL_FOLDER", "/cache"}, {home, "", "/.yarn/berry/cache"}};
constexpr CacheDirectory berry_caches[] = {{.what = "Yarn's global cache",
                                            .rules = berry_cache,
                                            .variable = "YARN_GLOBAL_FOLDER",
                                            .place = "/var/cache/yarn",
                                            .checked = false}};

constexpr PathRule pnpm_store[] = {{option, "--store-dir"},
                                   {variable, "npm_config_store_dir"},
                                   {variable, "NPM_CONFIG_STORE_DIR"},
                                   {variable, "PNPM_HOME", "/store"},
                                   {variable, "XDG_DATA_HOME", "/pnpm/store"},
                                   {home, "", "/.local/share/pnpm/store"}};
constexpr CacheDirectory pnpm_caches[] = {{.what = "pnpm's store",
                                           .rules = pnpm_store,
                                           .variable = "npm_config_store_dir",
                                           .place = "/var/cache/pnpm",
                                           .elsewhere = "/root/.pnpm-store /pnpm/store /root/.local/share/pnpm/store"}};

constexpr std::string_view npm_files =
    "--userconfig --globalconfig --cafile npm_config_userconfig NPM_CONFIG_USERCONFIG npm_config_globalconfig "
    "NPM_CONFIG_GLOBALCONFIG npm_config_cafile NPM_CONFIG_CAFILE NODE_EXTRA_CA_CERTS";

constexpr PathRule bun_cache[] = {{option, "--cache-dir"},
                                  {variable, "BUN_INSTALL_CACHE_DIR"},
                                  {variable, "BUN_INSTALL", "/install/cache"},
                                  {home, "", "/.bun/install/cache"}};
constexpr CacheDirectory bun_caches[] = {{.what = "Bun's download cache",
                                          .rules = bun_cache,
                                          .variable = "BUN_INSTALL_CACHE_DIR",
                                          .place = "/var/cache/bun",
                                          .checked = false}};

// Programs run from these directories, in the finished image too: a mount over one of them loses what was fetched.
constexpr PathRule deno_directory[] = {
    {variable, "DENO_DIR"}, {variable, "XDG_CACHE_HOME", "/deno"}, {home, "", "/.cache/deno"}};
constexpr CacheDirectory deno_stores[] = {
    {.what = "Deno's directory", .rules = deno_directory, .use = CacheUse::later, .checked = false}};
constexpr PathRule playwright_browsers[] = {{variable, "PLAYWRIGHT_BROWSERS_PATH"},
                                            {variable, "XDG_CACHE_HOME", "/ms-playwright"},
                                            {home, "", "/.cache/ms-playwright"}};
constexpr CacheDirectory playwright_stores[] = {
    {.what = "Playwright's browsers", .rules = playwright_browsers, .use = CacheUse::later}};
constexpr PathRule cypress_binary[] = {
    {variable, "CYPRESS_CACHE_FOLDER"}, {variable, "XDG_CACHE_HOME", "/Cypress"}, {home, "", "/.cache/Cypress"}};
constexpr CacheDirectory cypress_stores[] = {
    {.what = "Cypress itself", .rules = cypress_binary, .use = CacheUse::later, .checked = false}};
constexpr PathRule puppeteer_browsers[] = {{variable, "PUPPETEER_CACHE_DIR"}, {home, "", "/.cache/puppeteer"}};
constexpr CacheDirectory puppeteer_stores[] = {
    {.what = "Puppeteer's browsers", .rules = puppeteer_browsers, .use = CacheUse::later, .checked = false}};

constexpr PackageManager table[] = {
    {.tool = Tool::npm,
     .name = "npm",
     .programs = "npm",
     .install = "ci,install,i,in,ins,clean-install,install-clean,isntall,cit,install-test,it,update,up,upgrade",
     .add = "add",
     .value_options = "--prefix -C --cache --registry --loglevel --omit --include --only --userconfig -w --workspace "
                      "--globalconfig --cafile --maxsockets --fetch-retries --fetch-timeout --fetch-retry-mintimeout "
                      "--fetch-retry-maxtimeout "
                      "--before --tag --install-strategy --network-timeout --python --arch --target --jobs",
     .directory_options = "--prefix -C",
     .manifests = "package.json package-lock.json npm-shrinkwrap.json .npmrc",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = npm_caches,
     .mount_words = "npm",
     .cache_settings = "cache",
     .settings_files = ".npmrc",
     .cleaners = "cache clean,cache rm,cache clear,cache verify",
     .trimmers = "cache verify",
     .results = "node_modules"},
    {.tool = Tool::yarn,
     .name = "Yarn",
     .programs = "yarn yarnpkg",
     .install = "-,install,workspaces focus",
     .add = "add,global add",
     .value_options =
         "--cwd --cache-folder --network-timeout --network-concurrency --registry --modules-folder --mutex "
         "--global-folder --use-yarnrc --prefix --preferred-cache-folder",
     .directory_options = "--cwd",
     .manifests = "package.json yarn.lock .npmrc .yarnrc",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = yarn_caches,
     .mount_words = "yarn",
     .cache_settings = "cache-folder",
     .settings_files = ".yarnrc",
     .cleaners = "cache clean",
     .results = "node_modules"},
    // Told from Yarn 1 by the project's files or by the options of the command.
    {.tool = Tool::yarn_berry,
     .name = "Yarn",
     .programs = "",
     .install = "-,install,workspaces focus",
     .add = "add,dlx",
     .value_options = "--cwd --mode",
     .directory_options = "--cwd",
     .manifests = "package.json yarn.lock .yarnrc.yml .npmrc",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = berry_caches,
     .mount_words = "yarn",
     .cleaners = "cache clean",
     .results = "node_modules .pnp.cjs .pnp.loader.mjs .yarn/cache .yarn/unplugged .yarn/install-state.gz"},
    {.tool = Tool::pnpm,
     .name = "pnpm",
     .programs = "pnpm",
     .install = "install,i,fetch,recursive install,ci",
     .add = "add,dlx",
     .build = "deploy",
     .value_options = "--dir -C --filter -F --store-dir --reporter --prefix --filter-prod --network-concurrency "
                      "--virtual-store-dir --modules-dir --registry --child-concurrency --loglevel",
     .directory_options = "--dir -C --prefix",
     .manifests = "package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc .pnpmfile.cjs .pnpmfile.mjs",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = pnpm_caches,
     .mount_words = "pnpm",
     .cache_settings = "store-dir storeDir enable-global-virtual-store enableGlobalVirtualStore",
     .settings_files = ".npmrc pnpm-workspace.yaml",
     .cleaners = "store prune,cache delete",
     .results = "node_modules .pnpm-store"},
    {.tool = Tool::bun,
     .name = "Bun",
     .programs = "bun",
     .install = "install,i,ci",
     .add = "add,a,x",
     .value_options =
         "--cwd --filter --cache-dir --config -c --registry --backend --omit --linker --network-concurrency",
     .directory_options = "--cwd",
     .manifests = "package.json bun.lock bun.lockb bunfig.toml .npmrc",
     .variables = "BUN_ npm_config_ NPM_CONFIG_ NODE_",
     .file_settings = npm_files,
     .caches = bun_caches,
     .mount_words = "bun",
     .cache_settings = "dir disable",
     .settings_files = "bunfig.toml",
     .no_cache_options = "--no-cache",
     .cleaners = "pm cache rm",
     .results = "node_modules"},
    {.tool = Tool::deno,
     .name = "Deno",
     .programs = "deno",
     .install = "install,i,ci",
     .add = "add",
     .build = "cache,compile,run,serve",
     .value_options = "--config -c --import-map --lock --cert --entrypoint -e --node-modules-dir",
     .manifests = "deno.json deno.jsonc deno.lock import_map.json package.json .npmrc",
     .frozen_options = "--frozen",
     .unread = "that the imports of deno.json name no file of the project",
     .variables = "DENO_ NPM_CONFIG_",
     .file_settings = "--config -c --import-map --lock --cert",
     .stores = deno_stores,
     .mount_words = "deno",
     .results = "node_modules vendor"},
    // The version in the project's own packages decides which browsers these fetch.
    {.tool = Tool::playwright,
     .name = "Playwright",
     .programs = "playwright",
     .add = "install",
     .runs_project = true,
     .stores = playwright_stores},
    {.tool = Tool::cypress,
     .name = "Cypress",
     .programs = "cypress",
     .add = "install",
     .runs_project = true,
     .stores = cypress_stores},
    {.tool = Tool::puppeteer,
     .name = "Puppeteer",
     .programs = "puppeteer",
     .add = "browsers install",
     .runs_project = true,
     .stores = puppeteer_stores},
};

}  // namespace

std::span<const PackageManager> javascript_managers() { return table; }

}  // namespace keyline::analysis
