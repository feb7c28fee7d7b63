#pragma once
// The fixture format (tests/README.md): prose, then files under `-- name --` lines, with caret lines that say what
// keyline must answer for the line above them. Reading keeps everything that is needed to write the file again with
// other carets or goldens, so that KEYLINE_UPDATE=1 changes nothing else.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/model/model.h"

namespace keyline::tests {

struct Marker {
  enum class Kind : std::uint8_t {
    diagnostic,
    problem,
    fix,
    hover,
    lens,
    inlay,
    graph,
    definition,
    references,
    rename
  };
  Kind kind = Kind::diagnostic;
  std::string severity;      // of a diagnostic
  std::string rule;          // of a diagnostic; of a rename, the new name
  std::string text;          // what must be said; "(nothing)" asks for silence
  std::uint32_t line = 0;    // zero-based, in the section's text
  std::uint32_t column = 0;  // zero-based, in code points
  std::uint32_t width = 1;   // number of carets
  std::size_t place = 0;     // line of the fixture, from 1

  std::string label() const;  // what stands behind the carets
};

struct Section {
  enum class Role : std::uint8_t { file, dockerfile, after, edit, what_if };
  Role role = Role::file;
  std::string name;                     // "Dockerfile", "src/main.go", "what if path src/main.go"
  std::vector<std::string> attributes;  // as written, behind the name
  std::string text;                     // without caret lines
  std::vector<Marker> markers;
  std::size_t place = 0;       // line of its header, from 1
  std::size_t text_place = 0;  // line of its first content line

  std::string rule;     // Role::after
  unsigned number = 0;  // Role::edit: which one
  unsigned base = 0;    // Role::edit: the text it starts from; 0 is the first Dockerfile
  std::optional<std::pair<unsigned, unsigned>> reuses;  // of steps
  analysis::BuildOptions build;                         // options of this text, those of the first Dockerfile included

  std::string header() const;
};

struct Fixture {
  std::filesystem::path path;
  std::string prose;
  std::vector<Section> sections;
  std::vector<std::string> errors;  // "file:line: what is wrong"; such a fixture cannot be run

  const Section* dockerfile() const;
  const Section* edit(unsigned number) const;  // 0: the first Dockerfile
  std::string place(std::size_t line) const;   // "file:line"
};

Fixture read_fixture(const std::filesystem::path& path, std::string_view content);
std::string write_fixture(const Fixture& fixture);

}  // namespace keyline::tests
