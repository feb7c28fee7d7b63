#pragma once
// Compares what analysis makes of one file with BuildKit's truth about it. One function an area; each records its
// fields in the score sheet and stops at nothing: a file that disagrees in one field is still compared in the others.

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "analysis/model/model.h"
#include "analysis/rules/rule.h"
#include "analysis/syntax/tree.h"
#include "tests/conformance/agreement.h"

namespace keyline::conformance {

// The instructions: words, lines, flags, here-documents, comments, triggers; parser directives.
void compare_syntax(const analysis::SyntaxTree& tree, const nlohmann::json& truth, Agreement& agreement);

// Whether something is refused, and on which lines.
void compare_errors(const analysis::SyntaxTree& tree, const analysis::Model& model, const nlohmann::json& truth,
                    Agreement& agreement);

// Stages as written.
void compare_stages(const analysis::SyntaxTree& tree, const analysis::Model& model, const nlohmann::json& truth,
                    Agreement& agreement);

// Steps, edges, environments, mounts and copies of a build with these options.
void compare_graph(const analysis::SyntaxTree& tree, const analysis::Model& model, const nlohmann::json& graph,
                   Agreement& agreement);

// The names of the steps that other targets than the last stage need.
void compare_targets(const analysis::SyntaxTree& tree, analysis::BuildOptions options, const nlohmann::json& truth,
                     Agreement& agreement);

// For every declared ARG, the lines whose cache key by definition changes with its value.
void compare_arguments(const analysis::SyntaxTree& tree, const analysis::BuildOptions& options,
                       const nlohmann::json& sensitivity, Agreement& agreement);

// BuildKit's checks that are rules here: where they warn, over all stages.
void compare_checks(const analysis::SyntaxTree& tree, const std::vector<analysis::Finding>& findings,
                    const nlohmann::json& truth, Agreement& agreement);

// The options under which the truth was made: every base image is a stub that sets nothing but PATH.
analysis::BuildOptions options_of_truth(const analysis::SyntaxTree& tree,
                                        const std::map<std::string, std::string, std::less<>>& arguments);

// First and last line of an item, from 1, as BuildKit numbers them.
std::pair<int, int> lines_of(const analysis::Item& item);

}  // namespace keyline::conformance
