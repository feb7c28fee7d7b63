#pragma once
// The options that say which build a Dockerfile is meant for, shared by check, explain and fix, and the step from a
// path on the command line to what analyze() takes.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "protocol/result.h"
#include "server/cli/options.h"
#include "server/environment/find_context.h"
#include "server/environment/listing_cache.h"

namespace keyline::server {

// As given, unchecked.
struct BuildFlags {
  std::string context;
  std::string target;
  std::string platform;
  std::vector<std::string> build_arguments;  // K=V, or K for a value from the environment
  std::vector<std::string> named_contexts;   // NAME=VALUE
  std::vector<std::string> rules;            // id=severity
};

void add_build_flags(Options& declared, BuildFlags& flags);
void add_rule_flag(Options& declared, BuildFlags& flags);

// What the flags mean; made once per run.
struct Build {
  std::optional<std::string> context;
  analysis::BuildOptions options;
  analysis::RuleSettings rules;
  std::map<std::string, std::string> ignore_files = {};  // absolute path -> a text instead of what is on disk
};
protocol::Result<Build> read_build_flags(const BuildFlags& flags);

struct LoadedDockerfile {
  analysis::Inputs inputs;
  std::string context_root;  // "" when there is none
  FoundContext found;        // how that was found, and the build files of the project
};
// Whether to read what the files that the build takes contain: a forecast needs that, a look at the rules does not.
enum class Contents : std::uint8_t { unread, hashed };
// `listings` are build directories that this run has read already; null: none are kept.
// "-" reads standard input, whose context is the current folder unless the flags name another.
protocol::Result<LoadedDockerfile> load_dockerfile(const std::string& path, const Build& build,
                                                   Contents contents = Contents::unread,
                                                   ListingCache* listings = nullptr);

// What stderr says about one path.
void report_fault(const std::string& path, const std::string& message);

}  // namespace keyline::server
