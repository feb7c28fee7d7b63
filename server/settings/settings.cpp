#include "server/settings/settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace keyline::server {

namespace {

using analysis::Severity;
using nlohmann::json;

constexpr std::array severities = {Severity::off, Severity::information, Severity::warning, Severity::error};

const json* find_member(const json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

const json* find_setting(const json& section, std::string_view key) {
  if (const json* literal = find_member(section, key)) return literal;
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const json* below = find_member(section, key.substr(0, dot));
  return below ? find_setting(*below, key.substr(dot + 1)) : nullptr;
}

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr std::size_t longest = 40;
  if (text.size() > longest) text = std::string(value.type_name());
  return text;
}

std::string quoted_list(const std::vector<std::string_view>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return list;
}

// Reads one section, collecting a message for each value that has to be left out.
class Reader {
 public:
  Reader(const json& section, std::vector<std::string>& messages) : section_(section), messages_(messages) {}

  void read(std::string_view key, std::string& field) {
    if (const json* value = given(key)) {
      if (value->is_string()) {
        field = value->get<std::string>();
      } else {
        reject(key, "a string", *value);
      }
    }
  }

  void read(std::string_view key, bool& field) {
    if (const json* value = given(key)) {
      if (value->is_boolean()) {
        field = value->get<bool>();
      } else {
        reject(key, "true or false", *value);
      }
    }
  }

  void read(std::string_view key, std::uint32_t& field) {
    if (const json* value = given(key)) {
      const bool fits = value->is_number_unsigned() && value->get<std::uint64_t>() <= most_history_commits;
      if (fits) {
        field = value->get<std::uint32_t>();
      } else {
        reject(key, fmt::format("a number from 0 to {}", most_history_commits), *value);
      }
    }
  }

  void read_choice(std::string_view key, std::string& field) {
    const json* value = given(key);
    if (!value) return;
    const auto setting = std::ranges::find(all_settings(), key, &Setting::key);
    if (value->is_string() && std::ranges::count(setting->choices, value->get_ref<const std::string&>()) > 0) {
      field = value->get<std::string>();
    } else {
      reject(key, quoted_list(setting->choices), *value);
    }
  }

  void read(std::string_view key, std::map<std::string, std::string, std::less<>>& field) {
    const json* value = given_object(key);
    if (!value) return;
    for (const auto& [name, entry] : value->items()) {
      if (entry.is_string()) {
        field[name] = entry.get<std::string>();
      } else {
        reject(fmt::format("{}.{}", key, name), "a string", entry);
      }
    }
  }

  void read(std::string_view key, std::map<std::string, Severity, std::less<>>& field) {
    const json* value = given_object(key);
    if (!value) return;
    for (const auto& [id, entry] : value->items()) {
      const std::optional<Severity> severity =
          entry.is_string() ? severity_from(entry.get_ref<const std::string&>()) : std::nullopt;
      if (!analysis::find_rule(id)) {
        messages_.push_back(fmt::format("keyline.{}.{}: there is no such rule", key, id));
      } else if (severity) {
        field[id] = *severity;
      } else {
        reject(fmt::format("{}.{}", key, id), quoted_list({"off", "information", "warning", "error"}), entry);
      }
    }
  }

 private:
  const json* given(std::string_view key) {
    const json* value = find_setting(section_, key);
    return value && !value->is_null() ? value : nullptr;
  }

  const json* given_object(std::string_view key) {
    const json* value = given(key);
    if (!value || value->is_object()) return value;
    reject(key, "an object", *value);
    return nullptr;
  }

  void reject(std::string_view key, std::string_view expected, const json& value) {
    messages_.push_back(
        fmt::format("keyline.{}: expected {}, not {}; the default is used", key, expected, shown(value)));
  }

  const json& section_;
  std::vector<std::string>& messages_;
};

}  // namespace

std::span<const Setting> all_settings() {
  static const std::array table = {
      Setting{"rules",
              SettingType::severity_map,
              "{}",
              "Severity of each rule, by its id: \"off\", \"information\", \"warning\" or \"error\".",
              {}},
      Setting{"context",
              SettingType::text,
              "\"\"",
              "The build context, as a path from the workspace folder. Empty: found from the place of the Dockerfile.",
              {}},
      Setting{
          "target", SettingType::text, "\"\"", "The stage that is built, like `--target`. Empty: the last one.", {}},
      Setting{"buildArgs", SettingType::text_map, "{}", "Build arguments, like `--build-arg`, by name.", {}},
      Setting{"buildContexts",
              SettingType::text_map,
              "{}",
              "Named contexts, like `--build-context`, by name: a path from the workspace folder, or an image as "
              "`docker-image://NAME`.",
              {}},
      Setting{
          "historyCommits",
          SettingType::count,
          "100",
          "By how many of git's last commits findings are priced: what they cost, and silence where that is nothing. "
          "0: git is not asked.",
          {}},
      Setting{"inlayHints", SettingType::boolean, "true", "Show behind each step what makes it re-run.", {}},
      Setting{"codeLens",
              SettingType::boolean,
              "true",
              "Show above each stage how many steps it has and how many re-run.",
              {}},
      Setting{"trace.server",
              SettingType::choice,
              "\"off\"",
              "What the server writes to its log about messages.",
              {"off", "messages", "verbose"}},
  };
  return table;
}

ParsedSettings parse_settings(const json& json) {
  ParsedSettings result;
  if (json.is_null()) return result;
  if (!json.is_object()) {
    result.messages.push_back(fmt::format("keyline: expected an object, not {}; the defaults are used", shown(json)));
    return result;
  }
  const nlohmann::json* section = find_member(json, "keyline");
  if (section && section->is_null()) return result;
  Reader reader(section && section->is_object() ? *section : json, result.messages);
  Settings& settings = result.settings;
  reader.read("rules", settings.rules.severities);
  reader.read("context", settings.context);
  reader.read("target", settings.target);
  reader.read("buildArgs", settings.build_arguments);
  reader.read("buildContexts", settings.named_contexts);
  reader.read("historyCommits", settings.history_commits);
  reader.read("inlayHints", settings.inlay_hints);
  reader.read("codeLens", settings.code_lens);
  reader.read_choice("trace.server", settings.trace);
  return result;
}

std::optional<Severity> severity_from(std::string_view name) {
  const auto found = std::ranges::find(severities, name, analysis::severity_name);
  if (found == severities.end()) return std::nullopt;
  return *found;
}

}  // namespace keyline::server
