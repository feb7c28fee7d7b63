#pragma once
// Everything a user can set in an editor: one table {key, type, default, doc} that the schema and the documentation are
// rendered from, and the struct it fills. Reading never fails: a value of the wrong type leaves the default and adds
// one message that names its key. Unknown keys are left alone, since clients keep their own settings in the same
// section.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/rules/registry.h"

namespace keyline::server {

// Of a background work that nobody waits for; the commands take more.
inline constexpr std::uint32_t most_history_commits = 1000;

struct Settings {
  analysis::RuleSettings rules;
  std::string context;  // a directory, relative to the workspace folder; "": found from the Dockerfile
  std::string target;   // "": the last stage
  std::map<std::string, std::string, std::less<>> build_arguments;
  std::map<std::string, std::string, std::less<>> named_contexts;
  std::uint32_t history_commits = 100;  // that findings are priced by; 0: they have no price
  bool inlay_hints = true;
  bool code_lens = true;
  std::string trace = "off";
  friend bool operator==(const Settings&, const Settings&) = default;
};

enum class SettingType : std::uint8_t { text, boolean, count, choice, text_map, severity_map };

// One row of the table. `key` is the path below "keyline.", with dots between objects.
struct Setting {
  std::string_view key;
  SettingType type = SettingType::text;
  std::string_view default_json;
  std::string_view doc;
  std::vector<std::string_view> choices;
};

std::span<const Setting> all_settings();

struct ParsedSettings {
  Settings settings;
  std::vector<std::string> messages;  // one per key that was not understood, ready to be shown
};

// `json` is the content of the "keyline" section, or an object that has that section as a member; null means defaults.
// Dotted keys ("trace.server") and nested objects mean the same.
ParsedSettings parse_settings(const nlohmann::json& json);

// "off", "information", "warning", "error".
std::optional<analysis::Severity> severity_from(std::string_view name);

}  // namespace keyline::server
