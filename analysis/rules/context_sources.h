#pragma once
// What COPY, ADD and bind mounts take from a context that is completely known: which of its paths come along with a
// directory, and which a source names itself. For the rules about .dockerignore.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/context_paths.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

struct ContextSource {
  StepId step = none;
  Span span = {};  // the instruction, or the mount
  bool mount = false;
  bool wildcard = false;
  std::vector<std::string> roots = {};  // what it names; "" for the whole context
  Dockerignore excludes = {};           // its own --exclude

  bool names(std::string_view path) const;   // the path itself, or something below it
  bool brings(std::string_view path) const;  // without naming it
};

// Those that the build needs, in the order of the file; nothing when the context is not completely known.
std::vector<ContextSource> context_sources(const StepFacts& facts);

// A volatile path that some source brings though no source names it and nothing in the image wants it.
struct BroughtPath {
  const VolatilePath* kind = nullptr;
  std::string path = {};
  std::string pattern = {};  // the line of .dockerignore that would keep it out
  std::uint64_t files = 0;
  std::vector<const ContextSource*> sources = {};
};
std::vector<BroughtPath> brought_paths(const StepFacts& facts, const std::vector<ContextSource>& sources);

// The findings of both rules about volatile paths: one for each source that is the first to bring some. `cause` puts
// the paths in words.
struct BroughtWords {
  std::string (*cause)(const std::string& paths, const std::string& ignore_file);
};
void report_brought_paths(const StepFacts& facts, const BroughtWords& words, Findings& findings);

// Adds lines that hide the paths to the .dockerignore in force, or makes one of them. `patterns` go before the paths as
// they are, where no source names what they hide. A sketch where neither will do.
Fix hide_paths(const StepFacts& facts, const std::vector<ContextSource>& sources,
               const std::vector<std::string>& patterns, const std::vector<std::string>& paths);

bool has_dockerignore(const BuildContext& context);

// "`.git`, `.idea` and 3 more"
std::string list_paths(const std::vector<std::string>& paths);

}  // namespace keyline::analysis
