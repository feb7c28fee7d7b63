#include "server/history/progress_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "analysis/model/reference.h"

namespace keyline::server {

namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20U;
constexpr std::size_t longest_name = std::size_t{16} << 10U;
constexpr std::size_t most_vertices = 10'000;
constexpr std::size_t most_intervals = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view cut(std::string_view text, std::string_view mark) { return text.substr(0, text.find(mark)); }

// The leading decimal number, which is taken off the text.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "12.345" and what follows; locale and exponents have no part in it.
std::optional<double> take_seconds(std::string_view& text) {
  std::string_view rest = text;
  const std::optional<std::uint32_t> whole = take_number(rest);
  if (!whole || !rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  double value = *whole;
  double unit = 0.1;
  const std::size_t before = rest.size();
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), unit /= 10) {
    value += unit * (rest.front() - '0');
  }
  if (rest.size() == before) return std::nullopt;
  text = rest;
  return value;
}

// Days since 1970-01-01 in the Gregorian calendar.
std::int64_t days_from(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

// RFC 3339, "2025-03-04T05:06:07.123456789+01:00", as seconds since 1970.
std::optional<double> read_time(std::string_view text) {
  std::array<std::uint32_t, 5> fields{};
  constexpr std::string_view separators = "--T::";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::optional<std::uint32_t> field = take_number(text);
    if (!field || *field > 9999 || !text.starts_with(separators[i])) return std::nullopt;
    text.remove_prefix(1);
    fields[i] = *field;
  }
  std::optional<double> second = take_seconds(text);
  if (!second) second = take_number(text);
  if (!second) return std::nullopt;
  double offset = 0;
  if (text.starts_with('+') || text.starts_with('-')) {
    const double sign = text.front() == '+' ? 60 : -60;
    text.remove_prefix(1);
    const std::optional<std::uint32_t> hours = take_number(text);
    if (!hours || !text.starts_with(':')) return std::nullopt;
    text.remove_prefix(1);
    offset = sign * (60.0 * *hours + take_number(text).value_or(0));
  }
  const std::int64_t days = days_from(fields[0], fields[1], fields[2]);
  return static_cast<double>(days * 86400 + std::int64_t{fields[3]} * 3600 + std::int64_t{fields[4]} * 60) + *second -
         offset;
}

// CI services put a time before each line.
std::string_view without_time(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || line.empty() || !is_digit(line.front())) return line;
  return read_time(line.substr(0, blank)) ? line.substr(blank + 1) : line;
}

std::string_view text_of_step(std::string_view name) {
  if (place_of_step(name).number == 0) return name;
  const std::size_t end = name.find("] ");
  return end == std::string_view::npos ? std::string_view() : name.substr(end + 2);
}

// What an instruction makes, as opposed to what BuildKit does around it.
bool is_step(std::string_view name) {
  if (place_of_step(name).number > 0) return true;
  constexpr std::array<std::string_view, 5> keywords{"RUN", "COPY", "ADD", "WORKDIR", "FROM"};
  return std::ranges::find(keywords, name.substr(0, name.find_first_of(" \t"))) != keywords.end();
}

bool is_base_image(std::string_view name) { return text_of_step(name).starts_with("FROM "); }

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string_view text_member(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member(object, name);
  return value && value->is_string() ? std::string_view(value->get_ref<const std::string&>()) : std::string_view();
}

bool is_true(const nlohmann::json* value) { return value && value->is_boolean() && value->get<bool>(); }

}  // namespace

StepPlace place_of_step(std::string_view name) {
  if (!name.starts_with('[')) return {};
  std::string_view label = cut(name.substr(1), "]");
  const std::size_t blank = label.rfind(' ');
  std::string_view counter = blank == std::string_view::npos ? label : label.substr(blank + 1);
  const std::optional<std::uint32_t> number = take_number(counter);
  if (!number || !counter.starts_with('/')) return {};
  counter.remove_prefix(1);
  if (!take_number(counter) || !counter.empty()) return {};
  label = blank == std::string_view::npos ? std::string_view() : label.substr(0, blank);
  while (label.ends_with(' ')) label.remove_suffix(1);  // the counter is aligned to the right
  const std::string_view stage = label.substr(label.rfind(' ') + 1);
  // Stage names have no slash, platforms do.
  return {std::string(stage.find('/') == std::string_view::npos ? stage : std::string_view()), *number};
}

void ProgressLogReader::read(std::string_view bytes) {
  while (!bytes.empty()) {
    // A carriage return alone ends a line as well: terminals are written over with it.
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    too_long_ = too_long_ || line_.size() + part.size() > longest_line;
    if (!too_long_) line_ += part;
    if (end == std::string_view::npos) return;
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void ProgressLogReader::end_line() {
  if (!too_long_) {
    const std::string_view line = without_time(line_);
    if (line.starts_with('{')) {
      read_json(line);
    } else {
      read_plain(line);
    }
  }
  too_long_ = false;
  line_.clear();
}

BuildLog ProgressLogReader::finish() {
  end_line();
  BuildLog log;
  bool open = false;
  for (const Vertex& vertex : vertices_) {
    open = open || vertex.open;
    if (!is_step(vertex.name)) continue;
    log.steps.push_back(measure(vertex));
    if (!is_base_image(vertex.name)) continue;
    const std::string_view image = cut(text_of_step(vertex.name).substr(5), " ");
    const std::size_t at = image.find("@sha256:");
    if (at != std::string_view::npos) {
      log.images[analysis::normalized_reference(image.substr(0, at))] = image.substr(at + 1);
    }
  }
  if (failed_) {
    log.result = BuildLog::Result::failed;
  } else if (!vertices_.empty() && !open) {
    log.result = BuildLog::Result::succeeded;
  }
  *this = ProgressLogReader();
  return log;
}

ProgressLogReader::Vertex* ProgressLogReader::vertex(std::string_view key, std::string_view name) {
  const auto found = by_key_.find(std::string(key));
  if (found != by_key_.end()) return &vertices_[found->second];
  if (vertices_.size() == most_vertices || name.size() > longest_name || key.size() > longest_name) return nullptr;
  by_key_.emplace(key, vertices_.size());
  vertices_.emplace_back().name = name;
  return &vertices_.back();
}

// A cache that cannot be imported is an error of its vertex and none of the build.
void ProgressLogReader::note_error(const Vertex& vertex) {
  failed_ = failed_ || !vertex.name.starts_with("importing cache manifest");
}

void ProgressLogReader::read_json(std::string_view line) {
  // Most lines are output of commands; those need not be parsed.
  if (line.find("\"vertexes\"") == std::string_view::npos) return;
  const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return;
  const nlohmann::json* vertexes = member(json, "vertexes");
  if (!vertexes || !vertexes->is_array()) return;
  for (const nlohmann::json& update : *vertexes) {
    if (!update.is_object()) continue;
    const std::string_view digest = text_member(update, "digest");
    Vertex* const found = digest.empty() ? nullptr : vertex(digest, text_member(update, "name"));
    if (!found) continue;
    if (!text_member(update, "error").empty()) note_error(*found);
    const bool cached = is_true(member(update, "cached"));
    found->cached = found->cached || cached;
    const std::optional<double> started = read_time(text_member(update, "started"));
    if (!started) continue;
    const std::optional<double> completed = read_time(text_member(update, "completed"));
    found->open = !completed;
    const nlohmann::json* inputs = member(update, "inputs");
    const bool work = !cached && inputs && inputs->is_array() && !inputs->empty();
    found->executed = found->executed || work;
    add_interval(*found, {*started, completed.value_or(*started), work});
  }
}

void ProgressLogReader::add_interval(Vertex& vertex, const Interval& interval) {
  const auto same = std::ranges::find(vertex.intervals, interval.start, &Interval::start);
  if (same != vertex.intervals.end()) {
    same->end = std::max(same->end, interval.end);
    same->work = same->work || interval.work;
  } else if (vertex.intervals.size() < most_intervals) {
    vertex.intervals.push_back(interval);
  } else {
    vertex.intervals.back() = interval;
  }
}

void ProgressLogReader::read_plain(std::string_view line) {
  if (line.starts_with("ERROR: ")) failed_ = true;
  if (!line.starts_with('#')) return;
  std::string_view rest = line.substr(1);
  const std::optional<std::uint32_t> number = take_number(rest);
  // #0 is what buildx says of itself.
  if (!number || *number == 0 || !rest.starts_with(' ')) return;
  const std::string_view key = line.substr(0, line.find(' '));
  const std::string_view text = rest.substr(1);
  // The first line of each number is the name; it comes again whenever the output changes back to it.
  const bool is_new = !by_key_.contains(std::string(key));
  Vertex* const found = vertex(key, text);
  if (!found) return;
  if (is_new) found->open = true;
  if (!is_new && text != found->name) read_plain_progress(*found, text);
}

void ProgressLogReader::read_plain_progress(Vertex& vertex, std::string_view text) {
  if (text == "CACHED") {
    vertex.cached = true;
    vertex.open = false;
  } else if (text.starts_with("DONE ")) {
    text.remove_prefix(5);
    vertex.done_seconds = take_seconds(text).value_or(0);
    vertex.open = false;
    // Of --link only the merge may have run: plain progress does not show the copy.
    const bool known = !vertex.pulled && !vertex.cached && vertex.name.find(" --link") == std::string::npos;
    vertex.executed = vertex.executed || known;
  } else if (text.starts_with("ERROR: ") || text == "CANCELED") {
    note_error(vertex);
    vertex.open = false;
  } else if (text.starts_with("sha256:") || text.starts_with("extracting ") || text.starts_with("resolve ")) {
    vertex.pulled = true;
  } else if (take_seconds(text)) {
    vertex.executed = true;  // a line that the command wrote
    vertex.open = true;
  }
}

MeasuredStep ProgressLogReader::measure(const Vertex& vertex) {
  using Outcome = MeasuredStep::Outcome;
  MeasuredStep step;
  step.name = vertex.name;
  // A base image has no key that could be looked up: that it was not CACHED says only that it was resolved.
  const bool executed = vertex.executed && !is_base_image(vertex.name);
  step.outcome = executed ? Outcome::executed : vertex.cached ? Outcome::cached : Outcome::unknown;
  step.seconds = vertex.done_seconds;
  double until = 0;
  for (const Interval& interval : vertex.intervals) {
    if (executed && interval.work) {
      step.seconds = interval.end - interval.start;  // of the last one
    } else if (!executed) {
      // Those that overlap count once; they come in the order in which they began.
      step.seconds += std::max(0.0, interval.end - std::max(interval.start, until));
      until = std::max(until, interval.end);
    }
  }
  step.seconds = std::max(step.seconds, 0.0);
  return step;
}

}  // namespace keyline::server
