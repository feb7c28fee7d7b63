#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

using enum PathRule::From;

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

constexpr CacheDirectory pipx_caches[] = {{.what = "pip's download cache",
                                           .rules = pip_cache,
                                           .variable = "PIP_CACHE_DIR",
                                           .place = "/var/cache/pip",
                                           .checked = false}};

constexpr PathRule pdm_cache[] = {
    {variable, "PDM_CACHE_DIR"}, {variable, "XDG_CACHE_HOME", "/pdm"}, {home, "", "/.cache/pdm"}};
constexpr CacheDirectory pdm_caches[] = {{.what = "PDM's cache",
                                          .rules = pdm_cache,
                                          .variable = "PDM_CACHE_DIR",
                                          .place = "/var/cache/pdm",
                                          .checked = false}};

// It hands its own directory to the pip that it runs.
constexpr PathRule pipenv_cache[] = {
    {variable, "PIPENV_CACHE_DIR"}, {variable, "XDG_CACHE_HOME", "/pipenv"}, {home, "", "/.cache/pipenv"}};
constexpr CacheDirectory pipenv_caches[] = {{.what = "Pipenv's cache",
                                             .rules = pipenv_cache,
                                             .variable = "PIPENV_CACHE_DIR",
                                             .place = "/var/cache/pipenv",
                                             .checked = false}};

// Where conda itself lies depends on the image: base_images.h gives it as CONDA_ROOT. Packages are linked from here
// into the environment, and copied where the mount makes a link impossible.
constexpr PathRule conda_packages[] = {
    {variable, "CONDA_PKGS_DIRS"}, {variable, "MAMBA_ROOT_PREFIX", "/pkgs"}, {variable, "CONDA_ROOT", "/pkgs"}};
constexpr CacheDirectory conda_caches[] = {{.what = "conda's package folder",
                                            .rules = conda_packages,
                                            .sharing = "locked",
                                            .variable = "CONDA_PKGS_DIRS",
                                            .place = "/var/cache/conda",
                                            .elsewhere = "/opt/conda/pkgs",
                                            .checked = false}};

constexpr PathRule hub_models[] = {{option, "--cache-dir"},
                                   {variable, "HF_HUB_CACHE"},
                                   {variable, "HF_HOME", "/hub"},
                                   {variable, "XDG_CACHE_HOME", "/huggingface/hub"},
                                   {home, "", "/.cache/huggingface/hub"}};
constexpr CacheDirectory hub_stores[] = {{.what = "the models", .rules = hub_models, .use = CacheUse::later}};

constexpr PackageManager table[] = {
    {.tool = Tool::pip,
     .name = "pip",
     .programs = "pip",
     .install = "install,download,wheel",
     .value_options = pip_options,
     .manifests = "requirements*.txt requirements*.in constraints*.txt",
     .variables = "PIP_ PYTHON SSL_",
     .file_settings = "PIP_CONFIG_FILE PIP_CERT PIP_CLIENT_CERT SSL_CERT_FILE --cert --client-cert",
     .caches = pip_caches,
     .mount_words = "pip",
     .cache_settings = "global.cache-dir install.cache-dir global.no-cache-dir",
     .no_cache_options = "--no-cache-dir --no-cache",
     .no_cache_variables = "PIP_NO_CACHE_DIR",
     .cleaners = "cache purge,cache remove",
     .trimmers = "cache remove"},
    {.tool = Tool::uv,
     .name = "uv",
     .programs = "uv uvx",
     .install = "sync,pip install,pip sync",
     .add = "add,tool install,tool run",
     .build = "run,build",
     .value_options = uv_options,
     .directory_options = "--directory --project",
     .manifests = "pyproject.toml uv.lock uv.toml .python-version requirements*.txt",
     .build_fetches = false,
     .variables = "UV_ PYTHON SSL_",
     .file_settings = "UV_CONFIG_FILE UV_ENV_FILE SSL_CERT_FILE --config-file",
     .caches = uv_caches,
     .mount_words = "uv",
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
     .mount_words = "poetry",
     .cache_settings = "cache-dir",
     .settings_files = "poetry.toml",
     .no_cache_options = "--no-cache",
     .cleaners = "cache clear",
     .results = ".venv"},
    {.tool = Tool::pipx,
     .name = "pipx",
     .programs = "pipx",
     .add = "install,inject,run,upgrade,install-all",
     .value_options = "--python --spec --suffix --pip-args --index-url -i --with",
     .frozen_options = "-",
     .variables = "PIP_ PIPX_ PYTHON SSL_",
     .caches = pipx_caches,
     .mount_words = "pip",
     .no_cache_variables = "PIP_NO_CACHE_DIR"},
    {.tool = Tool::pdm,
     .name = "PDM",
     .programs = "pdm",
     .install = "install,sync",
     .add = "add",
     .build = "build",
     .value_options = "-p --project -G --group --with --without -L --lockfile -c --config --venv -C --config-setting "
                      "--override -x --exclude",
     .directory_options = "-p --project",
     .manifests = "pyproject.toml pdm.lock pdm.toml .python-version",
     .dependency_options = "--no-self --no-project",
     .frozen_options = "--frozen-lockfile --no-lock --check",
     .build_fetches = false,
     .variables = "PDM_ PIP_ PYTHON SSL_",
     .file_settings = "PDM_LOCKFILE PDM_CONFIG_FILE -L --lockfile -c --config SSL_CERT_FILE",
     .caches = pdm_caches,
     .mount_words = "pdm",
     .cache_settings = "cache_dir install.cache",
     .settings_files = "pdm.toml",
     .cleaners = "cache clear",
     .results = ".venv __pypackages__"},
    {.tool = Tool::pipenv,
     .name = "Pipenv",
     .programs = "pipenv",
     .install = "install,sync",
     .add = "update,upgrade",
     .value_options =
         "--python -r --requirements -i --index --pypi-mirror --extra-pip-args --categories -c -e --editable",
     .manifests = "Pipfile Pipfile.lock",
     .manifest_options = "-r --requirements",
     .frozen_options = "--deploy --ignore-pipfile",
     .variables = "PIPENV_ PIP_ PYTHON SSL_",
     .file_settings = "PIPENV_PIPFILE SSL_CERT_FILE",
     .caches = pipenv_caches,
     .mount_words = "pipenv",
     .no_cache_options = "--clear",
     .results = ".venv"},
    {.tool = Tool::conda,
     .name = "conda",
     .programs = "conda mamba micromamba",
     .install = "env create,env update",
     .add = "install,create,update,upgrade",
     .value_options =
         "-n --name -p --prefix -f --file -c --channel -s --subdir --solver --repodata-fn --platform --root-prefix "
         "-r --category",
     .manifests = "environment.yml environment.yaml",
     .manifest_options = "-f --file",
     .frozen_options = "-",
     .unread = "that the `pip:` part of the environment names no file of the project",
     .variables = "CONDA_ MAMBA_ PIP_",
     .file_settings = "CONDARC MAMBARC",
     .caches = conda_caches,
     .mount_words = "conda mamba",
     .cache_settings = "pkgs_dirs",
     .settings_files = ".condarc .mambarc",
     .cleaners = "clean"},
    {.tool = Tool::hugging_face,
     .name = "Hugging Face",
     .programs = "hf huggingface-cli",
     .add = "download",
     .value_options = "--local-dir --revision --include --exclude --cache-dir --repo-type --token",
     .frozen_options = "-",
     .stores = hub_stores},
};

}  // namespace

std::span<const PackageManager> python_managers() { return table; }

}  // namespace keyline::analysis
