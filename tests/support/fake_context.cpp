#include "tests/support/fake_context.h"

#include <charconv>
#include <utility>

#include "analysis/builds/evidence.h"

namespace keyline::tests {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;

analysis::ListedContext::Source listed(FakeContext::Files files, FakeContextOptions options) {
  analysis::ListedContext::Source source;
  auto ignore = files.find(options.dockerfile + ".dockerignore");
  if (ignore == files.end()) ignore = files.find(".dockerignore");
  source.ignore_file = {.path = ".dockerignore", .exists = ignore != files.end()};
  if (ignore != files.end()) {
    source.ignore_file.path = ignore->first;
    source.dockerignore = analysis::Dockerignore(ignore->second.text);
  }
  for (auto& [path, file] : files) {
    const bool directory = path.ends_with('/');
    ContextEntry entry;
    entry.path = directory ? path.substr(0, path.size() - 1) : path;
    entry.kind = directory ? EntryKind::directory : file.kind;
    entry.mode = directory ? 0755 : file.mode;
    entry.size = file.kind == EntryKind::symlink ? file.target.size() : file.text.size();
    entry.target = file.target;
    entry.readable = file.readable;
    entry.checkout_mode = file.checkout_mode;
    const bool text = !directory && file.kind == EntryKind::file && file.readable;
    if (text) entry.content = analysis::hash_content(file.text);
    source.entries.push_back(std::move(entry));
    if (text) source.texts.emplace(path, std::move(file.text));
  }
  analysis::ProjectBuildFiles build_files;
  for (const auto& [path, text] : source.texts) {
    if (const auto kind = analysis::build_file_kind(path)) {
      build_files.push_back(std::make_shared<const analysis::ProjectBuildFile>(
          analysis::ProjectBuildFile{path, text, analysis::read_build_file(*kind, text)}));
    }
  }
  source.builds = analysis::evidence_of(analysis::builds_of(build_files, options.dockerfile));
  source.dockerfile = std::move(options.dockerfile);
  if (!options.complete) source.unknown_reason = "the build context is still being read";
  return source;
}

}  // namespace

bool FakeFile::read_attribute(std::string_view attribute) {
  const std::size_t space = attribute.find(' ');
  const std::string_view name = attribute.substr(0, space);
  if (space == std::string_view::npos || (name != "mode" && name != "git")) return false;
  const std::string_view octal = attribute.substr(space + 1);
  std::uint32_t& bits = name == "mode" ? mode : checkout_mode;
  return std::from_chars(octal.data(), octal.data() + octal.size(), bits, 8).ptr == octal.data() + octal.size();
}

FakeFile FakeFile::symlink(std::string target) {
  FakeFile file("");
  file.kind = EntryKind::symlink;
  file.mode = 0777;
  file.target = std::move(target);
  return file;
}

FakeFile FakeFile::special() {
  FakeFile file("");
  file.kind = EntryKind::other;
  return file;
}

FakeFile FakeFile::unreadable() {
  FakeFile file("", 0);
  file.readable = false;
  return file;
}

FakeContext::FakeContext(Files files, FakeContextOptions options)
    : listed_(listed(std::move(files), std::move(options))) {}

}  // namespace keyline::tests
