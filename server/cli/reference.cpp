#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/reference/render.h"

namespace keyline::server {

namespace {

struct ReferenceOptions {
  bool check = false;
  std::string root = ".";
};

int fail(const std::string& message) {
  write_error(fmt::format("keyline: {}\n", message));
  return exit_could_not_run;
}

int run(const ReferenceOptions& options) {
  const std::filesystem::path root = options.root;
  const protocol::Result<std::string> readme = read_text_file(root / "README.md");
  if (!readme) return fail(fmt::format("{}: {}", (root / "README.md").string(), readme.error().message));
  const std::filesystem::path table = root / "tests" / "corpus" / "precision.txt";
  const protocol::Result<std::string> precision = read_text_file(table);
  if (!precision) return fail(fmt::format("{}: {}", table.string(), precision.error().message));
  const std::filesystem::path manifest_path = root / "editors" / "vscode" / "package.json";
  const protocol::Result<std::string> manifest = read_text_file(manifest_path);
  if (!manifest) return fail(fmt::format("{}: {}", manifest_path.string(), manifest.error().message));
  const protocol::Result<std::vector<GeneratedFile>> files = generated_files({*readme, *precision, *manifest});
  if (!files) return fail(files.error().message);

  bool stale = false;
  for (const GeneratedFile& file : *files) {
    const std::filesystem::path path = root / file.path;
    const protocol::Result<std::string> present = read_text_file(path);
    if (present && *present == file.content) continue;
    stale = true;
    if (options.check) {
      write_error(fmt::format("{} is stale; run ./dev generate\n", file.path));
      continue;
    }
    std::ofstream out(path, std::ios::binary);
    out << file.content;
    out.close();
    if (!out) return fail(fmt::format("{}: cannot be written", path.string()));
    if (!write_out(fmt::format("wrote {}\n", file.path))) return exit_could_not_run;
  }
  return options.check && stale ? exit_findings : exit_clean;
}

}  // namespace

Command add_reference(Options& declared) {
  const auto options = std::make_shared<ReferenceOptions>();
  declared.flag("--check", options->check, "Write nothing; exit with 1 when a file is not up to date");
  declared.text("--root", options->root, "DIR", "The source tree (default: .)");
  return [options] { return run(*options); };
}

}  // namespace keyline::server
