#pragma once
// Where a package manager keeps its cache at one RUN: options of the command, then variables, then what the base image
// sets, then the home of the user. Nothing is guessed: what cannot be resolved comes back empty, with the reason.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/knowledge/base_images.h"
#include "analysis/knowledge/install_commands.h"
#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

// What surrounds a RUN, as far as tools can see it.
struct RunEnvironment {
  struct Variable {
    std::string name;
    std::string value;
    bool known = true;
  };
  std::vector<Variable> variables;  // ENV and ARG in scope; not those of the base image's table
  BaseImage image;
  std::string image_reference;   // for messages
  bool image_described = false;  // the base image's own configuration is known or it is a listed one
  std::string user;              // as USER names it, without a group; "" when none was named
  std::string group;
  bool user_known = true;
  std::vector<std::pair<std::string, std::string>> accounts;  // name -> numeric id, created by earlier steps
  std::string workdir;

  bool is_root() const { return user.empty() || user == "root" || user == "0"; }
  const Variable* variable(std::string_view name) const;
};

struct Owner {
  std::string uid;  // "" for root
  std::string gid;
  bool known = true;
};
// The numeric owner a mount needs so that the step's user can write to it.
Owner mount_owner(const RunEnvironment& environment);

struct EnvironmentValue {
  std::string text;
  bool known = true;
};
// The variable as the command sees it: set in the RUN, by ENV or ARG, or by the base image.
std::optional<EnvironmentValue> find_variable(std::string_view name, const Install& install,
                                              const RunEnvironment& environment);

struct ResolvedDirectory {
  std::string path;    // "" when it could not be resolved
  std::string reason;  // why not, for the user
  bool from_option = false;
};
ResolvedDirectory resolve(const CacheDirectory& directory, const Install& install, const RunEnvironment& environment);

// The home of the step's user; "" when not known.
std::string home_directory(const RunEnvironment& environment);

}  // namespace keyline::analysis
