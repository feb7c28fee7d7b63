#pragma once
// Where in a Compose or Bake file a cursor stands, from the text around it alone: a file that is being typed in need
// not parse. Total; looks at the lines above the cursor once.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/build_file.h"

namespace keyline::analysis {

struct BuildFilePlace {
  std::vector<std::string> path;  // keys and block labels from the top: "services", "api", "build", "args"
  std::string key;                // of the value that is being typed; "" when a key or an item is
  bool item = false;              // of a list
  Span word;  // what is typed of it so far, without quotes; what follows up to its end belongs to it
};

BuildFilePlace place_in_build_file(BuildFileKind kind, std::string_view text, Offset offset);

}  // namespace keyline::analysis
