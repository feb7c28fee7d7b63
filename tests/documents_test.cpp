// Each relative link in the Markdown files of the project leads somewhere: to a file or folder that exists, and where
// it names a heading, to one that the file has.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What is left of a document when code, fenced or within a line, is taken out.
std::string without_code(const std::string& text) {
  std::string prose;
  bool fenced = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t first = line.find_first_not_of(' ');
    if (first != line.npos && line.compare(first, 3, "```") == 0) {
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    bool code = false;
    for (const char c : line) {
      if (c == '`') code = !code;
      if (!code && c != '`') prose += c;
    }
    prose += '\n';
  }
  return prose;
}

std::vector<std::string> links_of(const std::string& text) {
  static const std::regex link(R"re(\]\(([^()\s]+)\)|(?:src|href)="([^"]+)")re");
  const std::string prose = without_code(text);
  std::vector<std::string> links;
  for (std::sregex_iterator at(prose.begin(), prose.end(), link), end; at != end; ++at) {
    links.push_back((*at)[1].matched ? (*at)[1].str() : (*at)[2].str());
  }
  return links;
}

// Headings by the names under which code hosts let one link to them.
std::set<std::string> anchors_of(const std::string& text) {
  std::set<std::string> anchors;
  bool fenced = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("```")) fenced = !fenced;
    const std::size_t title = line.find_first_not_of('#');
    if (fenced || title == 0 || title == line.npos || line[title] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(title + 1)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == ' ') anchor += '-';
      if (std::isalnum(byte) != 0 || byte >= 0x80 || c == '-' || c == '_')
        anchor += static_cast<char>(std::tolower(byte));
    }
    anchors.insert(anchor);
  }
  return anchors;
}

std::vector<std::string> dead_links(const fs::path& document) {
  static const std::regex elsewhere("[a-z]+:.*");
  std::vector<std::string> problems;
  for (const std::string& link : links_of(read(document))) {
    if (std::regex_match(link, elsewhere)) continue;
    const std::size_t hash = std::min(link.find('#'), link.size());
    const fs::path target = hash == 0 ? document : document.parent_path() / link.substr(0, hash);
    if (!fs::exists(target)) {
      problems.push_back(document.string() + ": leads nowhere: " + link);
    } else if (hash < link.size() && !anchors_of(read(target)).contains(link.substr(hash + 1))) {
      problems.push_back(document.string() + ": no such heading: " + link);
    }
  }
  return problems;
}

std::vector<fs::path> documents() {
  static const std::set<std::string> not_ours{"build", ".git", ".cache", "node_modules"};
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator at(KEYLINE_SOURCE_DIR), end; at != end; ++at) {
    if (at->is_directory() && not_ours.contains(at->path().filename().string())) at.disable_recursion_pending();
    if (at->is_regular_file() && at->path().extension() == ".md") found.push_back(at->path());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("every link in a document leads somewhere") {
  const std::vector<fs::path> all = documents();
  REQUIRE(all.size() > 10);
  for (const fs::path& document : all) {
    for (const std::string& problem : dead_links(document)) FAIL_CHECK(problem);
  }
}

TEST_CASE("links are told from code, and headings from comments") {
  CHECK(links_of("[a](b.md) and ![c](d.png), <img src=\"e.png\">") ==
        std::vector<std::string>{"b.md", "d.png", "e.png"});
  CHECK(links_of("`[a](b)`\n```\n[c](d)\n```\n[`e`](f)") == std::vector<std::string>{"f"});
  CHECK(anchors_of("# A title, with `code`\n```\n# comment\n```\n#!/bin/sh\n") ==
        std::set<std::string>{"a-title-with-code"});
}
