#include "analysis/explain/words.h"

#include <fmt/format.h>

#include <cmath>

namespace keyline::analysis {

std::string count_of(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

std::string size_of(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  for (const char* unit : {"kB", "MB", "GB"}) {
    value /= 1000;
    if (value < 999.95) return fmt::format("{:.{}f} {}", value, value < 9.95 ? 1 : 0, unit);
  }
  return fmt::format("{:.0f} TB", value / 1000);
}

std::string duration_of(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string line_reference(const Snapshot& snapshot, Span place) {
  if (place == Span{}) return "";
  return fmt::format("line {}", snapshot.lines.line_at(place.begin) + 1);
}

std::string short_text(const Snapshot& snapshot, StepId id, std::size_t longest) {
  const Span span = snapshot.model.steps[id].span;
  std::string_view text = slice(snapshot.text(), span);
  text = text.substr(0, text.find('\n'));
  const bool whole = text.size() == span.size();
  while (!text.empty() && (text.back() == ' ' || text.back() == '\\' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() <= longest) return std::string(text) + (whole ? "" : " …");
  return shortened(text, longest);
}

std::string shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return std::string(text);
  std::size_t end = longest - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string stage_title(const Model& model, StageId stage) {
  const std::string& name = model.stages[stage].name;
  return name.empty() ? fmt::format("stage {}", stage) : name;
}

std::string step_reference(const Snapshot& snapshot, StepId id) {
  return fmt::format("{} (`{}`)", line_reference(snapshot, snapshot.model.steps[id].span), short_text(snapshot, id));
}

}  // namespace keyline::analysis
