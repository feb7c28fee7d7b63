#pragma once
// A rule: what it looks for, why it matters under BuildKit, how it is repaired, and an example that the tests execute.
// Rules are values; one rule is one file in this folder plus one line in all_rules.inc. A rule sees a RuleContext and
// the StepFacts that all rules share about it, never another rule. Facts about tools live in `knowledge/`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"
#include "analysis/model/model.h"
#include "analysis/syntax/tree.h"
#include "analysis/text/edit.h"

namespace keyline::analysis {

enum class Severity : std::uint8_t { off, information, warning, error };
std::string_view severity_name(Severity severity);

// What a fix promises. safe: same image, only caching changes. review: probably intended, may change the image.
// sketch: needs words only a human has; never applied, shown as text.
enum class Safety : std::uint8_t { safe, review, sketch };
std::string_view safety_name(Safety safety);

struct Fix {
  std::string title;  // imperative: "Copy package.json and package-lock.json before `npm ci`"
  Safety safety = Safety::review;
  EditList edits = {};               // in the Dockerfile's offsets
  EditList dockerignore_edits = {};  // in those of the context's ignore_file(); where there is none it is created
  std::string unproven = {};         // review: what could not be proved, for the hover and the report

  bool applicable() const { return safety != Safety::sketch && !(edits.empty() && dockerignore_edits.empty()); }
};

struct Related {
  Span span;
  std::string message;
  std::optional<BuildOrigin> elsewhere = {};  // in a build file; the span means nothing then
};

struct Rule;

struct Finding {
  const Rule* rule = nullptr;  // filled in by run_rules, as is the severity
  Severity severity = Severity::warning;
  Span span;                 // within one line
  std::string message = {};  // consequence, then cause
  std::vector<Related> related = {};
  std::vector<Fix> fixes = {};
};

struct RuleContext {
  const SyntaxTree& tree;
  const Model& model;
  const BuildContext& context;
  bool wants_fixes = true;  // false: a rule whose fixes cost much leaves them out; its findings are the same

  const Instruction& instruction(StepId step) const { return *tree.items[model.steps[step].item].instruction; }
  Span absolute(StepId step, Span relative) const { return tree.items[model.steps[step].item].absolute(relative); }
};

using Findings = std::vector<Finding>;

// `before` is an archive in the fixture format (`-- name --` lines); `after` is what the first fix makes of it: the
// Dockerfile's text, or an archive of the .dockerignore alone.
struct Example {
  std::string_view before;
  std::string_view after;  // only the text that the fix changes; "" when the rule has no fix
};

class StepFacts;
struct BuildFacts;

struct Rule {
  std::string_view id;       // kebab-case, names the problem, for ever
  std::string_view summary;  // one line
  Severity severity = Severity::warning;
  std::string_view why;       // Markdown: what happens under BuildKit
  std::string_view silent;    // Markdown: when it does not fire
  std::string_view unproven;  // Markdown: what its fix does not prove
  Example example;
  // The facts hold the RuleContext and what several rules ask of its steps (run_facts.h).
  void (*check)(const StepFacts& facts, Findings& findings) = nullptr;
  // Instead of that, of a rule about build files (build_facts.h); its findings count in the bytes of that file.
  void (*check_build)(const BuildFacts& facts, Findings& findings) = nullptr;
  // What of the image a safe fix changes all the same, as words: absolute paths, or `mounts` for what lies below the
  // targets of cache mounts. The proofs, which build before and after with a real engine, compare everything else.
  std::string_view changes = {};
  // The check of BuildKit that has this trigger; `# check=skip=` with its name silences the rule too.
  std::string_view buildkit_check = {};
};

}  // namespace keyline::analysis
