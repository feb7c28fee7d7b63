#include "tests/support/print_snapshot.h"

#include "analysis/cache/key.h"
#include "analysis/cache/operations.h"
#include "analysis/explain/graph.h"
#include "analysis/explain/hints.h"
#include "tests/support/print_tree.h"
#include "tests/support/printer.h"

namespace keyline::tests {

using analysis::Span;
using analysis::Value;

namespace {

std::string number(std::uint32_t id) { return id == analysis::none ? "-" : std::to_string(id); }

std::string value(const Value& one) { return fmt::format("\"{}\"{}", one.text, one.known ? "" : " unknown"); }

void print_mount(Printer& out, const analysis::Mount& mount) {
  out.line(
      "mount {} {} target={} source={} id={} from={} sharing={} env={} uid={} gid={} mode={} size={} "
      "stage={}{}{}{}{}{}",
      static_cast<int>(mount.type), at(mount.span), value(mount.target), value(mount.source), value(mount.id),
      mount.from, mount.sharing, mount.env.value_or("-"), mount.uid.value_or("-"), mount.gid.value_or("-"),
      mount.mode.value_or("-"), mount.size.value_or("-"), number(mount.from_stage), mount.read_only ? " ro" : "",
      mount.required ? " required" : "", mount.id_given ? " id" : "", mount.sharing_given ? " sharing" : "",
      mount.target_given ? " target" : "");
  out.in();
  for (const auto& [key, span] : mount.keys) out.line("key {} {}", key, at(span));
  out.out();
}

void print_step(Printer& out, const analysis::Step& step) {
  out.line("step item={} stage={} {} op={} number={} {} parent={} environment={}{}{}{}", step.item, step.stage,
           analysis::keyword_name(step.keyword), static_cast<int>(step.op), step.number, at(step.span),
           number(step.parent), number(step.environment), step.onbuild ? " onbuild" : "",
           step.independent ? " independent" : "", step.known ? "" : " unknown");
  out.in();
  out.line("workdir={} {} user={} {} shell={} {}", value(step.workdir), number(step.workdir_step), value(step.user),
           number(step.user_step), fmt::join(step.shell, "|"), number(step.shell_step));
  for (const auto& source : step.sources) out.line("source {}", value(source));
  if (!step.sources.empty()) out.line("destination {}", value(step.destination));
  for (const auto& origin : step.origins) {
    out.line("origin {} stage={} name={} mount={}", static_cast<int>(origin.kind), number(origin.stage), origin.name,
             number(origin.mount));
    out.in();
    for (const auto& path : origin.paths) out.line("path {}", value(path));
    for (const Span span : origin.spans) out.line("at {}", at(span));
    out.out();
  }
  for (const auto& mount : step.mounts) print_mount(out, mount);
  for (const auto& reference : step.references)
    out.line("reference {} {} definition={}{}", reference.name, at(reference.span), number(reference.definition),
             reference.by_shell ? " shell" : "");
  out.out();
}

void print_definition(Printer& out, std::string_view title, const analysis::Definition& one) {
  out.line("{} {} = {} origin={} step={} {} previous={}", title, one.name, value(one.value),
           static_cast<int>(one.origin), number(one.step), at(one.span), number(one.previous));
}

}  // namespace

std::string print_model(const analysis::Model& model) {
  Printer out;
  out.line("model target={}", number(model.target));
  for (const auto& argument : model.global_arguments) print_definition(out, "global", argument);
  for (const auto& definition : model.definitions) print_definition(out, "definition", definition);
  for (const auto& stage : model.stages) {
    out.line("stage \"{}\"{} item={} base={} {} base stage={}{} platform={} steps={} last={} total={}{}", stage.name,
             at(stage.name_span), stage.item, value(stage.base), at(stage.base_span), number(stage.base_stage),
             stage.scratch ? " scratch" : "", value(stage.platform), fmt::join(stage.steps, ","), number(stage.last_op),
             stage.total, stage.reachable ? " reachable" : "");
  }
  for (const auto& step : model.steps) print_step(out, step);
  for (const auto& problem : model.problems) out.line("problem {} {}", at(problem.span), problem.message);
  return out.take();
}

std::string print_findings(const analysis::Findings& findings) {
  Printer out;
  for (const auto& finding : findings) {
    out.line("finding {} {} {} {}", finding.rule == nullptr ? std::string_view("?") : finding.rule->id,
             analysis::severity_name(finding.severity), at(finding.span), finding.message);
    out.in();
    for (const auto& related : finding.related) {
      if (related.elsewhere)
        out.line("related {}:{} {}", related.elsewhere->path, related.elsewhere->place.line, related.message);
      else
        out.line("related {} {}", at(related.span), related.message);
    }
    for (const auto& fix : finding.fixes) {
      out.line("fix {} \"{}\" {}", analysis::safety_name(fix.safety), fix.title, fix.unproven);
      out.in();
      for (const auto& edit : fix.edits.edits()) out.line("edit {} \"{}\"", at(edit.span), edit.text);
      out.out();
    }
    out.out();
  }
  return out.take();
}

std::string print_snapshot(const analysis::Snapshot& snapshot) {
  Printer out;
  for (const auto& problem : snapshot.problems) out.line("problem {} {}", at(problem.span), problem.message);
  for (const std::string& digest : analysis::definition_digests(snapshot.model, snapshot.tree))
    out.line("digest {}", digest);
  for (analysis::StepId id = 0; id < snapshot.model.steps.size(); ++id)
    out.line("step {} {}", id, analysis::step_name(snapshot.model, snapshot.tree, id));
  for (const auto& hint : analysis::hints(snapshot))
    out.line("hint {} {} {} {}", hint.at, number(hint.step), hint.text, hint.tooltip);
  for (const auto& lens : analysis::lenses(snapshot)) out.line("lens {} {} {}", at(lens.span), lens.stage, lens.title);
  for (const auto& stage : analysis::stage_graph(snapshot).stages) {
    out.line("box {} {} {} {} {}", stage.title, stage.base, stage.summary, stage.needed, stage.target);
    for (const auto& step : stage.steps)
      out.line("row {} {} {} {} {}", step.step, fate_name(step.fate), at(step.span), step.text, step.detail);
  }
  return print_tree(snapshot.tree) + print_model(snapshot.model) + print_findings(snapshot.findings) + out.take();
}

}  // namespace keyline::tests
