#pragma once
// What BuildKit makes of the instructions before it runs anything: stages, the steps in them, the variables each step
// sees, and the edges between steps (cache-model 1.2, 1.3, 2). Spans here are absolute offsets in the Dockerfile.
//
// A Step is one instruction placed in its stage; those that create nothing (ENV, LABEL, ...) have Op::nothing. Indices
// refer to the vectors of the same Model. Steps stand in file order, so a step's inputs have smaller indices.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/tree.h"
#include "analysis/text/span.h"

namespace keyline::analysis {

using StepId = std::uint32_t;
using StageId = std::uint32_t;
using DefinitionId = std::uint32_t;
inline constexpr std::uint32_t none = UINT32_MAX;

// Text whose variables are expanded. Not known: an unset base image or argument took part.
struct Value {
  std::string text;
  bool known = true;
  friend bool operator==(const Value&, const Value&) = default;
};

// One setting of a variable. Definitions form chains; see environment().
struct Definition {
  enum class Origin : std::uint8_t {
    base_image,
    default_path,
    global_argument,
    platform_argument,
    argument,
    build_argument,
    environment,
    inherited
  };
  std::string name;
  Value value;
  Origin origin = Origin::environment;
  StepId step = none;  // the ENV or ARG that set it, in whichever stage it stands
  Span span;           // where the name stands there; empty for values from outside the file
  DefinitionId previous = none;
};

// A variable's use in an instruction's text, by BuildKit's expansion or by the shell of a RUN.
struct VariableReference {
  std::string name;
  Span span;                       // of the name
  DefinitionId definition = none;  // what it sees; none: unset as far as is known
  bool by_shell = false;
};

struct Mount {
  enum class Type : std::uint8_t { bind, cache, tmpfs, secret, ssh, unknown };
  Type type = Type::bind;
  Span span;  // the whole flag
  Value target, source, id;
  std::string from;  // as written: stage name, image or named context
  std::string sharing = "shared";
  std::optional<std::string> uid, gid, mode, size, env;  // env: of a secret
  bool read_only = false;
  bool required = false;
  bool id_given = false, sharing_given = false, target_given = false;
  StageId from_stage = none;
  std::vector<std::pair<std::string, Span>> keys;  // every key as written, with the place of key=value
};

// Where the files of a COPY, ADD or bind mount come from.
struct Origin {
  enum class Kind : std::uint8_t { context, stage, image, named_context, heredoc, remote, git };
  Kind kind = Kind::context;
  StageId stage = none;        // Kind::stage
  std::string name;            // image reference, named context or URL
  std::vector<Value> paths;    // sources as BuildKit looks them up; empty: everything
  std::vector<Span> spans;     // where each stands
  std::uint32_t mount = none;  // index into Step::mounts when a bind mount asks for it
};

enum class Op : std::uint8_t { nothing, image, exec, file };

struct Step {
  std::uint32_t item = 0;  // index into SyntaxTree::items
  StageId stage = 0;
  Keyword keyword = Keyword::unknown;
  Op op = Op::nothing;
  bool onbuild = false;             // a trigger of the base stage; `item` is the ONBUILD instruction
  std::uint32_t number = 0;         // i of [stage i/m]; 0: not counted
  Span span;                        // header of the instruction, absolute
  StepId parent = none;             // the op before it in the chain; none: starts on nothing (or on an unknown image)
  bool independent = false;         // COPY/ADD --link: the copy has no parent, only its merge has
  DefinitionId environment = none;  // head of the chain that applies at this step
  std::vector<Origin> origins;
  std::vector<Mount> mounts;
  std::vector<Value> sources;  // of COPY and ADD, expanded
  Value destination;
  Value workdir;  // in force at the step, as text
  Value user;
  std::vector<std::string> shell;  // in force; empty: the default of the platform
  // The steps whose WORKDIR, USER and SHELL are in force; none: the base image's, or the default.
  StepId workdir_step = none, user_step = none, shell_step = none;
  std::vector<VariableReference> references;
  std::vector<std::string> bare_arguments;  // of ARG: names declared without any value, which set nothing
  bool known = true;  // false: something makes this step impossible to place in the graph (its problems say what)
};

struct Stage {
  std::string name;  // lower case; "" when unnamed
  Span name_span;
  std::uint32_t item = 0;  // of the FROM
  Value base;              // as BuildKit resolves it: image reference, stage name or "scratch"
  Span base_span;
  StageId base_stage = none;
  bool scratch = false;
  std::string named_context;      // that stands for the base, or for the whole stage, and is no image; else ""
  bool replaced = false;          // a named context stands for the stage: its instructions make nothing
  bool environment_known = true;  // false: nothing is known of the variables that the base image sets
  std::string digest;             // of the base image, where the reference pins it or it is known from outside; else ""
  Value platform;
  std::vector<StepId> steps;  // all of them in order; the first is the FROM
  StepId last_op = none;      // what FROM or COPY --from of this stage depend on; none: only its base image or nothing
  std::uint32_t total = 0;    // m of [stage i/m]
  bool reachable = false;     // needed by the target
};

// What is known about an image from outside: a local store, settings, tests.
struct ImageConfig {
  std::vector<std::pair<std::string, std::string>> environment;
  std::string user, workdir, digest;
  std::string layers;  // names the layers alone, whatever the configuration says (the chain id of its diff ids)
  std::vector<std::string> shell;
  std::vector<std::string> onbuild;
};

struct BuildOptions {
  std::string target;                                         // "" = last stage
  std::map<std::string, std::string, std::less<>> arguments;  // --build-arg
  std::string platform;  // --platform; "" = the builder's own, which is not known here
  std::map<std::string, ImageConfig, std::less<>> images;  // by reference as written in FROM after expansion
  // --build-context: name -> a directory, a URL or docker-image://REFERENCE. It goes before a stage or image of that
  // name.
  std::map<std::string, std::string, std::less<>> named_contexts;
  std::map<std::string, std::string, std::less<>> digests;  // normalized reference -> what it stood for
  friend bool operator==(const BuildOptions&, const BuildOptions&);
};

struct ModelProblem {
  Span span;
  std::string message;
  bool of_defaults = false;  // a build that is given more arguments may not meet it
};

struct Model {
  std::vector<Step> steps;
  std::vector<Stage> stages;
  std::vector<Definition> definitions;
  std::vector<Definition> global_arguments;                      // in front of the first FROM; `step` is none
  std::vector<std::pair<std::string, std::string>> global_uses;  // a global ARG's name, a name its value expands
  std::vector<ModelProblem> problems;                            // what BuildKit would refuse beyond syntax
  StageId target = none;
  bool single_stage = false;  // BuildKit leaves the stage's name out of the steps'

  // The step whose instruction is tree.items[item], or none (global ARG, lines before the first FROM). Triggers that
  // an ONBUILD adds elsewhere are not meant.
  StepId step_of_item(std::uint32_t item) const { return item < by_item.size() ? by_item[item] : none; }
  std::vector<StepId> by_item;
};

Model build_model(const SyntaxTree& tree, const BuildOptions& options = {});

// The instruction a step comes from; for a trigger of ONBUILD the part behind that word.
const Instruction& instruction_of(const SyntaxTree& tree, const Step& step);
// The step as BuildKit prints it: "[build 2/5] RUN make"; "" for Op::nothing (cache-model 11.3). Variables whose value
// is not known stay as written.
std::string step_name(const Model& model, const SyntaxTree& tree, StepId step);
// Its first part alone: "[build 2/5]".
std::string step_label(const Model& model, StepId step);

// The variables a step sees, in the order in which they enter a RUN's key (cache-model 2.2).
std::vector<const Definition*> environment(const Model& model, DefinitionId head);
// What `name` means there, or null.
const Definition* find_variable(const Model& model, DefinitionId head, std::string_view name);

}  // namespace keyline::analysis
