#pragma once
// What rules ask about a RUN and the steps around it: its installs, the surroundings in which tools resolve their
// directories, the chain of steps it stands on, and whether a command does only what its words say. For rules/ only.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/knowledge/cache_directories.h"
#include "analysis/knowledge/install_commands.h"
#include "analysis/knowledge/plain_commands.h"
#include "analysis/rules/context_studies.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/run_text.h"

namespace keyline::analysis {

// A RUN that stands in the file itself (no ONBUILD trigger) and could be placed in the graph.
bool is_plain_run(const RuleContext& context, StepId step);

// The operations `step` stands on, nearest first, through the stages it is built from.
std::vector<StepId> chain_above(const Model& model, StepId step);

// Adds the stage and those that it needs.
void mark_needed(const Model& model, StageId stage, std::vector<bool>& needed);

class ContextCopies;

// What is asked again and again of all steps, computed once for all rules.
class StepFacts {
 public:
  // Takes over from `earlier`, what an earlier analysis of the file knew of its RUNs, what has not changed; `studies`,
  // if not null, are those of an analysis with the same build context.
  explicit StepFacts(const RuleContext& context, const RunTexts& earlier = {}, const ContextStudies* studies = nullptr);
  const RunTexts& run_texts() const { return run_texts_; }
  ContextStudies finish_studies() { return std::move(studies_).finish(); }

  const RuleContext& context() const { return context_; }
  const Model& model() const { return context_.model; }
  const Instruction& instruction(StepId step) const { return context_.instruction(step); }
  const std::string& line(StepId step) const { return instruction(step).line.text; }
  // All its lines as they stand in the file, heredoc bodies included.
  std::string_view source(StepId step) const {
    return slice(*context_.tree.text, context_.tree.items[model().steps[step].item].span());
  }

  // What a function of the build context, and of words, says of it: called once for each context.
  template <class Result>
  const Result& study(Result (*of)(const BuildContext&)) const {
    return studies_.of(of);
  }
  template <class Result>
  const Result& study(Result (*of)(const BuildContext&, std::string_view), std::string_view words) const {
    return studies_.of(of, words);
  }

  // Empty for what is no plain RUN.
  const std::vector<ShellCommand>& commands(StepId step) const { return run(step).commands; }
  const std::vector<Install>& installs(StepId step) const { return run(step).installs; }
  // The install that is this command; null when it is none.
  const Install* install_at(StepId step, std::size_t command) const;
  bool is_plain_command(StepId step, std::size_t command) const { return run(step).plain[command]; }
  // Index of the word that is the command's program, seen through wrappers; the number of words when none is.
  std::size_t program(StepId step, std::size_t command) const { return run(step).programs[command]; }
  // Users that RUNs above create with a numeric id: name and id.
  std::vector<std::pair<std::string, std::string>> accounts_above(StepId step) const;
  // What surrounds the step, as tools see it. Computed when first asked for.
  const RunEnvironment& environment(StepId step) const;
  // What is known of the image that the stage is built from.
  const BaseImage& base_image(StageId stage) const;
  // Where each of the commands runs; "" when not known.
  const std::vector<std::string>& directories(StepId step) const { return run(step).directories; }
  bool uses(StepId step, Tool tool) const;
  // Whether a step above has installed with this tool from manifests.
  bool is_installed_above(StepId step, Tool tool) const;
  // RUNs that name apt's docker-clean hook, and those that ask which packages were installed automatically.
  const std::vector<StepId>& docker_clean_steps() const { return docker_clean_steps_; }
  const std::vector<StepId>& package_mark_steps() const { return package_mark_steps_; }
  // RUNs that change settings of a tool: "npm config set ...", "go env -w ...".
  const std::vector<StepId>& config_steps() const { return config_steps_; }
  // The steps that take files from another stage, by COPY or by mount.
  const std::vector<StepId>& stage_readers() const { return stage_readers_; }
  // The COPY and ADD steps, and where they put their files ("" when not known).
  const std::vector<StepId>& file_steps() const { return file_steps_; }
  const std::string& destination(StepId step) const { return destinations_[step]; }
  // What COPY and ADD bring from the context, and where they put it (context_copies.h).
  const ContextCopies& context_copies() const;
  // Whether a build is known that needs the stage: that of the last stage, or one that a build file asks for.
  bool is_built(StageId stage) const { return built_[stage]; }
  // Only plain commands and installs of packages named on the command line.
  bool is_plain(StepId step) const { return run(step).only_plain; }
  // A plain command, or an install that neither builds nor reads sources: it takes nothing that its words do not name.
  bool is_known(StepId step, std::size_t command) const;
  bool has_known_commands(StepId step) const;
  // Whether `step` stands on `below`, directly or through other steps.
  bool stands_on(StepId step, StepId below) const;
  // All that stand on the step, in no order that means anything.
  std::span<const StepId> standing_on(StepId step) const;

 private:
  void find_built_stages();
  void read_runs(const RunTexts& earlier);
  void arrange_steps();
  const RunText& run(StepId step) const { return *runs_[step]; }
  bool same_environment(StepId a, StepId b) const;
  std::uint64_t installed_by(StepId step) const;

  const RuleContext& context_;
  mutable ContextStudies studies_;
  RunTexts run_texts_;
  std::vector<const RunText*> runs_;                                         // by step; never null
  mutable std::vector<std::shared_ptr<const RunEnvironment>> environments_;  // by step; null: not asked for yet
  mutable std::vector<std::optional<BaseImage>> images_;                     // by stage
  mutable StepId last_environment_ = none;
  mutable std::shared_ptr<const ContextCopies> context_copies_;
  std::vector<std::string> destinations_;
  std::vector<bool> built_;  // by stage
  std::vector<StepId> file_steps_, stage_readers_, docker_clean_steps_, package_mark_steps_, config_steps_;
  std::vector<std::uint64_t> installed_above_;  // a bit for each tool
  // Parents form a forest. In this order each step is followed by all that stand on it: up to `end_`, a position.
  std::vector<StepId> order_;
  std::vector<std::uint32_t> position_;
  std::vector<std::uint32_t> end_;
};

// Appends the text unless it is there already.
void add_unique(std::vector<std::string>& texts, std::string text);
// "a, b and c"
std::string list_words(const std::vector<std::string>& words);

// The version of Docker's frontend that `# syntax=` asks for; none: no such line, or a name without a number. "1" is
// the newest 1.x.
std::optional<std::pair<int, int>> frontend_version(const SyntaxTree& tree);

// Indices of the entries whose last name is `name`; a study.
std::vector<std::uint32_t> entries_named(const BuildContext& context, std::string_view name);

// Text of the Dockerfile under a span, cut at the end of its first line.
Span first_line(const SyntaxTree& tree, Span span);

// Clean paths in the image; "" when not known. Without any WORKDIR the image's own is taken to be "/".
std::string workdir_of(const Step& step);
std::string destination_of(const RuleContext& context, StepId step);

}  // namespace keyline::analysis
