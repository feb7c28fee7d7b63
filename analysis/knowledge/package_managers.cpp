#include "analysis/knowledge/package_managers.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "analysis/knowledge/package_tables.h"

namespace keyline::analysis {

namespace {

std::vector<PackageManager> all_tables() {
  std::vector<PackageManager> all(tool_count);
  for (const std::span<const PackageManager> table : {javascript_managers(), python_managers(), native_managers(),
                                                      platforms_managers(), languages_managers(), system_managers()}) {
    for (const PackageManager& row : table) all[static_cast<std::size_t>(row.tool)] = row;
  }
  return all;
}

const std::vector<PackageManager>& rows() {
  static const std::vector<PackageManager> all = all_tables();
  return all;
}

}  // namespace

std::span<const PackageManager> package_managers() { return rows(); }

const PackageManager& package_manager(Tool tool) { return rows()[static_cast<std::size_t>(tool)]; }

const PackageManager* find_package_manager(std::string_view program) {
  static const std::unordered_map<std::string_view, const PackageManager*> by_program = [] {
    std::unordered_map<std::string_view, const PackageManager*> programs;
    for (const PackageManager& row : rows())
      each_word(row.programs, [&](std::string_view name) { programs.emplace(name, &row); });
    return programs;
  }();
  const auto found = by_program.find(program);
  return found == by_program.end() ? nullptr : found->second;
}

bool lists(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return !word.empty();
  }
  return false;
}

}  // namespace keyline::analysis
