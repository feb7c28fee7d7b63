#pragma once
// The rows of package_managers.h, a file for each family of tools. For package_managers.cpp only, which puts them
// together; nobody else may care in which of them a tool stands.

#include <span>

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

std::span<const PackageManager> javascript_managers();
std::span<const PackageManager> python_managers();
std::span<const PackageManager> native_managers();
std::span<const PackageManager> platforms_managers();
std::span<const PackageManager> languages_managers();
std::span<const PackageManager> system_managers();

}  // namespace keyline::analysis
