#include "analysis/knowledge/manifests.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

using nlohmann::json;

json parse_object(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  json parsed = json::parse(text, nullptr, false, true);
  return parsed.is_object() ? parsed : json();
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view unquote(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

template <typename Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    visit(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

void collect_strings(const json& value, std::vector<std::string>& strings) {
  if (!value.is_array()) return;
  for (const json& each : value) {
    if (each.is_string()) strings.push_back(each.get<std::string>());
  }
}

bool has_local_version(const json& package, const char* section) {
  const auto found = package.find(section);
  if (found == package.end() || !found->is_object()) return false;
  return std::any_of(found->begin(), found->end(), [](const json& version) {
    if (!version.is_string()) return false;
    const std::string& text = version.get_ref<const std::string&>();
    return text.starts_with("file:") || text.starts_with("link:") || text.starts_with("portal:") ||
           text.starts_with('.') || text.starts_with('/') || text.starts_with("~/");
  });
}

// Packages whose own install script reads files of the project that depends on them, up to a major version.
struct PostinstallReader {
  std::string_view package;
  int gone_with = 0;  // 0: all versions do
  std::string_view files;
};
constexpr PostinstallReader postinstall_readers[] = {
    {"@prisma/client", 7, "prisma/schema.prisma schema.prisma prisma.config.ts"},
    {"@sveltejs/kit", 2, "svelte.config.js"},
    {"puppeteer", 0,
     ".puppeteerrc .puppeteerrc.json .puppeteerrc.yaml .puppeteerrc.yml .puppeteerrc.js .puppeteerrc.cjs "
     ".puppeteerrc.mjs .puppeteerrc.ts puppeteer.config.js puppeteer.config.cjs puppeteer.config.mjs "
     "puppeteer.config.ts"}};

// The first number in "^6.2.0"; 0 when there is none.
int major_version(std::string_view version) {
  const std::size_t digit = std::min(version.find_first_of("0123456789"), version.size());
  int number = 0;
  std::from_chars(version.data() + digit, version.data() + version.size(), number);
  return number;
}

void collect_postinstall_files(const json& package, std::vector<std::string>& files) {
  for (const PostinstallReader& reader : postinstall_readers) {
    for (const char* section : {"dependencies", "devDependencies", "optionalDependencies"}) {
      const auto found = package.find(section);
      if (found == package.end() || !found->is_object() || !found->contains(reader.package)) continue;
      const json& version = found->at(std::string(reader.package));
      const int major = version.is_string() ? major_version(version.get_ref<const std::string&>()) : 0;
      if (reader.gone_with != 0 && major >= reader.gone_with) continue;
      each_word(reader.files, [&](std::string_view file) { files.emplace_back(file); });
    }
  }
  // "prisma": { "schema": "db/schema.prisma" }
  const auto prisma = package.find("prisma");
  if (files.empty() || prisma == package.end() || !prisma->is_object()) return;
  if (const auto schema = prisma->find("schema"); schema != prisma->end() && schema->is_string())
    files.push_back(schema->get<std::string>());
}

// Scripts that set up git hooks or check the caller: they read nothing of the project.
bool is_harmless_script(std::string_view script) {
  constexpr std::string_view harmless =
      "husky simple-git-hooks lefthook only-allow is-ci echo true exit opencollective opencollective-postinstall";
  bool all = true;
  while (!script.empty()) {
    const std::size_t end = std::min(script.find_first_of("&|;"), script.size());
    std::string_view command = trim(script.substr(0, end));
    for (const std::string_view wrapper : {"npx ", "-y ", "yarn ", "pnpm "}) {
      if (command.starts_with(wrapper)) command = trim(command.substr(wrapper.size()));
    }
    all = all && (command.empty() || lists(harmless, command.substr(0, command.find(' '))));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return all;
}

// The quoted strings of a TOML array or inline list, from `[` on.
void collect_toml_strings(std::string_view text, std::vector<std::string>& strings) {
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("\"'#");
    if (open == std::string_view::npos || text[open] == '#') return;
    const std::size_t close = text.find(text[open], open + 1);
    if (close == std::string_view::npos) return;
    strings.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

// "  key: value" of YAML, indentation told apart; empty key when the line is something else.
struct YamlLine {
  std::size_t indent = 0;
  std::string_view key;
  std::string_view value;
  bool item = false;  // "- value"
};

YamlLine read_yaml_line(std::string_view line) {
  YamlLine result;
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos || line[begin] == '#') return result;
  result.indent = begin;
  line = trim(line);
  if (line.starts_with("- ")) {
    result.item = true;
    line = trim(line.substr(2));
  }
  const std::size_t colon = line.find(": ");
  if (colon != std::string_view::npos) {
    result.key = unquote(line.substr(0, colon));
    result.value = unquote(line.substr(colon + 2));
  } else if (line.ends_with(':')) {
    result.key = unquote(line.substr(0, line.size() - 1));
  } else {
    result.value = unquote(line);
  }
  const std::size_t comment = result.value.find(" #");
  if (comment != std::string_view::npos) result.value = unquote(result.value.substr(0, comment));
  return result;
}

struct ManifestName {
  std::string_view name;   // or a pattern for names
  std::string_view place;  // how the path has to end besides
  bool wildcard = false;
};

// Of all package managers, each once: every file of a build directory is asked about.
std::vector<ManifestName> manifest_names() {
  std::vector<ManifestName> names;
  const auto add = [&](std::string_view patterns) {
    each_word(patterns, [&](std::string_view pattern) {
      const bool has_place = pattern.find('/') != std::string_view::npos;
      const ManifestName manifest{base_name(pattern), has_place ? pattern : std::string_view(),
                                  base_name(pattern).find_first_of("*?") != std::string_view::npos};
      const bool known = std::any_of(names.begin(), names.end(), [&](const ManifestName& other) {
        return other.name == manifest.name && other.place == manifest.place;
      });
      if (!known) names.push_back(manifest);
    });
  };
  for (const PackageManager& manager : package_managers()) {
    add(manager.manifests);
    add(manager.members);
  }
  return names;
}

}  // namespace

bool is_manifest(std::string_view path) {
  static const std::vector<ManifestName> names = manifest_names();
  const std::string_view name = base_name(path);
  const bool listed = std::any_of(names.begin(), names.end(), [&](const ManifestName& manifest) {
    if (name.empty() || (manifest.name.front() != name.front() && manifest.name.front() != '*')) return false;
    const bool same = manifest.wildcard ? matches_glob(name, manifest.name) : name == manifest.name;
    return same && path.ends_with(manifest.place);
  });
  if (listed) return !name.ends_with(".jar");
  // Requirements go by many names: any text in a folder of that name, or with that word in it.
  const bool text = name.ends_with(".txt") || name.ends_with(".in");
  return text && (path.find("requirement") != std::string_view::npos ||
                  path.find("constraint") != std::string_view::npos || base_name(directory_of(path)) == "deps" ||
                  name.starts_with("dev") || name.starts_with("base") || name.starts_with("prod"));
}

PackageJson read_package_json(std::string_view text) {
  PackageJson result;
  const json package = parse_object(text);
  if (package.is_null()) return result;
  result.understood = true;
  if (const auto scripts = package.find("scripts"); scripts != package.end() && scripts->is_object()) {
    constexpr std::array run_by_install = {"preinstall",  "install",      "postinstall",
                                           "prepublish",  "preprepare",   "prepare",
                                           "postprepare", "dependencies", "pnpm:devPreinstall"};
    for (const char* name : run_by_install) {
      const auto script = scripts->find(name);
      if (script == scripts->end() || !result.install_script.empty()) continue;
      if (script->is_string() && is_harmless_script(script->get_ref<const std::string&>()))
        result.harmless_script = true;
      else
        result.install_script = name;
    }
  }
  for (const char* section : {"dependencies", "devDependencies", "optionalDependencies", "resolutions", "overrides"}) {
    result.local_dependencies = result.local_dependencies || has_local_version(package, section);
  }
  collect_postinstall_files(package, result.postinstall_files);
  result.binaries = package.contains("bin") || package.contains("directories");
  if (const auto workspaces = package.find("workspaces"); workspaces != package.end()) {
    collect_strings(workspaces->is_object() ? workspaces->value("packages", json::array()) : *workspaces,
                    result.workspaces);
  }
  if (const auto pnpm = package.find("pnpm"); pnpm != package.end() && pnpm->is_object()) {
    if (const auto patched = pnpm->find("patchedDependencies"); patched != pnpm->end() && patched->is_object()) {
      for (const json& file : *patched) {
        if (file.is_string()) result.patches.push_back(file.get<std::string>());
      }
    }
  }
  if (const auto manager = package.find("packageManager"); manager != package.end() && manager->is_string()) {
    result.package_manager = manager->get<std::string>();
  }
  return result;
}

PackageNames read_package_names(std::string_view text) {
  PackageNames result;
  const json package = parse_object(text);
  if (package.is_null()) return result;
  if (const auto name = package.find("name"); name != package.end() && name->is_string()) {
    result.name = name->get<std::string>();
  }
  for (const char* section : {"dependencies", "devDependencies", "optionalDependencies"}) {
    const auto found = package.find(section);
    if (found == package.end() || !found->is_object()) continue;
    for (const auto& dependency : found->items()) result.dependencies.push_back(dependency.key());
  }
  return result;
}

Requirements read_requirements(std::string_view text) {
  Requirements result;
  bool continued = false;
  each_line(text, [&](std::string_view line) {
    line = trim(line);
    const bool is_continuation = continued;
    continued = line.ends_with('\\');
    if (is_continuation || line.empty() || line.starts_with('#')) return;
    const auto value_of = [&](std::initializer_list<std::string_view> names) -> std::string_view {
      for (const std::string_view name : names) {
        if (!line.starts_with(name)) continue;
        std::string_view rest = line.substr(name.size());
        if (name.starts_with("--") && !rest.starts_with(' ') && !rest.starts_with('=')) continue;
        if (rest.starts_with('=')) rest.remove_prefix(1);
        rest = trim(rest);
        return rest.substr(0, rest.find(" #"));
      }
      return {};
    };
    if (const auto file = value_of({"--requirement", "--constraint", "-r", "-c"}); !file.empty()) {
      if (file.find("://") == std::string_view::npos) result.includes.emplace_back(trim(file));
    } else if (const auto editable = value_of({"--editable", "-e"}); !editable.empty()) {
      result.local = result.local || editable.find("://") == std::string_view::npos;
    } else if (const auto links = value_of({"--find-links", "-f"}); !links.empty()) {
      result.local = result.local || links.find("://") == std::string_view::npos;
    } else if (!line.starts_with('-')) {
      const std::string_view word = line.substr(0, line.find_first_of(" ;"));
      const bool path =
          word.starts_with('.') || word.starts_with('/') || word.starts_with("file:") || word.starts_with('$');
      const bool wheel =
          word.find("://") == std::string_view::npos && (word.ends_with(".whl") || word.ends_with(".tar.gz"));
      const bool reference =
          line.find("@ file:") != std::string_view::npos || line.find("@ .") != std::string_view::npos;
      result.local = result.local || path || wheel || reference;
    }
  });
  return result;
}

PyProject read_pyproject(std::string_view text) {
  PyProject result;
  std::string section;
  bool in_members = false;
  each_line(text, [&](std::string_view line) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) return;
    if (in_members) {
      collect_toml_strings(line, result.members);
      in_members = line.find(']') == std::string_view::npos;
      return;
    }
    if (line.starts_with('[')) {
      section = std::string(line.substr(0, line.find_first_of(" \t#")));
      result.build_system = result.build_system || section == "[build-system]";
      return;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string_view value = trim(line.substr(equals + 1));
    if (section == "[tool.uv]" && key == "package") result.uv_package = !value.starts_with("false");
    if (section == "[tool.poetry]" && key == "package-mode") result.poetry_package = !value.starts_with("false");
    if (section == "[tool.uv.workspace]" && key == "members") {
      collect_toml_strings(value, result.members);
      in_members = value.find(']') == std::string_view::npos;
    }
    const bool dependencies =
        section.find("dependencies") != std::string::npos || section.find("sources") != std::string::npos;
    const bool path = value.find("path =") != std::string_view::npos || value.find("path=") != std::string_view::npos ||
                      value.find("workspace =") != std::string_view::npos ||
                      value.find("workspace=") != std::string_view::npos || key == "path";
    if (dependencies && path) result.local_dependencies = true;
  });
  // A dependency may also be written as "name @ file:///…" in an array.
  if (text.find("@ file:") != std::string_view::npos) result.local_dependencies = true;
  return result;
}

GoMod read_go_mod(std::string_view text) {
  GoMod result;
  each_line(text, [&](std::string_view line) {
    line = trim(line.substr(0, line.find("//")));
    const std::size_t arrow = line.find("=>");
    if (arrow == std::string_view::npos) return;
    const std::string_view target = trim(line.substr(arrow + 2));
    if (target.starts_with("./") || target.starts_with("../") || target.starts_with('/') || target == "." ||
        target == "..") {
      result.local_replacements.emplace_back(unquote(target.substr(0, target.find(' '))));
    }
  });
  return result;
}

std::vector<std::string> read_go_work(std::string_view text) {
  std::vector<std::string> uses;
  bool block = false;
  each_line(text, [&](std::string_view line) {
    line = trim(line.substr(0, line.find("//")));
    if (block) {
      if (line.starts_with(')'))
        block = false;
      else if (!line.empty())
        uses.emplace_back(unquote(line));
    } else if (line.starts_with("use")) {
      const std::string_view rest = trim(line.substr(3));
      if (rest.starts_with('('))
        block = true;
      else if (!rest.empty())
        uses.emplace_back(unquote(rest));
    }
  });
  return uses;
}

PnpmWorkspace read_pnpm_workspace(std::string_view text) {
  PnpmWorkspace result;
  std::string_view top;
  each_line(text, [&](std::string_view line) {
    const YamlLine yaml = read_yaml_line(line);
    if (yaml.key.empty() && yaml.value.empty()) return;
    if (yaml.indent == 0 && !yaml.item) {
      top = yaml.key;
      if (top == "packages" && yaml.value.starts_with('[')) collect_toml_strings(yaml.value, result.packages);
      return;
    }
    if (top == "packages" && yaml.item) result.packages.emplace_back(yaml.value);
    if (top == "patchedDependencies" && !yaml.value.empty()) result.patches.emplace_back(yaml.value);
  });
  return result;
}

YarnSettings read_yarn_settings(std::string_view text) {
  YarnSettings result;
  each_line(text, [&](std::string_view line) {
    const YamlLine yaml = read_yaml_line(line);
    if (yaml.indent == 0 && !yaml.item) {
      if (yaml.key == "nodeLinker") result.node_linker = yaml.value;
      if (yaml.key == "enableGlobalCache") result.global_cache = yaml.value;
      if (yaml.key == "yarnPath") result.files.emplace_back(yaml.value);
      if (yaml.key == "cacheFolder" || yaml.key == "globalFolder") result.cache_folder = true;
    } else if (yaml.key == "path" || (yaml.item && yaml.value.starts_with(".yarn/plugins"))) {
      result.files.emplace_back(yaml.value);
    }
  });
  return result;
}

Gemfile read_gemfile(std::string_view text) {
  Gemfile result;
  each_line(text, [&](std::string_view line) {
    line = trim(line);
    if (line.starts_with('#')) return;
    const auto has = [&](std::string_view word) { return line.find(word) != std::string_view::npos; };
    for (const std::string_view word : {"gemspec", "eval_gemfile", "path:", ":path", "path "}) {
      const bool is_call = word == "gemspec" || word == "eval_gemfile" || word == "path ";
      if (!(is_call ? line.starts_with(word) : has(word))) continue;
      result.plain = false;
      result.needs_files = trim(word);
    }
    constexpr std::array code = {"gemspec", "eval_gemfile", "path ",   "File.",      "Dir",
                                 "require", "__dir__",      "load ",   "IO.",        "instance_eval",
                                 "`",       "%x",           "plugin ", "component ", "file:"};
    for (const std::string_view word : code) {
      const std::size_t at = line.find(word);
      // `require: false` and its like only say what Bundler loads later.
      if (at == std::string_view::npos) continue;
      const bool names_library = line.substr(at).starts_with("require:") || (at > 0 && line[at - 1] == ':');
      if (word != "require" || !names_library) result.plain = false;
    }
  });
  return result;
}

bool sets_any(std::string_view text, std::string_view keys) {
  bool found = false;
  each_line(text, [&](std::string_view line) {
    line = trim(line);
    found = found || lists(keys, unquote(line.substr(0, line.find_first_of(" \t=:"))));
  });
  return found;
}

ComposerJson read_composer_json(std::string_view text) {
  ComposerJson result;
  const json package = parse_object(text);
  if (package.is_null()) return result;
  result.understood = true;
  const auto scripts = package.find("scripts");
  result.scripts = scripts != package.end() && scripts->is_object() && !scripts->empty();
  const auto repositories = package.find("repositories");
  if (repositories != package.end() && (repositories->is_array() || repositories->is_object())) {
    result.path_repositories = std::any_of(repositories->begin(), repositories->end(), [](const json& repository) {
      return repository.is_object() && repository.value("type", json()) == "path";
    });
  }
  return result;
}

}  // namespace keyline::analysis
