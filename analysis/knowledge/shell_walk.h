#pragma once
// Follows `cd` and the variables through the commands of one RUN, in their order. For knowledge/ and rules/.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/syntax/shell.h"

namespace keyline::analysis {

class ShellWalk {
 public:
  explicit ShellWalk(std::string_view workdir) : directory_(workdir) {}

  // Before and after each command; what is said below holds in between.
  void enter(const ShellCommand& command);
  void leave(const ShellCommand& command);

  const std::string& directory() const { return directory_; }  // "" when not known
  const std::vector<std::pair<std::string, std::string>>& variables() const { return variables_; }
  bool inside_su(Span span) const { return su_.contains(span.begin); }

  // Adds assignments in front of a command; a value with a variable in it is not known: "$".
  static void remember(std::vector<std::pair<std::string, std::string>>& variables,
                       const std::vector<ShellAssignment>& assignments);

 private:
  struct Saved {
    std::uint16_t depth;
    std::string directory;
  };
  std::string directory_;
  std::vector<Saved> saved_;
  std::vector<std::pair<std::string, std::string>> variables_;
  Span su_;
};

// Where each of the commands runs, as `cd` leads; "" when not known.
std::vector<std::string> working_directories(const std::vector<ShellCommand>& commands, std::string_view workdir);

}  // namespace keyline::analysis
