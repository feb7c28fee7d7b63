#pragma once
// Which paths of a build directory change by themselves (version control, local installs, caches, editors) and which
// hold secrets, judged by their names and by what stands beside them. Says nothing where a name has other meanings.
// Plain facts, for rules/.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

struct VolatilePath {
  std::string_view names;  // of the entry itself
  bool directory = true;
  std::string_view beside = {};   // one of these stands in the same directory: "Cargo.toml", "*.csproj"
  std::string_view inside = {};   // and this in it: "pyvenv.cfg"
  std::string_view changed = {};  // what changes it: "every commit"
  // Programs that make it in the image as well; where none of them runs, the image may want what the context has.
  // "" when no image wants it.
  std::string_view made_by = {};
  bool installed = false;  // made by installing from a manifest, not by any other run of the program

  bool is_repository() const { return made_by.empty() && changed == "every commit"; }
};

// Null for a path that only people change. One directory stands for all below it.
const VolatilePath* volatile_path(const BuildContext& context, const ContextEntry& entry);

// Dockerfile, Dockerfile.*, *.Dockerfile, *.dockerfile, Containerfile, Containerfile.*.
bool is_dockerfile_name(std::string_view name);

// Names at the top of a project that no image needs: "Dockerfile", ".github". They change seldom.
bool is_project_overhead(std::string_view name);

// What the file would give away: "a private key"; "" for all others. `.env` files are told by is_environment_file.
std::string_view secret_in(const BuildContext& context, const ContextEntry& entry);
// ".env" and its kin, examples left out.
bool is_environment_file(std::string_view path);

// Whether the text of a manifest says that a build asks git for a version.
bool asks_git(std::string_view text);

}  // namespace keyline::analysis
