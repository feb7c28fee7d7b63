#pragma once
// The state that instructions build up inside a stage: variables, working directory, user, shell (cache-model 2.2).
// Only build_model writes it; a Step keeps what applies to it.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/model/model.h"
#include "analysis/syntax/expand.h"

namespace keyline::analysis {

class Scope {
 public:
  // `model` receives the definitions and must outlive the scope.
  explicit Scope(Model& model) : model_(&model) {}

  static Scope from_image(Model& model, const ImageConfig* config);  // null: nothing is known of the image
  static Scope from_scratch(Model& model);
  static Scope from_stage(const Scope& parent);

  // Both set a variable for the steps that follow; ENV is also written into the image and inherited as such.
  DefinitionId set_argument(Definition definition);
  DefinitionId set_environment(Definition definition);

  VariableValue lookup(std::string_view name) const;
  DefinitionId definition(std::string_view name) const;
  DefinitionId head() const { return head_; }

  Value workdir{"/", true};
  Value user;
  std::vector<std::string> shell;
  StepId workdir_step = none, user_step = none, shell_step = none;  // who set them

  // Writes what is in force into a step.
  void describe(Step& step) const;

 private:
  DefinitionId add(Definition definition);
  void enter_environment();

  Model* model_;
  DefinitionId head_ = none;
  std::unordered_map<std::string, DefinitionId> current_;
  std::vector<DefinitionId> image_environment_;  // config Env: replaced in place, else appended
  bool image_unknown_ = false;
};

inline constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace keyline::analysis
