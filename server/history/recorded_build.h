#pragma once
// A build that ran, as the inputs it had: what is remembered of it, and what its keys are derived from again later. The
// analysis reads a remembered build directory through `RecordedContext` as it reads a live one.
// Build arguments may hold secrets, so whoever stores or prints a RecordedBuild keeps it from other users.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/model/model.h"

namespace keyline::server {

// A directory that was sent to the builder.
struct RecordedDirectory {
  std::string path;               // absolute
  std::string dockerignore_file;  // absolute; "": there was none
  std::string dockerignore;       // its text
  std::vector<analysis::ContextEntry> entries;
  std::string unknown_reason;  // why the listing is not complete; "": it is
};

// `--build-context name=value`.
struct RecordedNamedContext {
  std::string value;                           // as given
  std::optional<RecordedDirectory> directory;  // when the value is one
};

struct MeasuredStep {
  enum class Outcome : std::uint8_t { unknown, cached, executed };

  std::string name;        // as BuildKit prints it, "[build 3/6] RUN npm ci"
  std::uint32_t line = 0;  // of the Dockerfile, from 1; 0: not known
  double seconds = 0;      // of the last time that the step was executed, else of the look-up
  Outcome outcome = Outcome::unknown;

  friend bool operator==(const MeasuredStep&, const MeasuredStep&) = default;
};

// Which builds are builds of the same thing. Values of arguments are not part of it: a commit or a version differs from
// build to build, and that it does is what a forecast explains. Names are: a debug build that is given one argument
// more must not push the ordinary builds out of memory.
struct BuildIdentity {
  std::string dockerfile;
  std::string context;
  std::string target;
  std::string platform;
  std::vector<std::string> arguments;       // names, sorted
  std::vector<std::string> named_contexts;  // names, sorted

  friend bool operator==(const BuildIdentity&, const BuildIdentity&) = default;
};

struct RecordedBuild {
  std::string dockerfile;  // absolute path
  std::string text;        // of the Dockerfile
  RecordedDirectory context;
  std::map<std::string, RecordedNamedContext, std::less<>> named_contexts;
  std::string target;    // "": the last stage
  std::string platform;  // "": the builder's own
  std::map<std::string, std::string, std::less<>> arguments;
  std::map<std::string, std::string, std::less<>> images;  // normalized reference -> "sha256:…"
  std::int64_t finished_at = 0;                            // seconds since 1970, UTC
  std::vector<MeasuredStep> steps;                         // empty: no log of the build is known

  BuildIdentity identity() const;
  analysis::BuildOptions options() const;
};

class RecordedContext final : public analysis::BuildContext {
 public:
  RecordedContext(RecordedDirectory directory, std::string_view dockerfile);

  bool complete() const override { return directory_.unknown_reason.empty(); }
  std::string unknown_reason() const override { return directory_.unknown_reason; }
  const std::vector<analysis::ContextEntry>& entries() const override { return directory_.entries; }
  // What was hidden had no part in the build and is not remembered.
  const std::vector<analysis::HiddenEntry>& hidden() const override { return hidden_; }
  const analysis::Dockerignore& dockerignore() const override { return dockerignore_; }
  // Contents are remembered as hashes only.
  std::optional<std::string_view> text(std::string_view /*path*/) const override { return std::nullopt; }
  std::string_view dockerfile_path() const override { return dockerfile_path_; }

 private:
  RecordedDirectory directory_;
  std::vector<analysis::HiddenEntry> hidden_;
  analysis::Dockerignore dockerignore_;
  std::string dockerfile_path_;
};

}  // namespace keyline::server
