#pragma once
// The words in which rules repair .dockerignore: lines added at its end, where they have the last word, and lines taken
// away. Line endings stay what they are. False, and no edit, where no edit can reach the file.

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/text/edit.h"

namespace keyline::analysis {

[[nodiscard]] bool add_ignore_lines(EditList& edits, const BuildContext& context,
                                    const std::vector<std::string>& lines);
// The line of a pattern, as an index into Dockerignore::patterns().
[[nodiscard]] bool remove_ignore_line(EditList& edits, const BuildContext& context, std::size_t pattern);

// What the file is called: ".dockerignore", "api.Dockerfile.dockerignore".
std::string ignore_file_name(const BuildContext& context);

// A path as a pattern that matches it and nothing else.
std::string literal_pattern(std::string_view path);

}  // namespace keyline::analysis
