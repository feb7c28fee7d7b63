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

#include "analysis/context/build_context.h"

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

  bool complete() const override { return options_.complete; }
  std::string unknown_reason() const override;
  const std::vector<analysis::ContextEntry>& entries() const override { return entries_; }
  const std::vector<analysis::HiddenEntry>& hidden() const override { return hidden_; }
  const analysis::Dockerignore& dockerignore() const override { return dockerignore_; }
  std::optional<std::string_view> text(std::string_view path) const override;
  std::string_view dockerfile_path() const override { return options_.dockerfile; }

 private:
  std::map<std::string, FakeFile, std::less<>> files_;
  FakeContextOptions options_;
  analysis::Dockerignore dockerignore_;
  std::vector<analysis::ContextEntry> entries_;
  std::vector<analysis::HiddenEntry> hidden_;
};

}  // namespace keyline::tests
