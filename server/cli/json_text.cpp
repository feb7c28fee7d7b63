#include "server/cli/json_text.h"

#include <nlohmann/json.hpp>

namespace keyline::server {

namespace {

Place place_in(const analysis::LineIndex& lines, std::string_view text, analysis::Span span) {
  const analysis::Position begin = lines.position(text, span.begin, analysis::Encoding::utf32);
  const analysis::Position end = lines.position(text, span.end, analysis::Encoding::utf32);
  return {begin.line + 1U, begin.column + 1U, end.line + 1U, end.column + 1U};
}

}  // namespace

Place place_of(const analysis::Snapshot& snapshot, analysis::Span span) {
  return place_in(snapshot.lines, snapshot.text(), span);
}

Place place_of(const analysis::BuildOrigin& origin) {
  const std::size_t line = origin.place.line + 1;
  const std::size_t column = origin.place.column + 1;
  return {line, column, line, column};
}

Place place_in_dockerignore(const analysis::Snapshot& snapshot, analysis::Span span) {
  const std::string& text = snapshot.context().dockerignore().text();
  return place_in(analysis::LineIndex(text), text, span);
}

nlohmann::ordered_json json_range(const Place& place) {
  return {{"start", {{"line", place.line}, {"column", place.column}}},
          {"end", {{"line", place.end_line}, {"column", place.end_column}}}};
}

nlohmann::ordered_json json_range(const analysis::Snapshot& snapshot, analysis::Span span) {
  return json_range(place_of(snapshot, span));
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace keyline::server
