#include "analysis/rules/build_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/text/line_index.h"

namespace keyline::analysis {

std::string words_for(const ProjectBuildFile& file, const Build& build) {
  return fmt::format("{} line {} ({})", file.path, LineIndex(file.text).line_at(build.span.begin) + 1, build.name);
}

Span first_line_of(const ProjectBuildFile& file, Span span) {
  const std::size_t end = std::min(file.text.find('\n', span.begin), file.text.size());
  Span line{span.begin, std::min(span.end, static_cast<Offset>(end))};
  while (line.end > line.begin &&
         (file.text[line.end - 1] == '\r' || file.text[line.end - 1] == '\\' || file.text[line.end - 1] == ' '))
    --line.end;
  return line.empty() ? Span{line.begin, std::min(line.begin + 1, static_cast<Offset>(file.text.size()))} : line;
}

}  // namespace keyline::analysis
