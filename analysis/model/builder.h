#pragma once
// The work behind build_model, one class so that its parts can share the state of a build being read. Private to
// `model/`: everyone else uses model.h.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/model/model.h"
#include "analysis/model/scope.h"

namespace keyline::analysis {

// What a FROM calls its stage, in lower case; "" for no name and for one that BuildKit refuses.
std::string stage_name(const Instruction& from);

class ModelBuilder {
 public:
  ModelBuilder(const SyntaxTree& tree, const BuildOptions& options) : tree_(tree), options_(options) {}
  Model build();

 private:
  // builder.cpp: files, stages, targets
  void define_globals();
  void global_argument(const Item& item);
  void begin_stage(std::uint32_t item);
  void name_stage(Stage& stage, const Item& item);
  void stand_on_context(Stage& stage);
  void run_triggers(const Stage& base);
  void number_steps();
  VariableValue lookup_global(std::string_view name) const;
  const std::pair<const std::string, std::string>* named_context(std::string_view name) const;
  void take_named_context(Origin& origin) const;
  // Whether they take part of their value from an ARG before the first FROM that has none in this build.
  bool lacks_build_argument(const std::vector<VariableReference>& uses) const;

  // dependencies.cpp: which stage needs which
  void name_stages();
  void find_target();
  void mark_reachable();
  bool find_circle();
  StageId named_stage(std::string_view name) const;  // as COPY --from and mounts look it up, without index
  StageId depend(Step& step, StageId source, Span place, std::string fault);

  // dispatch.cpp: what one instruction does
  void add_step(std::uint32_t item, const Instruction& instruction, bool onbuild);
  void dispatch(Step& step, const Instruction& instruction);
  void check_ports(const Step& step, const Word& word, const Value& value);
  void dispatch_argument(Step& step, const Instruction& instruction);
  void dispatch_environment(Step& step, const Instruction& instruction);
  void dispatch_run(Step& step, const Instruction& instruction);
  void dispatch_copy(Step& step, const Instruction& instruction);
  void expand_heredocs(Step& step, const Instruction& copy);
  void dispatch_workdir(Step& step, const Instruction& instruction);
  Origin copy_origin(Step& step, const Instruction& instruction);
  void mount_origin(Step& step, std::uint32_t mount);
  void make_op(Step& step, Op op);
  Value expand_word(Step& step, const Word& word);
  Value in_workdir(const Value& path) const;

  void problem(Span span, std::string message, bool of_defaults = false) {
    model_.problems.push_back({span, std::move(message), of_defaults});
  }
  // A fault that BuildKit meets only when it builds the stage, which it does not for stages the target does not need.
  void refuse(Span span, std::string message) {
    refused_.emplace_back(static_cast<StageId>(model_.stages.size() - 1), ModelProblem{span, std::move(message)});
  }
  Span absolute(const Step& step, Span relative) const { return tree_.items[step.item].absolute(relative); }
  StepId last_step() const { return static_cast<StepId>(model_.steps.size() - 1); }
  Scope& scope() { return scopes_.back(); }
  const Scope& scope() const { return scopes_.back(); }

  const SyntaxTree& tree_;
  const BuildOptions& options_;
  Model model_;
  std::vector<Scope> scopes_;                              // one a stage, as it is at the stage's end
  std::unordered_map<std::string, DefinitionId> globals_;  // indices into model_.global_arguments
  // Lower case -> the latest stage of that name: a FROM looks among those above it, everyone else among all.
  std::unordered_map<std::string, StageId> names_, final_names_;
  std::vector<std::vector<std::pair<StageId, Span>>> needs_;  // by stage: the stages its COPY --from and mounts name
  std::vector<std::uint32_t> rounds_;                         // by stage, see mark_reachable
  std::vector<std::pair<StageId, ModelProblem>> refused_;
  std::vector<std::pair<StageId, ModelProblem>> late_;  // the same, of stages named above their FROM
  bool extra_nodes_ = false;                            // BuildKit adds nodes for RUN --mount and COPY --from=<image>
};

}  // namespace keyline::analysis
