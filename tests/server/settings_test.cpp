#include "server/settings/settings.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

namespace {

using keyline::analysis::Severity;
using keyline::server::parse_settings;
using keyline::server::ParsedSettings;
using keyline::server::Settings;
using nlohmann::json;

TEST_CASE("settings that are not given keep their defaults") {
  for (const char* text :
       {"null", "{}", R"({"keyline": null})", R"({"keyline": {}})", R"({"other": 1})", R"({"codeLens": null})"}) {
    INFO(text);
    const ParsedSettings parsed = parse_settings(json::parse(text));
    CHECK(parsed.settings == Settings{});
    CHECK(parsed.messages.empty());
  }
}

TEST_CASE("settings are read nested, dotted, and with or without their section") {
  Settings expected;
  expected.trace = "verbose";
  expected.code_lens = false;
  for (const char* text :
       {R"({"trace": {"server": "verbose"}, "codeLens": false})", R"({"trace.server": "verbose", "codeLens": false})",
        R"({"keyline": {"trace": {"server": "verbose"}, "codeLens": false}})"}) {
    INFO(text);
    const ParsedSettings parsed = parse_settings(json::parse(text));
    CHECK(parsed.settings == expected);
    CHECK(parsed.messages.empty());
  }
}

TEST_CASE("everything can be set") {
  const ParsedSettings parsed = parse_settings(json::parse(R"({
    "rules": {"copy-before-install": "error"}, "context": "app", "target": "dev",
    "buildArgs": {"NODE_VERSION": "22"}, "inlayHints": false, "codeLens": false, "trace.server": "messages"})"));
  CHECK(parsed.messages.empty());
  CHECK(parsed.settings.rules.severities.at("copy-before-install") == Severity::error);
  CHECK(parsed.settings.context == "app");
  CHECK(parsed.settings.target == "dev");
  CHECK(parsed.settings.build_arguments.at("NODE_VERSION") == "22");
  CHECK_FALSE(parsed.settings.inlay_hints);
  CHECK_FALSE(parsed.settings.code_lens);
  CHECK(parsed.settings.trace == "messages");
}

TEST_CASE("a value of the wrong type leaves the default and is named once") {
  struct Case {
    const char* text;
    const char* key;
  };
  for (const Case& each :
       {Case{R"({"rules": []})", "keyline.rules:"}, Case{R"({"context": 1})", "keyline.context:"},
        Case{R"({"target": true})", "keyline.target:"}, Case{R"({"buildArgs": "A=1"})", "keyline.buildArgs:"},
        Case{R"({"buildArgs": {"A": 1}})", "keyline.buildArgs.A:"},
        Case{R"({"inlayHints": "yes"})", "keyline.inlayHints:"}, Case{R"({"codeLens": 0})", "keyline.codeLens:"},
        Case{R"({"trace.server": "loud"})", "keyline.trace.server:"},
        Case{R"({"rules": {"copy-before-install": "loud"}})", "keyline.rules.copy-before-install:"},
        Case{R"({"rules": {"copy-before-instal": "off"}})", "keyline.rules.copy-before-instal:"},
        Case{R"([1, 2])", "keyline:"}}) {
    INFO(each.text);
    const ParsedSettings parsed = parse_settings(json::parse(each.text));
    CHECK(parsed.settings == Settings{});
    REQUIRE(parsed.messages.size() == 1);
    CHECK(parsed.messages.front().starts_with(each.key));
  }
}

TEST_CASE("one wrong value does not cost the others") {
  const ParsedSettings parsed =
      parse_settings(json::parse(R"({"codeLens": 3, "target": "dev", "buildArgs": {"A": 1, "B": "2"}})"));
  CHECK(parsed.settings.target == "dev");
  CHECK(parsed.settings.build_arguments == decltype(parsed.settings.build_arguments){{"B", "2"}});
  CHECK(parsed.messages.size() == 2);
}

TEST_CASE("the table's defaults are what the struct starts with") {
  json section = json::object();
  for (const keyline::server::Setting& setting : keyline::server::all_settings()) {
    section[std::string(setting.key)] = json::parse(setting.default_json);
  }
  const ParsedSettings parsed = parse_settings(section);
  CHECK(parsed.messages.empty());
  CHECK(parsed.settings == Settings{});
}

}  // namespace
