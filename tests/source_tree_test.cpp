// The layer map and the few rules of form that a reader relies on, checked over the source tree itself. A new arrow
// between folders, or a new place for threads, is one changed line in a table here, where a reviewer sees it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;

struct Source {
  std::string path;  // from the root, with slashes
  std::string text;
};

struct Room {
  std::string_view folder;
  std::vector<std::string_view> may_include;  // beside itself
};

// Every folder that holds sources, and the folders it may include from. `analysis/*` is all of analysis.
const std::vector<Room> rooms{
    {"protocol", {}},
    {"analysis/text", {}},
    {"analysis/syntax", {"analysis/text"}},
    {"analysis/context", {"analysis/text", "analysis/syntax"}},
    {"analysis/knowledge", {"analysis/text", "analysis/syntax", "analysis/context"}},
    {"analysis/builds", {"analysis/text", "analysis/syntax", "analysis/context", "analysis/knowledge"}},
    {"analysis/model", {"analysis/text", "analysis/syntax", "analysis/context"}},
    {"analysis/cache", {"analysis/text", "analysis/syntax", "analysis/context", "analysis/model"}},
    {"analysis/rules",
     {"analysis/text", "analysis/syntax", "analysis/context", "analysis/knowledge", "analysis/builds", "analysis/model",
      "analysis/cache"}},
    // The front door, analysis.h, opens on everything below it; explain/ words what came out of that door.
    {"analysis",
     {"analysis/text", "analysis/syntax", "analysis/context", "analysis/knowledge", "analysis/builds", "analysis/model",
      "analysis/cache", "analysis/rules"}},
    {"analysis/assist", {"analysis/*"}},
    {"analysis/explain", {"analysis/*"}},
    {"analysis/navigate", {"analysis/*"}},
    {"analysis/replay", {"analysis/*"}},
    {"server", {"protocol", "analysis/*"}},
};

struct Reserved {
  std::string_view header;               // the start of what stands between the quotes or brackets
  std::string_view layer;                // where it may not be included ...
  std::vector<std::string_view> except;  // ... but for these files
  bool only_in_headers = false;
};

const std::vector<Reserved> reserved{
    // analysis/ is pure: no threads, clocks, files or output.
    {"thread", "analysis/", {}},
    {"mutex", "analysis/", {}},
    {"shared_mutex", "analysis/", {}},
    {"condition_variable", "analysis/", {}},
    {"future", "analysis/", {}},
    {"chrono", "analysis/", {}},
    {"ctime", "analysis/", {}},
    {"random", "analysis/", {}},
    {"filesystem", "analysis/", {}},
    {"fstream", "analysis/", {}},
    {"iostream", "analysis/", {}},
    {"unistd.h", "analysis/", {}},
    {"asio", "analysis/", {}},
    {"spdlog/", "analysis/", {}},
    {"nlohmann/", "analysis/", {"analysis/knowledge/manifests.cpp"}},
    {"yaml-cpp/", "", {"analysis/builds/yaml.cpp"}},
    // protocol/ is bytes in, values out.
    {"thread", "protocol/", {}},
    {"mutex", "protocol/", {}},
    {"condition_variable", "protocol/", {}},
    {"future", "protocol/", {}},
    {"chrono", "protocol/", {}},
    {"filesystem", "protocol/", {}},
    {"fstream", "protocol/", {}},
    {"iostream", "protocol/", {}},
    {"asio", "protocol/", {}},
    {"spdlog/", "protocol/", {}},
    // Two files have threads, so that only two can get them wrong: who runs what, and many questions to a slow disk.
    {"thread", "server/", {"server/lsp/scheduler.cpp", "server/environment/parallel.cpp"}},
    {"mutex", "server/", {"server/lsp/scheduler.cpp", "server/environment/parallel.cpp"}},
    {"shared_mutex", "server/", {}},
    {"condition_variable", "server/", {"server/lsp/scheduler.cpp", "server/environment/parallel.cpp"}},
    {"future", "server/", {}},
    // One file speaks to the database; the test damages one behind its back.
    {"sqlite3.h", "", {"server/history/database.cpp", "tests/history/store_test.cpp"}},
    // What costs a second to parse stays out of headers.
    {"nlohmann/json.hpp", "", {"protocol/json_object.h"}, true},
    {"catch2/", "", {"tests/support/catch.h"}, true},
    {"asio", "", {}, true},
};

const std::set<std::string, std::less<>> top_level{"CMakeLists.txt",
                                                   "CMakePresets.json",
                                                   "LICENSE",
                                                   "CHANGELOG.md",
                                                   "ARCHITECTURE.md",
                                                   "README.md",
                                                   "dev",
                                                   "protocol",
                                                   "analysis",
                                                   "server",
                                                   "editors",
                                                   "tests"};
// What building leaves behind; .gitignore names them.
const std::set<std::string, std::less<>> left_by_builds{"build", "compile_commands.json"};

bool is_header(const Source& source) { return source.path.ends_with(".h"); }

// The room of a path. analysis/ is divided into rooms: a new folder there has none until the map names it.
const Room* room_of(std::string_view path) {
  const auto first = path.find('/');
  if (first == path.npos) return nullptr;
  const auto second = path.find('/', first + 1);
  const std::string_view layer = path.substr(0, first);
  const std::string_view folder = second == path.npos || layer != "analysis" ? layer : path.substr(0, second);
  const auto room = std::ranges::find(rooms, folder, &Room::folder);
  return room == rooms.end() ? nullptr : &*room;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// What stands between the quotes or brackets of an #include line.
std::optional<std::string_view> included_by(std::string_view line) {
  constexpr std::string_view directive = "#include ";
  if (!line.starts_with(directive)) return std::nullopt;
  const auto begin = directive.size() + 1;
  const auto end = line.find_first_of("\">", begin);
  if (end == line.npos) return std::nullopt;
  return line.substr(begin, end - begin);
}

bool is_own(std::string_view include) {
  return std::ranges::any_of(top_level, [&](const std::string& folder) { return include.starts_with(folder + "/"); });
}

bool may_include(const Room& from, const Room& to) {
  if (&from == &to) return true;
  return std::ranges::any_of(from.may_include, [&](std::string_view allowed) {
    return allowed == to.folder || (allowed == "analysis/*" && to.folder.starts_with("analysis"));
  });
}

std::vector<std::string> broken_arrows(const Source& source) {
  const Room* from = room_of(source.path);
  if (from == nullptr) return {source.path + ": its folder is not in the layer map"};
  std::vector<std::string> problems;
  for (const std::string_view line : lines_of(source.text)) {
    const auto include = included_by(line);
    if (!include) continue;
    const bool quoted = line.find('"') != line.npos;
    if (!is_own(*include)) {
      if (quoted) problems.push_back(source.path + ": not a path from the root: " + std::string(*include));
      continue;
    }
    const Room* to = room_of(*include);
    if (to == nullptr || !may_include(*from, *to))
      problems.push_back(source.path + " may not include " + std::string(*include));
  }
  return problems;
}

std::vector<std::string> reserved_includes(const Source& source) {
  std::vector<std::string> problems;
  for (const std::string_view line : lines_of(source.text)) {
    const auto include = included_by(line);
    if (!include || is_own(*include)) continue;
    for (const Reserved& rule : reserved) {
      const bool whole_name = rule.header.find_first_of("/.") == rule.header.npos && rule.header != "asio";
      const bool matches = whole_name ? *include == rule.header : include->starts_with(rule.header);
      if (!matches || !source.path.starts_with(rule.layer) || (rule.only_in_headers && !is_header(source))) continue;
      if (std::ranges::count(rule.except, source.path) > 0) continue;
      problems.push_back(source.path + " may not include " + std::string(*include));
    }
  }
  return problems;
}

// `#pragma once`, then at once a comment that says what this is.
std::vector<std::string> missing_introduction(const Source& header) {
  const std::vector<std::string_view> lines = lines_of(header.text);
  if (lines.size() < 2 || lines[0] != "#pragma once") return {header.path + ": does not start with #pragma once"};
  if (!lines[1].starts_with("// ")) return {header.path + ": has no comment below #pragma once"};
  return {};
}

std::vector<std::string> untidy_text(const Source& source) {
  std::vector<std::string> problems;
  if (!source.text.empty() && !source.text.ends_with('\n')) problems.push_back(source.path + ": no newline at its end");
  int number = 0;
  for (const std::string_view line : lines_of(source.text)) {
    ++number;
    const std::string place = source.path + ":" + std::to_string(number);
    if (line.find('\t') != line.npos) problems.push_back(place + ": a tab");
    if (line.ends_with(' ') || line.ends_with('\r')) problems.push_back(place + ": blanks at the end of a line");
    if (line.find("using namespace ") == 0) problems.push_back(place + ": using namespace");
  }
  return problems;
}

std::vector<Source> read_sources() {
  const fs::path root = KEYLINE_SOURCE_DIR;
  std::vector<Source> sources;
  for (const std::string_view layer : {"protocol", "analysis", "server", "tests"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / layer)) {
      const fs::path extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp" && extension != ".inc")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      sources.push_back({entry.path().lexically_relative(root).generic_string(),
                         {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

// Runs a check over all sources and reports every problem by itself.
template <typename Check>
void expect_none(Check check) {
  for (const Source& source : read_sources()) {
    for (const std::string& problem : check(source)) FAIL_CHECK(problem);
  }
}

bool is_test(const Source& source) { return source.path.starts_with("tests/"); }

}  // namespace

TEST_CASE("the layers include only what the map allows") {
  REQUIRE(read_sources().size() > 20);
  expect_none(
      [](const Source& source) { return is_test(source) ? std::vector<std::string>{} : broken_arrows(source); });
}

TEST_CASE("threads, files, clocks and heavy headers stay in their places") { expect_none(reserved_includes); }

TEST_CASE("every include of ours names a file that exists") {
  const fs::path root = KEYLINE_SOURCE_DIR;
  expect_none([&](const Source& source) {
    std::vector<std::string> problems;
    for (const std::string_view line : lines_of(source.text)) {
      const auto include = included_by(line);
      if (include && is_own(*include) && !fs::exists(root / *include)) {
        problems.push_back(source.path + ": no such file: " + std::string(*include));
      }
    }
    return problems;
  });
}

TEST_CASE("every header says what it is") {
  expect_none([](const Source& source) {
    return is_header(source) ? missing_introduction(source) : std::vector<std::string>{};
  });
}

TEST_CASE("sources hold no tabs, no trailing blanks and end in a newline") { expect_none(untidy_text); }

TEST_CASE("nothing has been added to the top level") {
  for (const fs::directory_entry& entry : fs::directory_iterator(KEYLINE_SOURCE_DIR)) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    CHECK((name.starts_with('.') || top_level.contains(name) || left_by_builds.contains(name)));
  }
}

TEST_CASE("the checks of the source tree see what they are for") {
  const auto including = [](std::string path, const std::string& line) { return Source{std::move(path), line + "\n"}; };

  CHECK(broken_arrows(including("analysis/text/a.cpp", "#include \"analysis/syntax/tree.h\"")).size() == 1);
  CHECK(broken_arrows(including("analysis/syntax/a.cpp", "#include \"analysis/text/span.h\"")).empty());
  CHECK(broken_arrows(including("analysis/syntax/a.cpp", "#include \"tree.h\"")).size() == 1);
  CHECK(broken_arrows(including("analysis/cache/a.cpp", "#include \"analysis/analysis.h\"")).size() == 1);
  CHECK(broken_arrows(including("analysis/analysis.cpp", "#include \"analysis/rules/rule.h\"")).empty());
  CHECK(broken_arrows(including("analysis/analysis.cpp", "#include \"analysis/explain/hints.h\"")).size() == 1);
  CHECK(broken_arrows(including("server/lsp/a.cpp", "#include \"analysis/cache/key.h\"")).empty());
  CHECK(broken_arrows(including("analysis/new_room/a.cpp", "")).size() == 1);
  CHECK(broken_arrows(including("protocol/uri.cpp", "#include \"analysis/text/span.h\"")).size() == 1);
  CHECK(broken_arrows(including("analysis/rules/a.cpp", "#include \"server/settings/settings.h\"")).size() == 1);
  CHECK(broken_arrows(including("server/lsp/a.cpp", "#include \"tests/support/catch.h\"")).size() == 1);

  CHECK(reserved_includes(including("analysis/model/a.cpp", "#include <thread>")).size() == 1);
  CHECK(reserved_includes(including("server/lsp/scheduler.cpp", "#include <thread>")).empty());
  CHECK(reserved_includes(including("server/lsp/session.cpp", "#include <mutex>")).size() == 1);
  CHECK(reserved_includes(including("server/lsp/stdio.h", "#include <asio/io_context.hpp>")).size() == 1);
  CHECK(reserved_includes(including("server/lsp/stdio.cpp", "#include <asio/io_context.hpp>")).empty());
  CHECK(reserved_includes(including("protocol/a.h", "#include <nlohmann/json_fwd.hpp>")).empty());
  CHECK(reserved_includes(including("protocol/a.h", "#include <nlohmann/json.hpp>")).size() == 1);
  CHECK(reserved_includes(including("analysis/rules/a.cpp", "#include <nlohmann/json.hpp>")).size() == 1);

  CHECK(missing_introduction({"a.h", "#pragma once\n// What it is.\n"}).empty());
  CHECK(missing_introduction({"a.h", "#pragma once\n\nint f();\n"}).size() == 1);
  CHECK(missing_introduction({"a.h", "// What it is.\n#pragma once\n"}).size() == 1);

  CHECK(untidy_text({"a.cpp", "int a;\n"}).empty());
  CHECK(untidy_text({"a.cpp", "int a; \n\tint b;\nint c;"}).size() == 3);
}
