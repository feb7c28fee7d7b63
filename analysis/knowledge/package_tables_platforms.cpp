#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

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

constexpr PackageManager table[] = {
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
     .mount_words = "composer /tmp/cache",
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
     .mount_words = "bundle gem",
     .mount_variables = "BUNDLE_GLOBAL_GEM_CACHE=true",
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
     .mount_words = ".m2 maven",
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
     .mount_words = "gradle",
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
     .build_reuses_install = true,
     .variables = "NUGET_ DOTNET_ MSBUILD",
     .file_settings = "--configfile",
     .caches = dotnet_caches,
     .stores = dotnet_stores,
     .mount_words = "nuget NuGet",
     .no_cache_options = "--no-cache --no-http-cache",
     .cleaners = "nuget locals http-cache",
     .results = "obj bin"},
    // Where the jars of these lie is said by their release and by their build files (sbt had Ivy before 1.3): no place
    // is offered.
    {.tool = Tool::mill,
     .name = "Mill",
     .programs = "mill millw",
     .install = "__.prepareOffline",
     .build = "*",
     .manifests = "build.mill build.sc .mill-version mill",
     .frozen_options = "-",
     .unread = "that the build files read no other file",
     .variables = "MILL_ COURSIER_ JAVA_"},
    {.tool = Tool::clojure,
     .name = "Clojure",
     .programs = "clojure clj",
     .install = "-P",
     .value_options = "-Sdeps",
     .manifests = "deps.edn",
     .frozen_options = "-",
     .unread = "that deps.edn takes nothing from the project (`:local/root`)",
     .variables = "CLJ_ JAVA_ GITLIBS"},
    {.tool = Tool::leiningen,
     .name = "Leiningen",
     .programs = "lein",
     .install = "deps",
     .build = "uberjar,jar,compile,run,test,install,ring uberjar,with-profile",
     .manifests = "project.clj",
     .frozen_options = "-",
     .unread = "that project.clj reads no other file",
     .variables = "LEIN_ JAVA_"},
    {.tool = Tool::sbt,
     .name = "sbt",
     .programs = "sbt sbtn",
     .install = "update",
     .build = "*",
     .manifests = "build.sbt project/build.properties .sbtopts .jvmopts",
     .members = "*.sbt",
     .frozen_options = "-",
     .unread = "that the build files read no other file",
     .variables = "SBT_ JAVA_ COURSIER_",
     .mount_words = "coursier .ivy2 sbt",
     .results = "target project/target"},
    // Its gems lie where they were installed: the cache beside them is no directory of its own.
    {.tool = Tool::gem,
     .name = "RubyGems",
     .programs = "gem",
     .add = "install,i,update",
     .value_options = "-v --version -s --source -i --install-dir -n --bindir --platform -P --trust-policy",
     .frozen_options = "-",
     .variables = "GEM_ RUBY",
     .mount_words = "gem"},
};

}  // namespace

std::span<const PackageManager> platforms_managers() { return table; }

}  // namespace keyline::analysis
