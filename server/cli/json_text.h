#pragma once
// The forms that all JSON output of the command line shares: places, and texts that may not be UTF-8.

#include <cstddef>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "analysis/analysis.h"

namespace keyline::server {

// Counted from 1, columns in code points; the end is exclusive.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t end_line = 1;
  std::size_t end_column = 1;
};
Place place_of(const analysis::Snapshot& snapshot, analysis::Span span);
// Of a build file; its end is its beginning.
Place place_of(const analysis::BuildOrigin& origin);
// The same in the .dockerignore that the snapshot was made with.
Place place_in_dockerignore(const analysis::Snapshot& snapshot, analysis::Span span);

// {"start": {"line", "column"}, "end": {...}}
nlohmann::ordered_json json_range(const Place& place);
nlohmann::ordered_json json_range(const analysis::Snapshot& snapshot, analysis::Span span);

// Indented, with a final line ending; bytes that are not UTF-8 become U+FFFD.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace keyline::server
