#include "server/cli/json_text.h"

#include <nlohmann/json.hpp>

namespace keyline::server {

Place place_of(const analysis::Snapshot& snapshot, analysis::Span span) {
  const analysis::Position begin = snapshot.lines.position(snapshot.text(), span.begin, analysis::Encoding::utf32);
  const analysis::Position end = snapshot.lines.position(snapshot.text(), span.end, analysis::Encoding::utf32);
  return {begin.line + 1U, begin.column + 1U, end.line + 1U, end.column + 1U};
}

nlohmann::ordered_json json_range(const analysis::Snapshot& snapshot, analysis::Span span) {
  const Place place = place_of(snapshot, span);
  return {{"start", {{"line", place.line}, {"column", place.column}}},
          {"end", {{"line", place.end_line}, {"column", place.end_column}}}};
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace keyline::server
