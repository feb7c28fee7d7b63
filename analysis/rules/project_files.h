#pragma once
// The files of the project that one install is about: finds them in the context and collects those that the install
// reads. What every reader of manifests in install_inputs.cpp stands on; for that file only.

#include <string>
#include <string_view>

#include "analysis/rules/install_inputs.h"

namespace keyline::analysis {

class ProjectFiles {
 public:
  ProjectFiles(const StepFacts& facts, StepId step, const Install& install, const CopyList& copies);

 protected:
  std::string in_project(std::string_view path) const;
  bool exists(std::string_view path) const;
  bool exists_directory(std::string_view path) const;
  void add(std::string path);
  void doubt(std::string text);
  // Finds the project by its main manifest; false when the context is known and has none.
  bool main(std::string_view name);
  // A file that is taken if it is there; unseen contexts get a pattern that may match nothing.
  void maybe(std::string_view name);
  void maybe_lock(std::string_view name);
  // Optional settings: named only where the context is known.
  void setting(std::string_view name);
  void whole_directory(std::string_view directory);
  // All files of these names in the project's tree, build outputs left out.
  void everywhere(std::string_view patterns);
  // Files that options and variables of the tool name.
  void named_files();
  bool is_own_variable(std::string_view name) const;
  void named_file(const std::string& name, std::string_view value);
  bool is_added(const std::string& path) const;
  // The manifest that an option or a variable names in place of the usual one; "" when that is not known.
  std::string main_manifest(std::string_view option, std::string_view variable, std::string usual) const;

  const StepFacts& facts_;
  const BuildContext& context_;
  const Install& install_;
  const CopyList& copies_;
  const RunEnvironment& environment_;
  std::string directory_;  // where the command runs
  InstallInputs inputs_;
};

}  // namespace keyline::analysis
