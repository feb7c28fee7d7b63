#include "analysis/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/explain/influence.h"
#include "analysis/explain/language.h"
#include "analysis/explain/next_build.h"
#include "analysis/explain/words.h"
#include "analysis/model/reference.h"

namespace keyline::analysis {

namespace {

std::string origin_of(const Snapshot& snapshot, const Input& input) {
  if (input.source == Span{}) return input.kind == InputKind::argument ? "--build-arg or the builder" : "default";
  return line_reference(snapshot, input.source);
}

std::string_view section_label(InputKind kind) {
  switch (kind) {
    case InputKind::parent:
    case InputKind::no_parent:
      return "step above";
    case InputKind::base_image:
      return "base image";
    case InputKind::environment:
      return "ENV";
    case InputKind::argument:
      return "ARG";
    case InputKind::context_files:
      return "context files";
    case InputKind::stage_files:
    case InputKind::image_files:
      return "copied files";
    case InputKind::heredoc:
      return "here-document";
    case InputKind::remote:
      return "download";
    default:
      return "";
  }
}

std::string file_summary(const Snapshot& snapshot, const SourceMatch& match) {
  std::string text = fmt::format("{}, {}", count_of(match.files, "file", "files"), size_of(match.bytes));
  const std::size_t hidden = snapshot.context().hidden().size();
  if (match.whole_context && hidden > 0)
    text += fmt::format(" ({} hidden by .dockerignore)", count_of(hidden, "path", "paths"));
  return text;
}

// Runs of blanks as one, and no more than a few lines' worth.
std::string collapsed(std::string_view text) {
  constexpr std::size_t longest = 240;
  std::string result;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && !result.empty() && result.back() == ' ') continue;
    if (result.size() >= longest && (static_cast<unsigned char>(c) & 0xC0) != 0x80) return result + "…";
    result += blank ? ' ' : c;
  }
  return result;
}

ExplanationRow row_of(const Snapshot& snapshot, const Input& input) {
  ExplanationRow row;
  row.place = input.source;
  row.origin = origin_of(snapshot, input);
  const std::string_view group = section_label(input.kind);
  switch (input.kind) {
    case InputKind::parent:
      row.label = group;
      row.value = fmt::format("{} {}", input.label, short_text(snapshot, input.step, 60));
      break;
    case InputKind::no_parent:
      row.label = group;
      row.value = fmt::format("none: {}", input.value);
      row.origin.clear();
      break;
    case InputKind::context_files:
      row.label = fmt::format("{} {}", group, input.label);
      row.value = input.known && !input.files.missing ? file_summary(snapshot, input.files) : input.value;
      row.origin.clear();
      break;
    case InputKind::environment:
    case InputKind::argument:
      row.label = input.value.empty() && !input.known ? input.label : fmt::format("{} {}", group, input.label);
      row.value = input.value.empty() && input.known ? "\"\"" : input.value;
      break;
    default:
      row.label = group.empty() ? input.label : fmt::format("{} {}", group, input.label);
      row.value = input.value;
      if (input.kind == InputKind::operation) {
        row.value = collapsed(input.value);
        row.origin.clear();
      }
  }
  if (!input.known) {
    row.value += row.value.empty() ? "unknown: " : ", unknown: ";
    row.value += input.missing;
  }
  return row;
}

ExplanationSection key_section(const Snapshot& snapshot, const CacheKey& key) {
  ExplanationSection section{"Cache key inputs", {}};
  for (const Input& input : key.inputs) section.rows.push_back(row_of(snapshot, input));
  return section;
}

// Steps with the same answer under one row, in file order; long lists end in a count.
void add_steps(const Snapshot& snapshot, ExplanationSection& section, const std::vector<StepEffect>& effects,
               Effect wanted, const std::string& label) {
  constexpr std::size_t most = 6;
  std::size_t more = 0;
  for (StepId id = 0; id < effects.size(); ++id) {
    const Step& step = snapshot.model.steps[id];
    if (effects[id].effect != wanted || step.op == Op::nothing || step.op == Op::image) continue;
    if (section.rows.size() >= most) {
      ++more;
      continue;
    }
    section.rows.push_back({label, fmt::format("{} {}", step_label(snapshot.model, id), short_text(snapshot, id, 60)),
                            line_reference(snapshot, step.span), step.span});
  }
  if (more > 0) section.rows.push_back({label, fmt::format("and {} more", count_of(more, "step", "steps")), "", {}});
}

// What the steps that re-run took the last time, as far as that is known.
void add_time(const Snapshot& snapshot, ExplanationSection& section, const std::vector<StepEffect>& effects) {
  double seconds = 0;
  bool all = true;
  for (StepId id = 0; id < effects.size(); ++id) {
    if (effects[id].effect != Effect::always || snapshot.model.steps[id].op == Op::nothing) continue;
    const std::optional<double> last = last_seconds(snapshot, id);
    seconds += last.value_or(0);
    all = all && (last || snapshot.model.steps[id].op != Op::exec);
  }
  if (seconds >= 1)
    section.rows.push_back(
        {"time", fmt::format("{}{}, as they last took", all ? "" : "at least ", duration_of(seconds)), "", {}});
}

void add_effects(const Snapshot& snapshot, Explanation& explanation, const std::vector<StepEffect>& effects,
                 const std::string& title) {
  const Tally counts = tally(snapshot.model, effects);
  ExplanationSection section{title, {}};
  add_steps(snapshot, section, effects, Effect::always, "re-runs");
  ExplanationSection maybe{"", {}};
  add_steps(snapshot, maybe, effects, Effect::if_content_differs, "re-runs if its input's content differs");
  section.rows.insert(section.rows.end(), maybe.rows.begin(), maybe.rows.end());
  std::uint32_t steps = 0;
  for (const Step& step : snapshot.model.steps) {
    if ((step.op == Op::exec || step.op == Op::file) && snapshot.model.stages[step.stage].reachable) ++steps;
  }
  const std::uint32_t rest = steps - counts.always - counts.if_content_differs;
  if (rest > 0) section.rows.push_back({"stays cached", count_of(rest, "step", "steps"), "", {}});
  add_time(snapshot, section, effects);
  explanation.sections.push_back(std::move(section));
}

std::string forecast_of(const Snapshot& snapshot, StepId id) {
  const Step& step = snapshot.model.steps[id];
  if (!snapshot.model.stages[step.stage].reachable) return "not built: no stage that the target needs uses it";
  switch (step.op) {
    case Op::nothing:
      return "no layer of its own";
    case Op::image:
      if (!pinned_digest(snapshot.model.stages[step.stage].base.text).empty())
        return "pinned: the same image in every build, whatever its tag points to";
      return "unknown: the builder asks at every build which digest the tag points to";
    default:
      break;
  }
  const std::string always = forecast_text(snapshot, id, influences(snapshot)[id]);
  const std::string now = next_build_text(snapshot, id);
  return now.empty() ? always : fmt::format("{} ({})", now, always);
}

std::string_view why_no_layer(Keyword keyword) {
  switch (keyword) {
    case Keyword::arg:
      return "From here on its value is part of every RUN of this stage and of the stages built on it, used or not. "
             "Without a value it is free.";
    case Keyword::env:
      return "Name, value and position are part of every later RUN; COPY is unaffected unless it expands the variable.";
    case Keyword::user:
      return "Part of every later RUN, and the owner of later WORKDIRs; COPY is unaffected.";
    case Keyword::shell:
      return "Part of every later RUN in shell form.";
    case Keyword::onbuild:
      return "No effect here. It becomes a step of builds that start from this stage or image.";
    case Keyword::from:
      return "Every step here depends on the complete stage above, not just on its files.";
    case Keyword::workdir:
      return "The root directory always exists: no step.";
    case Keyword::unknown:
      return "BuildKit refuses this instruction.";
    default:
      return "No effect on any cache key: change it freely, put it anywhere.";
  }
}

Explanation explain_definition(const Snapshot& snapshot, const Definition& definition, Span span) {
  Explanation explanation;
  explanation.span = span;
  explanation.title = definition.value.known ? fmt::format("{} = \"{}\"", definition.name, definition.value.text)
                                             : fmt::format("{} (value unknown)", definition.name);
  const bool argument =
      definition.origin == Definition::Origin::argument || definition.origin == Definition::Origin::build_argument;
  explanation.forecast = definition.span == Span{} ? "set by the base image or the builder"
                                                   : fmt::format("set by {} in {}", argument ? "ARG" : "ENV",
                                                                 line_reference(snapshot, definition.span));
  Change change;
  for (DefinitionId id = 0; id < snapshot.model.definitions.size(); ++id) {
    const Definition& other = snapshot.model.definitions[id];
    if (other.name == definition.name && other.step == definition.step && other.span == definition.span)
      change.variables.push_back(id);
  }
  add_effects(snapshot, explanation, invalidate(snapshot.model, change), "If its value changes");
  return explanation;
}

// The variable under the cursor: a use, or the name where ARG or ENV sets it.
std::optional<Explanation> explain_variable(const Snapshot& snapshot, const Step& step, StepId id, Offset offset) {
  for (const VariableReference& reference : step.references) {
    if (!reference.span.touches(offset)) continue;
    if (reference.definition != none)
      return explain_definition(snapshot, snapshot.model.definitions[reference.definition], reference.span);
    if (step.keyword == Keyword::from) continue;
    Explanation explanation;
    explanation.span = reference.span;
    explanation.title = reference.name;
    explanation.forecast = reference.by_shell ? "not set by ARG or ENV: the shell decides while the step runs"
                                              : "not set above: it expands to nothing unless the base image sets it";
    return explanation;
  }
  for (const Definition& definition : snapshot.model.definitions) {
    if (definition.step == id && definition.span.touches(offset))
      return explain_definition(snapshot, definition, definition.span);
  }
  return std::nullopt;
}

std::optional<Explanation> explain_source(const Snapshot& snapshot, const Step& step, StepId id, Offset offset) {
  for (const Origin& origin : step.origins) {
    if (origin.kind != Origin::Kind::context) continue;
    for (std::size_t i = 0; i < origin.paths.size() && i < origin.spans.size(); ++i) {
      if (!origin.spans[i].touches(offset) || origin.mount != none) continue;
      const SourceMatch match = match_source(snapshot.context(), origin.paths[i].text);
      Explanation explanation;
      explanation.span = origin.spans[i];
      explanation.title = origin.paths[i].text;
      if (!match.known) {
        explanation.forecast = fmt::format("unknown: {}", snapshot.context().unknown_reason());
        return explanation;
      }
      explanation.forecast = match.missing
                                 ? (match.hidden_by != nullptr ? "hidden by .dockerignore: the build fails here"
                                                               : "not in the build context: the build fails here")
                                 : file_summary(snapshot, match);
      ExplanationSection section{"Matches", {}};
      for (const std::uint32_t root : match.roots) {
        const ContextEntry& entry = snapshot.context().entries()[root];
        if (section.rows.size() == 12) {
          section.rows.push_back({"", fmt::format("and {} more", match.roots.size() - 12), "", {}});
          break;
        }
        section.rows.push_back(
            {entry.path, entry.kind == EntryKind::directory ? "directory" : size_of(entry.size), "", {}});
      }
      if (!section.rows.empty() && !match.whole_context) explanation.sections.push_back(std::move(section));
      Change change;
      change.steps.push_back(id);
      add_effects(snapshot, explanation, invalidate(snapshot.model, change), "If one of them changes");
      return explanation;
    }
  }
  return std::nullopt;
}

// Which line of .dockerignore hides the path, be it there or about to be.
std::optional<std::size_t> hiding_pattern(const BuildContext& context, const std::string& path) {
  if (const HiddenEntry* hidden = find_hidden(context, path); hidden != nullptr) return hidden->pattern;
  if (find_entry(context, path) != nullptr) return std::nullopt;
  const Dockerignore::Verdict verdict = context.dockerignore().match(path);
  return verdict.ignored ? verdict.pattern : std::nullopt;
}

}  // namespace

std::optional<Explanation> explain_step(const Snapshot& snapshot, StepId id) {
  if (id == none || id >= snapshot.model.steps.size()) return std::nullopt;
  const Model& model = snapshot.model;
  const Step& step = model.steps[id];
  Explanation explanation;
  explanation.span = step.span;
  explanation.forecast = forecast_of(snapshot, id);
  const CacheKey key = cache_key(model, snapshot.tree, snapshot.context(), id);
  if (step.op == Op::nothing) {
    explanation.title = short_text(snapshot, id, 80);
    explanation.notes.emplace_back(why_no_layer(step.keyword));
  } else {
    explanation.title = fmt::format("{} {}", step_label(model, id), short_text(snapshot, id, 80));
    explanation.sections.push_back(key_section(snapshot, key));
    ExplanationSection outside{"Not in the key", {}};
    for (const NotAnInput& entry : key.not_inputs) outside.rows.push_back({entry.label, entry.why, "", {}});
    if (!outside.rows.empty()) explanation.sections.push_back(std::move(outside));
    if (const std::optional<double> seconds = last_seconds(snapshot, id))
      explanation.notes.push_back(fmt::format("It took {} when it last ran.", duration_of(*seconds)));
  }
  const Change change = edit_of(model, id);
  const bool affects = !change.steps.empty() || !change.variables.empty() || !change.base_images.empty();
  const bool pinned = step.op == Op::image && !pinned_digest(model.stages[step.stage].base.text).empty();
  const char* title = pinned                         ? "If this line names another image"
                      : step.op == Op::image         ? "If the tag moves to another digest"
                      : !step.bare_arguments.empty() ? "If a build passes a value"
                                                     : "If this line changes";
  if (affects) add_effects(snapshot, explanation, invalidate(model, change), title);
  return explanation;
}

std::optional<Explanation> explain(const Snapshot& snapshot, Offset offset) {
  const StepId id = step_at(snapshot, offset);
  if (id == none) return std::nullopt;
  const Step& step = snapshot.model.steps[id];
  if (auto variable = explain_variable(snapshot, step, id, offset)) return variable;
  if (auto source = explain_source(snapshot, step, id, offset)) return source;
  if (auto flag = explain_flag(snapshot, id, offset)) return flag;
  std::optional<Explanation> explanation = explain_step(snapshot, id);
  const Instruction& instruction = instruction_of(snapshot.tree, step);
  if (explanation && snapshot.tree.items[step.item].absolute(instruction.name.span).touches(offset))
    add_usage(*explanation, step.keyword);
  return explanation;
}

Explanation explain_change(const Snapshot& snapshot, const std::vector<std::string>& paths,
                           const std::vector<std::string>& arguments) {
  Explanation explanation;
  Change change;
  ExplanationSection silent{"Without effect", {}};
  for (const std::string& path : paths) {
    const std::string clean = clean_source(path);
    if (const std::optional<std::size_t> hiding = hiding_pattern(snapshot.context(), clean)) {
      const IgnorePattern& pattern = snapshot.context().dockerignore().patterns()[*hiding];
      silent.rows.push_back(
          {path, fmt::format("hidden by line {} of .dockerignore ({})", pattern.line + 1, pattern.text), "", {}});
      continue;
    }
    change.paths.push_back(clean);
  }
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    const Change one = change_of_argument(snapshot.model, name);
    const Tally reached = tally(snapshot.model, invalidate(snapshot.model, one));
    if (reached.always + reached.if_content_differs == 0)
      silent.rows.push_back({name, "no step that is built depends on it", "", {}});
    change.variables.insert(change.variables.end(), one.variables.begin(), one.variables.end());
    change.steps.insert(change.steps.end(), one.steps.begin(), one.steps.end());
    change.base_images.insert(change.base_images.end(), one.base_images.begin(), one.base_images.end());
  }
  const std::vector<StepEffect> effects = invalidate(snapshot.model, change);
  for (std::size_t i = 0; i < change.paths.size(); ++i) {
    const bool used =
        std::any_of(effects.begin(), effects.end(), [&](const StepEffect& effect) { return effect.path == i; });
    if (!used) {
      Change alone;
      alone.paths.push_back(change.paths[i]);
      const Tally counts = tally(snapshot.model, invalidate(snapshot.model, alone));
      if (counts.always + counts.if_content_differs == 0)
        silent.rows.push_back({change.paths[i], "no COPY, ADD or bind mount of a needed stage reads it", "", {}});
    }
  }
  std::vector<std::string> names = paths;
  names.insert(names.end(), arguments.begin(), arguments.end());
  explanation.title = fmt::format("If {} changes", fmt::join(names, ", "));
  const Tally counts = tally(snapshot.model, effects);
  explanation.forecast = fmt::format(
      "{} re-run{}", counts.always == 0 ? std::string("no steps") : count_of(counts.always, "step", "steps"),
      counts.always == 1 ? "s" : "");
  if (counts.if_content_differs > 0)
    explanation.forecast += fmt::format(", {} only if the content of its input differs", counts.if_content_differs);
  add_effects(snapshot, explanation, effects, "Steps");
  std::set<std::string> entered;
  for (StepId id = 0; id < effects.size(); ++id) {
    if (effects[id].effect == Effect::unaffected || effects[id].through != none) continue;
    const std::string cause = effects[id].path != none ? change.paths[effects[id].path]
                              : effects[id].variable != none
                                  ? snapshot.model.definitions[change.variables[effects[id].variable]].name
                                  : "";
    if (!cause.empty() && entered.insert(cause).second)
      explanation.notes.push_back(fmt::format("{} enters first at {}", cause, step_reference(snapshot, id)));
  }
  if (!silent.rows.empty()) explanation.sections.push_back(std::move(silent));
  return explanation;
}

}  // namespace keyline::analysis
