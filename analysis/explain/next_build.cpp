#include "analysis/explain/next_build.h"

#include <fmt/format.h>

#include "analysis/explain/words.h"

namespace keyline::analysis {

namespace {

std::string_view verb_of(FileChange::Kind kind) {
  switch (kind) {
    case FileChange::Kind::added:
      return "is new";
    case FileChange::Kind::removed:
      return "is gone";
    case FileChange::Kind::content:
      return "changed";
    case FileChange::Kind::mode:
      return "has another mode";
    case FileChange::Kind::type:
      return "is of another type";
    case FileChange::Kind::link:
      return "leads elsewhere";
  }
  return "";
}

// Files say more than directories whose listing they changed.
std::string files_text(const std::vector<FileChange>& files) {
  if (files.empty()) return "its files differ";
  if (files.size() == 1) return fmt::format("{} {}", files[0].path, verb_of(files[0].kind));
  return fmt::format("{} {}, and {}", files[0].path, verb_of(files[0].kind),
                     count_of(files.size() - 1, "more file differs", "more files differ"));
}

std::string variable_text(const MissCause& cause) {
  const auto shown = [](const std::string& value) {
    constexpr std::size_t longest = 40;
    return value.size() > longest ? value.substr(0, longest) + "…" : value;
  };
  if (cause.after.empty() && cause.place == Span{}) return fmt::format("{} is no longer set", cause.label);
  if (cause.before.empty()) return fmt::format("{} is \"{}\", and was not set", cause.label, shown(cause.after));
  return fmt::format("{} is \"{}\", was \"{}\"", cause.label, shown(cause.after), shown(cause.before));
}

std::string from_to(std::string_view what, const MissCause& cause) {
  const auto named = [](const std::string& value) { return value.empty() ? std::string("unset") : value; };
  return fmt::format("{} is {}, was {}", what, named(cause.after), named(cause.before));
}

// In two or three words.
std::string short_cause(const Snapshot& snapshot, const MissCause& cause, StepId step, StepId first) {
  const auto line = [&](StepId id) { return line_reference(snapshot, snapshot.model.steps[id].span); };
  if (step != first) return line(first);
  switch (cause.kind) {
    case MissCause::Kind::files:
      if (cause.files.empty()) return "files";
      return cause.files.size() == 1 ? cause.files[0].path
                                     : fmt::format("{} +{}", cause.files[0].path, cause.files.size() - 1);
    case MissCause::Kind::variable:
      return cause.label;
    case MissCause::Kind::order:
      return "order of variables";
    case MissCause::Kind::base_image:
      return fmt::format("{} moved", cause.label);
    case MissCause::Kind::instruction:
      return "edited";
    case MissCause::Kind::new_step:
      return "new";
    case MissCause::Kind::user:
      return "USER";
    case MissCause::Kind::workdir:
      return "WORKDIR";
    case MissCause::Kind::shell:
      return "SHELL";
    default:
      return "";
  }
}

// Worth saying from a second on.
std::string in_brackets(std::optional<double> seconds) {
  return seconds.value_or(0) < 1 ? std::string() : fmt::format(" ({})", duration_of(*seconds));
}

const StepForecast* forecast_of(const Snapshot& snapshot, StepId step) {
  if (step >= snapshot.forecast.steps.size() || !snapshot.forecast.steps[step].needed) return nullptr;
  return &snapshot.forecast.steps[step];
}

// Where the files come from whose content is not known before they are made.
std::string open_source(const Snapshot& snapshot, StepId step) {
  const MissCause& cause = snapshot.forecast.causes[step];
  if (cause.step == none) return "its files differ";
  if (cause.kind == MissCause::Kind::step_above) return fmt::format("{} re-runs", step_reference(snapshot, cause.step));
  return fmt::format("what {} makes differs", step_reference(snapshot, cause.step));
}

}  // namespace

std::string cause_text(const BuildView& build, const LineIndex& lines, const MissCause& cause) {
  const auto at = [&](StepId step) { return lines.line_at(build.model.steps[step].span.begin) + 1; };
  switch (cause.kind) {
    case MissCause::Kind::reused:
      return "";
    case MissCause::Kind::first_build:
      return "no build is known";
    case MissCause::Kind::step_above:
      return fmt::format("it stands on line {}, which re-runs", at(cause.step));
    case MissCause::Kind::step_files:
      return fmt::format("it takes files that line {} makes", at(cause.step));
    case MissCause::Kind::new_step:
      return "no build had this step at this place";
    case MissCause::Kind::instruction:
      return "the instruction was edited";
    case MissCause::Kind::variable:
      return variable_text(cause);
    case MissCause::Kind::order:
      return fmt::format("{} stands at another place among the variables", cause.label);
    case MissCause::Kind::user:
      return from_to("the user", cause);
    case MissCause::Kind::workdir:
      return from_to("the working directory", cause);
    case MissCause::Kind::shell:
      return "SHELL is another one";
    case MissCause::Kind::platform:
      return "the platform is another one";
    case MissCause::Kind::options:
      return "options of the build or its mounts are others";
    case MissCause::Kind::files:
      return files_text(cause.files);
    case MissCause::Kind::base_image:
      return cause.before.empty() || cause.before == cause.after
                 ? fmt::format("no build has used {}", cause.label)
                 : fmt::format("{} is {}, was {}", cause.label, cause.after, cause.before);
    case MissCause::Kind::sent_anew:
      return fmt::format("the context {}, which it stands on, is sent anew by every build", cause.label);
    case MissCause::Kind::remote:
      return fmt::format("the server decides what {} is", cause.label);
    case MissCause::Kind::unknown:
      return fmt::format("not known: {}", cause.label);
  }
  return "";
}

std::optional<double> last_seconds(const Snapshot& snapshot, StepId step) {
  if (!snapshot.inputs.history || snapshot.inputs.history->times().empty()) return std::nullopt;
  return snapshot.inputs.history->times().of(step_name(snapshot.model, snapshot.tree, step));
}

std::string next_build_text(const Snapshot& snapshot, StepId step) {
  const StepForecast* forecast = forecast_of(snapshot, step);
  if (forecast == nullptr) return {};
  switch (forecast->outcome) {
    case Outcome::cached:
      return forecast->merge == Outcome::cached ? "cached since the last build"
                                                : "cached since the last build; only put onto the layers below again";
    case Outcome::if_content_differs:
      return fmt::format("re-runs only if {}", open_source(snapshot, step));
    case Outcome::unknown:
      return fmt::format("unknown: {}", forecast->missing);
    case Outcome::reruns:
      break;
  }
  const StepId first = first_step(snapshot.forecast.causes, step);
  const std::string cause = cause_text(snapshot.build(), snapshot.lines, snapshot.forecast.causes[first]);
  if (first == step) return fmt::format("re-runs: {}", cause);
  return fmt::format("re-runs because {} does: {}", step_reference(snapshot, first), cause);
}

std::string next_build_hint(const Snapshot& snapshot, StepId step) {
  const StepForecast* forecast = forecast_of(snapshot, step);
  if (forecast == nullptr) return {};
  const StepId first = first_step(snapshot.forecast.causes, step);
  const std::string cause = short_cause(snapshot, snapshot.forecast.causes[first], step, first);
  switch (forecast->outcome) {
    case Outcome::cached:
      return "cached";
    case Outcome::if_content_differs:
      return cause.empty() ? "re-runs if its files differ" : fmt::format("re-runs if the output of {} differs", cause);
    case Outcome::unknown:
      return "unknown";
    case Outcome::reruns:
      return (cause.empty() ? "re-runs" : fmt::format("re-runs: {}", cause)) +
             in_brackets(last_seconds(snapshot, step));
  }
  return {};
}

std::string next_build_tally(const Snapshot& snapshot, StageId stage) {
  std::uint32_t reruns = 0;
  std::uint32_t open = 0;
  double seconds = 0;
  bool known = false;
  for (const StepId step : snapshot.model.stages[stage].steps) {
    const StepForecast* forecast = forecast_of(snapshot, step);
    const Op op = snapshot.model.steps[step].op;
    if (forecast == nullptr || (op != Op::exec && op != Op::file)) continue;
    known = true;
    if (forecast->outcome == Outcome::reruns) {
      ++reruns;
      seconds += last_seconds(snapshot, step).value_or(0);
    }
    if (forecast->outcome == Outcome::if_content_differs || forecast->outcome == Outcome::unknown) ++open;
  }
  if (!known) return {};
  if (reruns + open == 0) return "all cached";
  std::string text;
  if (reruns > 0) text = fmt::format("{} re-run{} now", reruns, reruns == 1 ? "s" : "") + in_brackets(seconds);
  if (open > 0) text += fmt::format("{}{} if copied files differ", reruns > 0 ? ", " : "", open);
  return text;
}

}  // namespace keyline::analysis
