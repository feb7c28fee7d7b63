#include "tests/support/fixture.h"

#include <algorithm>
#include <charconv>
#include <regex>

#include <fmt/format.h>

#include "tests/support/fake_context.h"

namespace keyline::tests {

namespace {

std::vector<std::string> split_lines(std::string_view content) {
  std::vector<std::string> lines;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    lines.emplace_back(content.substr(0, end));
    if (end == std::string_view::npos) break;
    content.remove_prefix(end + 1);
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> split_at_bars(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t bar = text.find(" | ");
    parts.push_back(trimmed(text.substr(0, bar)));
    if (bar == std::string_view::npos) return parts;
    text.remove_prefix(bar + 3);
  }
}

bool is_header(std::string_view line) { return line.size() > 6 && line.starts_with("-- ") && line.ends_with(" --"); }

// "   ^^^^ warning some-rule: text", or none when the line is not a caret line.
std::optional<Marker> caret_line(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string::npos || line[first] != '^') return std::nullopt;
  const std::size_t last = line.find_first_not_of('^', first);
  if (last == std::string::npos || line[last] != ' ') return std::nullopt;
  Marker marker;
  marker.column = static_cast<std::uint32_t>(first);
  marker.width = static_cast<std::uint32_t>(last - first);
  const std::string label = trimmed(std::string_view(line).substr(last));
  static const std::regex diagnostic("(information|warning|error) ([a-z0-9-]+)(?:: (.*))?");
  static const std::regex feature("(problem|fix|hover|lens|inlay|graph|definition|references): (.*)");
  static const std::regex rename("rename (\\S+): (.*)");
  std::smatch found;
  if (std::regex_match(label, found, diagnostic)) {
    marker.severity = found[1];
    marker.rule = found[2];
    marker.text = found[3];
  } else if (std::regex_match(label, found, feature)) {
    using Kind = Marker::Kind;
    marker.kind = found[1] == "problem"      ? Kind::problem
                  : found[1] == "fix"        ? Kind::fix
                  : found[1] == "hover"      ? Kind::hover
                  : found[1] == "lens"       ? Kind::lens
                  : found[1] == "inlay"      ? Kind::inlay
                  : found[1] == "graph"      ? Kind::graph
                  : found[1] == "definition" ? Kind::definition
                                             : Kind::references;
    marker.text = found[2];
  } else if (std::regex_match(label, found, rename)) {
    marker.kind = Marker::Kind::rename;
    marker.rule = found[1];
    marker.text = found[2];
  } else {
    return std::nullopt;
  }
  return marker;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = text.substr(std::min(text.find_first_not_of(' '), text.size()))).empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// "image base digest=sha256:1 user=app env.PATH=/bin"
bool read_image(const std::vector<std::string>& words, analysis::BuildOptions& build) {
  if (words.size() < 2) return false;
  analysis::ImageConfig& image = build.images[words[1]];
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string::npos) return false;
    const std::string key = words[i].substr(0, equals), value = words[i].substr(equals + 1);
    if (key == "digest")
      image.digest = value;
    else if (key == "user")
      image.user = value;
    else if (key == "workdir")
      image.workdir = value;
    else if (key.starts_with("env."))
      image.environment.emplace_back(key.substr(4), value);
    else
      return false;
  }
  return true;
}

bool read_attribute(const std::string& attribute, Section& section) {
  const std::vector<std::string> words = words_of(attribute);
  if (words.size() == 2 && words[0] == "after") {
    section.role = Section::Role::after;
    section.rule = words[1];
    return true;
  }
  if (words.size() >= 2 && words[0] == "edit") {
    const auto which = number(words[1]);
    const auto base = words.size() == 4 && words[2] == "of" ? number(words[3]) : std::nullopt;
    if (!which || *which == 0 || (words.size() != 2 && (!base || *base >= *which))) return false;
    section.role = Section::Role::edit;
    section.number = *which;
    section.base = base.value_or(*which - 1);
    return true;
  }
  if (words.size() == 5 && words[0] == "reuses" && words[2] == "of" && (words[4] == "steps" || words[4] == "step")) {
    const auto reused = number(words[1]), all = number(words[3]);
    if (!reused || !all) return false;
    section.reuses = {*reused, *all};
    return true;
  }
  if (words.size() == 2 && words[0] == "build-arg" && words[1].find('=') != std::string::npos) {
    const std::size_t equals = words[1].find('=');
    section.build.arguments[words[1].substr(0, equals)] = words[1].substr(equals + 1);
    return true;
  }
  if (words.size() == 2 && words[0] == "target") {
    section.build.target = words[1];
    return true;
  }
  if (words.size() == 2 && words[0] == "platform") {
    section.build.platform = words[1];
    return true;
  }
  if (attribute == "no final newline") return true;
  if (section.role == Section::Role::file && FakeFile("").read_attribute(attribute)) return true;
  return !words.empty() && words[0] == "image" && read_image(words, section.build);
}

bool has_attribute(const Section& section, std::string_view attribute) {
  return std::find(section.attributes.begin(), section.attributes.end(), attribute) != section.attributes.end();
}

class Reader {
 public:
  explicit Reader(Fixture& fixture) : fixture_(fixture) {}

  void read(std::string_view content) {
    const std::vector<std::string> lines = split_lines(content);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (is_header(lines[i]))
        open(lines[i], i + 1);
      else if (fixture_.sections.empty())
        fixture_.prose += lines[i] + "\n";
      else
        add(lines[i], i + 1);
    }
    for (Section& section : fixture_.sections)
      if (has_attribute(section, "no final newline") && !section.text.empty()) section.text.pop_back();
    if (fixture_.dockerfile() == nullptr) complain(1, "there is no `-- Dockerfile --`");
    for (const Section& section : fixture_.sections)
      if (section.role == Section::Role::edit && fixture_.edit(section.base) == nullptr)
        complain(section.place, "the text it starts from does not exist");
  }

 private:
  void open(const std::string& line, std::size_t place) {
    std::vector<std::string> parts = split_at_bars(std::string_view(line).substr(3, line.size() - 6));
    Section section;
    section.name = parts.front();
    section.attributes.assign(parts.begin() + 1, parts.end());
    section.place = place;
    section.text_place = place + 1;
    if (section.name == "Dockerfile") section.role = Section::Role::dockerfile;
    if (section.name.starts_with("what if ")) section.role = Section::Role::what_if;
    if (section.name == "Dockerfile" && fixture_.dockerfile() != nullptr) section.build = fixture_.dockerfile()->build;
    for (const std::string& attribute : section.attributes)
      if (!read_attribute(attribute, section)) complain(place, fmt::format("`{}` is not understood", attribute));
    if (section.role == Section::Role::dockerfile && fixture_.dockerfile() != nullptr)
      complain(place, "there is a Dockerfile already: this one is neither `after` a fix nor an `edit`");
    fixture_.sections.push_back(std::move(section));
  }

  void add(const std::string& line, std::size_t place) {
    Section& section = fixture_.sections.back();
    const bool annotated = section.role == Section::Role::dockerfile || section.role == Section::Role::edit;
    std::optional<Marker> marker = annotated ? caret_line(line) : std::nullopt;
    if (!marker) {
      section.text += line + "\n";
      return;
    }
    const auto lines = static_cast<std::uint32_t>(std::count(section.text.begin(), section.text.end(), '\n'));
    if (lines == 0) return complain(place, "there is no line above this caret line");
    marker->line = lines - 1;
    marker->place = place;
    section.markers.push_back(std::move(*marker));
  }

  void complain(std::size_t place, std::string_view what) {
    fixture_.errors.push_back(fmt::format("{}: {}", fixture_.place(place), what));
  }

  Fixture& fixture_;
};

}  // namespace

std::string Marker::label() const {
  switch (kind) {
    case Kind::diagnostic:
      return text.empty() ? fmt::format("{} {}", severity, rule) : fmt::format("{} {}: {}", severity, rule, text);
    case Kind::problem:
      return "problem: " + text;
    case Kind::fix:
      return "fix: " + text;
    case Kind::hover:
      return "hover: " + text;
    case Kind::lens:
      return "lens: " + text;
    case Kind::inlay:
      return "inlay: " + text;
    case Kind::graph:
      return "graph: " + text;
    case Kind::definition:
      return "definition: " + text;
    case Kind::references:
      return "references: " + text;
    case Kind::rename:
      return "rename " + rule + ": " + text;
  }
  return {};
}

std::string Section::header() const {
  std::string line = "-- " + name;
  for (const std::string& attribute : attributes) {
    const bool counted = attribute.starts_with("reuses ") && reuses;
    line += " | " + (counted ? fmt::format("reuses {} of {} steps", reuses->first, reuses->second) : attribute);
  }
  return line + " --";
}

const Section* Fixture::dockerfile() const { return edit(0); }

const Section* Fixture::edit(unsigned number) const {
  for (const Section& section : sections) {
    if (number == 0 && section.role == Section::Role::dockerfile) return &section;
    if (number != 0 && section.role == Section::Role::edit && section.number == number) return &section;
  }
  return nullptr;
}

std::string Fixture::place(std::size_t line) const { return fmt::format("{}:{}", path.generic_string(), line); }

Fixture read_fixture(const std::filesystem::path& path, std::string_view content) {
  Fixture fixture;
  fixture.path = path;
  Reader(fixture).read(content);
  return fixture;
}

std::string write_fixture(const Fixture& fixture) {
  std::string content = fixture.prose;
  for (const Section& section : fixture.sections) {
    content += section.header() + "\n";
    const std::vector<std::string> lines = split_lines(section.text);
    for (std::uint32_t line = 0; line < lines.size(); ++line) {
      content += lines[line] + "\n";
      for (const Marker& marker : section.markers)
        if (marker.line == line)
          content += std::string(marker.column, ' ') + std::string(marker.width, '^') + " " + marker.label() + "\n";
    }
  }
  return content;
}

}  // namespace keyline::tests
