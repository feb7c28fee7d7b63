// Runs every tests/cli/*.transcript: prose at the margin, and, indented by two blanks, commands behind "$ " (continued
// behind "> ") with what they print, a code like [1] last when it is not 0. A line `sample: NAME` in the prose fills
// the folder with tests/samples/NAME. KEYLINE_UPDATE=1 rewrites the files.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/support/catch.h"
#include "tests/support/shell.h"

namespace {

namespace fs = std::filesystem;
using keyline::tests::run_shell;
using keyline::tests::ShellResult;
using keyline::tests::TemporaryFolder;

struct Block {
  bool command = false;
  std::vector<std::string> lines;  // without indentation and marks
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// What was printed last time is dropped: it is compared as text, once all commands have run.
std::vector<Block> parse(std::string_view text) {
  std::vector<Block> blocks;
  bool paragraph = false;
  for (const std::string& line : split_lines(text)) {
    if (line.starts_with("  $ ")) {
      blocks.push_back({true, {line.substr(4)}});
    } else if (line.starts_with("  > ") && !blocks.empty() && blocks.back().command) {
      blocks.back().lines.push_back(line.substr(4));
    } else if (!line.empty() && line.front() != ' ') {
      if (!paragraph) blocks.push_back({});
      blocks.back().lines.push_back(line);
    }
    paragraph = !line.empty() && line.front() != ' ';
  }
  return blocks;
}

std::string render(const Block& block, const ShellResult& result) {
  std::string out;
  for (std::size_t i = 0; i < block.lines.size(); ++i) {
    out += fmt::format("  {} {}\n", i == 0 ? "$" : ">", block.lines[i]);
  }
  for (const std::string& line : split_lines(result.output)) out += line.empty() ? "\n" : "  " + line + "\n";
  if (result.exit_code != 0) out += fmt::format("  [{}]\n", result.exit_code);
  return out;
}

std::string run(std::string_view transcript) {
  const TemporaryFolder folder;
  std::string out;
  bool after_command = false;
  for (const Block& block : parse(transcript)) {
    if (block.command) {
      if (!after_command && !out.empty()) out += "\n";
      std::string script;
      for (const std::string& line : block.lines) script += line + "\n";
      out += render(block, run_shell(folder, script));
    } else {
      if (!out.empty()) out += "\n";
      for (const std::string& line : block.lines) {
        if (line.starts_with("sample: ")) folder.copy_sample(line.substr(8));
        out += line + "\n";
      }
    }
    after_command = block.command;
  }
  return out;
}

TEST_CASE("the command line answers as its transcripts say") {
  const bool update = std::getenv("KEYLINE_UPDATE") != nullptr;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(KEYLINE_SOURCE_DIR) / "tests" / "cli")) {
    if (entry.path().extension() == ".transcript") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  REQUIRE(!files.empty());
  for (const fs::path& file : files) {
    INFO(file.filename().string());
    const std::string expected = read_file(file);
    const std::string actual = run(expected);
    if (update && actual != expected) std::ofstream(file, std::ios::binary) << actual;
    CHECK((update || actual == expected));
    if (!update && actual != expected) WARN("now it answers:\n" << actual);
  }
}

}  // namespace
