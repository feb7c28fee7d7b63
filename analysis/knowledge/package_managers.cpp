#include "analysis/knowledge/package_managers.h"

#include <algorithm>
#include <array>

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

constexpr PathRule pip_cache[] = {{option, "--cache-dir"},
                                  {variable, "PIP_CACHE_DIR"},
                                  {variable, "XDG_CACHE_HOME", "/pip"},
                                  {home, "", "/.cache/pip"}};
constexpr CacheDirectory pip_caches[] = {
    {.what = "pip's download cache", .rules = pip_cache, .variable = "PIP_CACHE_DIR", .place = "/var/cache/pip"}};

constexpr PathRule uv_cache[] = {
    {option, "--cache-dir"}, {variable, "UV_CACHE_DIR"}, {variable, "XDG_CACHE_HOME", "/uv"}, {home, "", "/.cache/uv"}};
constexpr CacheDirectory uv_caches[] = {
    {.what = "uv's cache", .rules = uv_cache, .variable = "UV_CACHE_DIR", .place = "/var/cache/uv"}};

// Poetry may create its virtual environments inside its cache directory: only the two folders beside them are caches.
constexpr PathRule poetry_repositories[] = {{variable, "POETRY_CACHE_DIR", "/cache"},
                                            {variable, "XDG_CACHE_HOME", "/pypoetry/cache"},
                                            {home, "", "/.cache/pypoetry/cache"}};
constexpr PathRule poetry_artifacts[] = {{variable, "POETRY_CACHE_DIR", "/artifacts"},
                                         {variable, "XDG_CACHE_HOME", "/pypoetry/artifacts"},
                                         {home, "", "/.cache/pypoetry/artifacts"}};
constexpr CacheDirectory poetry_caches[] = {
    {.what = "Poetry's repository cache", .rules = poetry_repositories, .checked = false},
    {.what = "Poetry's artifacts", .rules = poetry_artifacts, .checked = false}};

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

constexpr PathRule composer_cache[] = {
    {variable, "COMPOSER_CACHE_DIR"}, {variable, "COMPOSER_HOME", "/cache"}, {variable, "XDG_CACHE_HOME", "/composer"}};
constexpr CacheDirectory composer_caches[] = {{.what = "Composer's cache",
                                               .rules = composer_cache,
                                               .variable = "COMPOSER_CACHE_DIR",
                                               .place = "/var/cache/composer",
                                               .elsewhere = "/root/.composer/cache /root/.cache/composer /tmp/cache",
                                               .checked = false}};

constexpr PathRule bundler_cache[] = {
    {variable, "BUNDLE_USER_CACHE"}, {variable, "BUNDLE_USER_HOME", "/cache"}, {home, "", "/.bundle/cache"}};
constexpr CacheDirectory bundler_caches[] = {{.what = "Bundler's global gem cache",
                                              .rules = bundler_cache,
                                              .variable = "BUNDLE_USER_CACHE",
                                              .place = "/var/cache/bundle",
                                              .checked = false}};

constexpr PathRule maven_repository[] = {{option, "-Dmaven.repo.local"}, {home, "", "/.m2/repository"}};
constexpr CacheDirectory maven_caches[] = {{.what = "Maven's local repository",
                                            .rules = maven_repository,
                                            .sharing = "locked",
                                            .clash = "Maven's local repository is not made for two writers",
                                            .use = CacheUse::later}};

constexpr PathRule gradle_home[] = {
    {option, "--gradle-user-home"}, {option, "-g"}, {variable, "GRADLE_USER_HOME"}, {home, "", "/.gradle"}};
constexpr CacheDirectory gradle_caches[] = {{.what = "Gradle's user home",
                                             .rules = gradle_home,
                                             .sharing = "locked",
                                             .clash = "Gradle waits for locks that it cannot ask for across containers",
                                             .use = CacheUse::later,
                                             .variable = "GRADLE_USER_HOME",
                                             .place = "/var/cache/gradle",
                                             .checked = false}};

// The packages folder is where builds read packages from: a result. Only what came over HTTP is a cache; its folder
// was renamed between SDKs, its parent was not.
constexpr PathRule nuget_http[] = {
    {variable, "NUGET_HTTP_CACHE_PATH"}, {variable, "XDG_DATA_HOME", "/NuGet"}, {home, "", "/.local/share/NuGet"}};
constexpr CacheDirectory dotnet_caches[] = {{.what = "NuGet's HTTP cache",
                                             .rules = nuget_http,
                                             .variable = "NUGET_HTTP_CACHE_PATH",
                                             .place = "/var/cache/nuget"}};

constexpr PathRule nuget_packages[] = {
    {option, "--packages"}, {variable, "NUGET_PACKAGES"}, {home, "", "/.nuget/packages"}};
constexpr CacheDirectory dotnet_stores[] = {
    {.what = "NuGet's packages folder", .rules = nuget_packages, .use = CacheUse::later}};

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

constexpr std::string_view pip_options =
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target "
    "--prefix "
    "--root --cache-dir --trusted-host --platform --python-version --implementation --abi --src --upgrade-strategy "
    "--timeout --default-timeout --retries --proxy --cert --client-cert --log --progress-bar --global-option "
    "--install-option --config-settings -C --no-binary --only-binary --python --use-feature --use-deprecated "
    "--exists-action --root-user-action --report -w --wheel-dir -d --dest --build-option --group --keyring-provider";
constexpr std::string_view uv_options =
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target "
    "--prefix "
    "--directory --project --extra --group --only-group --no-group --no-extra --package -p --python --index "
    "--default-index --config-file --cache-dir --link-mode --no-install-package --index-strategy --resolution "
    "--prerelease --exclude-newer --color --no-binary --only-binary --override --config-setting --python-version "
    "--with "
    "--allow-insecure-host --trusted-host";

constexpr std::string_view npm_files =
    "--userconfig --globalconfig --cafile npm_config_userconfig NPM_CONFIG_USERCONFIG npm_config_globalconfig "
    "NPM_CONFIG_GLOBALCONFIG npm_config_cafile NPM_CONFIG_CAFILE NODE_EXTRA_CA_CERTS";

constexpr PackageManager table[] = {
    {.tool = Tool::npm,
     .name = "npm",
     .programs = "npm",
     .install = "ci,install,i,in,ins,clean-install,install-clean,isntall,cit,install-test,it",
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
     .cache_settings = "cache-folder",
     .settings_files = ".yarnrc",
     .cleaners = "cache clean",
     .results = "node_modules"},
    // Told from Yarn 1 by the project's files or by the options of the command.
    {.tool = Tool::yarn_berry,
     .name = "Yarn",
     .programs = "",
     .install = "-,install,workspaces focus",
     .add = "add",
     .value_options = "--cwd --mode",
     .directory_options = "--cwd",
     .manifests = "package.json yarn.lock .yarnrc.yml .npmrc",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = berry_caches,
     .cleaners = "cache clean",
     .results = "node_modules .pnp.cjs .pnp.loader.mjs .yarn/cache .yarn/unplugged .yarn/install-state.gz"},
    {.tool = Tool::pnpm,
     .name = "pnpm",
     .programs = "pnpm",
     .install = "install,i,fetch,recursive install,ci",
     .add = "add",
     .value_options = "--dir -C --filter -F --store-dir --reporter --prefix --filter-prod --network-concurrency "
                      "--virtual-store-dir --modules-dir --registry --child-concurrency --loglevel",
     .directory_options = "--dir -C --prefix",
     .manifests = "package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc .pnpmfile.cjs .pnpmfile.mjs",
     .variables = "npm_config_ NPM_CONFIG_ NODE_ YARN_ PNPM_ COREPACK_",
     .file_settings = npm_files,
     .caches = pnpm_caches,
     .cache_settings = "store-dir storeDir enable-global-virtual-store enableGlobalVirtualStore",
     .settings_files = ".npmrc pnpm-workspace.yaml",
     .cleaners = "store prune,cache delete",
     .results = "node_modules .pnpm-store"},
    {.tool = Tool::pip,
     .name = "pip",
     .programs = "pip",
     .install = "install,download,wheel",
     .value_options = pip_options,
     .manifests = "requirements*.txt requirements*.in constraints*.txt",
     .variables = "PIP_ PYTHON SSL_",
     .file_settings = "PIP_CONFIG_FILE PIP_CERT PIP_CLIENT_CERT SSL_CERT_FILE --cert --client-cert",
     .caches = pip_caches,
     .cache_settings = "global.cache-dir install.cache-dir global.no-cache-dir",
     .no_cache_options = "--no-cache-dir --no-cache",
     .no_cache_variables = "PIP_NO_CACHE_DIR",
     .cleaners = "cache purge,cache remove",
     .trimmers = "cache remove"},
    {.tool = Tool::uv,
     .name = "uv",
     .programs = "uv",
     .install = "sync,pip install,pip sync",
     .add = "add,tool install",
     .value_options = uv_options,
     .directory_options = "--directory --project",
     .manifests = "pyproject.toml uv.lock uv.toml .python-version requirements*.txt",
     .variables = "UV_ PYTHON SSL_",
     .file_settings = "UV_CONFIG_FILE UV_ENV_FILE SSL_CERT_FILE --config-file",
     .caches = uv_caches,
     .cache_settings = "cache-dir no-cache",
     .settings_files = "uv.toml pyproject.toml",
     .no_cache_options = "--no-cache --no-cache-dir -n",
     .no_cache_variables = "UV_NO_CACHE",
     .cleaners = "cache clean,cache prune,clean",
     .trimmers = "cache prune",
     .results = ".venv"},
    {.tool = Tool::poetry,
     .name = "Poetry",
     .programs = "poetry",
     .install = "install,sync",
     .add = "add",
     .value_options = "--directory -C --project -P --with --without --only --extras -E",
     .directory_options = "--directory -C --project -P",
     .manifests = "pyproject.toml poetry.lock poetry.toml",
     .variables = "POETRY_ PIP_ PYTHON SSL_",
     .file_settings = "SSL_CERT_FILE",
     .caches = poetry_caches,
     .cache_settings = "cache-dir",
     .settings_files = "poetry.toml",
     .no_cache_options = "--no-cache",
     .cleaners = "cache clear",
     .results = ".venv"},
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
     .results = "target"},
    {.tool = Tool::composer,
     .name = "Composer",
     .programs = "composer composer.phar",
     .install = "install,i,update,u",
     .add = "require,create-project,global require",
     .value_options = "--working-dir -d --prefer-install --apcu-autoloader-prefix --ignore-platform-req",
     .directory_options = "--working-dir -d",
     .manifests = "composer.json composer.lock symfony.lock auth.json",
     .variables = "COMPOSER PHP_ SSL_",
     .file_settings = "COMPOSER_CAFILE SSL_CERT_FILE",
     .caches = composer_caches,
     .cache_settings = "cache-dir cache-files-dir",
     .settings_files = "composer.json",
     .no_cache_options = "--no-cache",
     .cleaners = "clear-cache,clearcache,cc",
     .results = "vendor"},
    {.tool = Tool::bundler,
     .name = "Bundler",
     .programs = "bundle bundler",
     .install = "-,install",
     .value_options = "--jobs -j --retry --path --without --with --gemfile --shebang --trust-policy",
     .manifests = "Gemfile Gemfile.lock .ruby-version .tool-versions",
     .variables = "BUNDLE_ RUBY GEM_ SSL_",
     .file_settings = "BUNDLE_SSL_CA_CERT SSL_CERT_FILE",
     .caches = bundler_caches,
     .results = "vendor/bundle vendor/cache .bundle"},
    {.tool = Tool::maven,
     .name = "Maven",
     .programs = "mvn mvnw mvnd",
     .value_options =
         "-f --file -P --activate-profiles -pl --projects -s --settings -gs --global-settings -T --threads "
         "-l --log-file -t --toolchains -rf --resume-from -D",
     .manifests = "pom.xml mvnw .mvn/wrapper/maven-wrapper.properties .mvn/wrapper/maven-wrapper.jar "
                  ".mvn/extensions.xml .mvn/jvm.config .mvn/maven.config",
     .variables = "MAVEN_ JAVA_ JDK_",
     .file_settings = "-s --settings -gs --global-settings -t --toolchains",
     .caches = maven_caches,
     .cache_settings = "-Dmaven.repo.local",
     .settings_files = "maven.config",
     .cleaners = "dependency:purge-local-repository",
     .results = "target"},
    {.tool = Tool::gradle,
     .name = "Gradle",
     .programs = "gradle gradlew",
     .value_options = "-p --project-dir -g --gradle-user-home -x --exclude-task -b --build-file -c --settings-file -I "
                      "--init-script --console --max-workers --configuration",
     .directory_options = "-p --project-dir",
     .manifests = "build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradlew "
                  "gradle.lockfile gradle/wrapper/gradle-wrapper.jar gradle/wrapper/gradle-wrapper.properties "
                  "gradle/libs.versions.toml gradle/verification-metadata.xml",
     .variables = "GRADLE_ JAVA_ ORG_GRADLE_",
     .caches = gradle_caches,
     .results = "build .gradle"},
    {.tool = Tool::dotnet,
     .name = ".NET",
     .programs = "dotnet",
     .install = "restore,tool restore",
     .add = "tool install",
     .build = "build,publish,test,pack,run,msbuild",
     .value_options =
         "-c --configuration -o --output -r --runtime -f --framework -v --verbosity --source -s --packages "
         "--configfile -a --arch --os --project --version-suffix --tool-path --version --add-source",
     .manifests = "*.csproj *.fsproj *.vbproj *.sln *.slnx Directory.Packages.props Directory.Build.props "
                  "Directory.Build.targets nuget.config NuGet.config NuGet.Config global.json packages.lock.json "
                  ".config/dotnet-tools.json",
     .variables = "NUGET_ DOTNET_ MSBUILD",
     .file_settings = "--configfile",
     .caches = dotnet_caches,
     .stores = dotnet_stores,
     .no_cache_options = "--no-cache --no-http-cache",
     .cleaners = "nuget locals http-cache",
     .results = "obj bin"},
    {.tool = Tool::apt,
     .name = "apt",
     .programs = "apt-get apt aptitude",
     .add = "install,upgrade,dist-upgrade,full-upgrade,build-dep,satisfy,safe-upgrade",
     .update = "update",
     .value_options = "-t --target-release --default-release -o --option -c --config-file -a --host-architecture",
     .caches = apt_caches,
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
     .cleaners = "clean all,clean packages,clean metadata,clean expire-cache,clean dbcache,clean",
     .trimmers = "clean metadata,clean expire-cache,clean dbcache",
     .system = true},
};

}  // namespace

std::span<const PackageManager> package_managers() { return table; }

const PackageManager& package_manager(Tool tool) {
  return *std::find_if(std::begin(table), std::end(table), [&](const PackageManager& row) { return row.tool == tool; });
}

bool lists(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return !word.empty();
  }
  return false;
}

}  // namespace keyline::analysis
