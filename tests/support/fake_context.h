#pragma once
// A BuildContext over a map in memory, for tests: paths and texts in, filtered by the .dockerignore among them as the
// disk's context is. Directories above a path exist by themselves; a path that ends with "/" is an empty directory.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/context/listed_context.h"

namespace keyline::tests {

struct FakeFile {
  FakeFile(std::string content) : text(std::move(content)) {}  // NOLINT: reads as a map of texts
  FakeFile(const char* content) : text(content) {}             // NOLINT
  FakeFile(std::string content, std::uint32_t permissions) : text(std::move(content)), mode(permissions) {}

  static FakeFile symlink(std::string target);
  // A FIFO, socket or device.
  static FakeFile special();
  static FakeFile unreadable();

  std::string text;
  analysis::EntryKind kind = analysis::EntryKind::file;
  std::uint32_t mode = 0644;
  std::string target;
  bool readable = true;
  std::uint32_t checkout_mode = 0;

  // What stands behind a name in an archive: "mode 0755", "git 0644". False when it is neither.
  bool read_attribute(std::string_view attribute);
};

struct FakeContextOptions {
  bool complete = true;
  // Where the Dockerfile lies; its own .dockerignore goes first. It is an entry only if the files name it.
  std::string dockerfile = "Dockerfile";
};

class FakeContext final : public analysis::BuildContext {
 public:
  using Files = std::map<std::string, FakeFile>;
  explicit FakeContext(Files files, FakeContextOptions options = {});

  bool complete() const override { return listed_.complete(); }
  std::string unknown_reason() const override { return listed_.unknown_reason(); }
  const std::vector<analysis::ContextEntry>& entries() const override { return listed_.entries(); }
  const std::vector<analysis::HiddenEntry>& hidden() const override { return listed_.hidden(); }
  const analysis::Dockerignore& dockerignore() const override { return listed_.dockerignore(); }
  analysis::IgnoreFile ignore_file() const override { return listed_.ignore_file(); }
  std::optional<std::string_view> text(std::string_view path) const override { return listed_.text(path); }
  std::string_view dockerfile_path() const override { return listed_.dockerfile_path(); }
  const analysis::BuildEvidence& builds() const override { return listed_.builds(); }

 private:
  analysis::ListedContext listed_;
};

}  // namespace keyline::tests
