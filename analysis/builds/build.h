#pragma once
// A build as a build file asks for it: which Dockerfile, context, target, arguments and caches, each with its place in
// that file. Paths are cleaned and relative to the directory that the build file's kind says (build_file.h). What a
// text still depends on is kept beside it, so that nobody takes a guess for a fact.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/text/span.h"

namespace keyline::analysis {

// `text` with every variable that has a default or is set in the same file put in.
struct BuildText {
  std::string text = {};
  Span span = {};                      // of the value as written
  std::vector<std::string> open = {};  // what only the caller's environment or a CI system can say: "$VERSION"
  std::string per_build = {};          // the part that is another one in every build, as written; "" when none is known
  bool complete = true;                // false: a part of `open` or `per_build` stands in the text as written

  bool known() const { return complete && open.empty() && per_build.empty(); }
};

struct BuildArgument {
  std::string name;
  Span name_span = {};
  std::optional<BuildText> value = {};  // nothing: taken from the environment of whoever builds
};

struct NamedBuildContext {
  std::string name;
  BuildText value;
};

// One of --cache-from and --cache-to: "type=gha,mode=max". A short form names an image.
struct CacheBackend {
  std::string type;  // "registry" for the short form
  std::vector<std::pair<std::string, std::string>> options = {};
  Span span = {};
  bool understood = true;  // false: parts of it are not known here

  std::string option(std::string_view name) const;
};

enum class BuildContextKind : std::uint8_t {
  directory,
  remote,  // a URL, or the revision that a CI system builds without a directory
  input    // standard input
};

struct Build {
  std::string name;  // as people call it: "service api"
  Span span = {};    // what stands for it in the file: its key, or the command
  BuildContextKind context_kind = BuildContextKind::directory;
  BuildText context = {};
  BuildText dockerfile = {};  // from where the context counts from; "" when its text is inside the build file
  std::optional<BuildText> target = {};
  std::vector<BuildArgument> arguments = {};
  std::vector<NamedBuildContext> contexts = {};
  std::vector<CacheBackend> cache_from = {};
  std::vector<CacheBackend> cache_to = {};
  std::vector<BuildText> platforms = {};
  std::vector<std::string> secrets = {};        // ids
  std::optional<Span> no_cache = {};            // where it is asked for
  std::vector<BuildText> no_cache_filter = {};  // stages
  bool throwaway = false;                       // runs on a machine that is made for it and keeps nothing
  bool repeated = false;                        // a matrix or loop makes several builds of it
};

}  // namespace keyline::analysis
