#pragma once
// Which other manifests of a project one manifest names, so that an install reads them too. Paths count from the
// manifest's own directory. Lists hold what is written as a plain path; what a variable or a condition decides is left
// out. Plain facts, for rules/.

#include <string>
#include <string_view>
#include <vector>

namespace keyline::analysis {

// ProjectReference of a .csproj, .fsproj or .vbproj.
std::vector<std::string> read_project_references(std::string_view text);
// The projects of a .sln.
std::vector<std::string> read_solution(std::string_view text);
// The modules of a pom.xml, profiles left out: directories, or files.
std::vector<std::string> read_maven_modules(std::string_view text);
// The directories that settings.gradle or settings.gradle.kts includes; none when it moves some elsewhere.
std::vector<std::string> read_gradle_includes(std::string_view text);

}  // namespace keyline::analysis
