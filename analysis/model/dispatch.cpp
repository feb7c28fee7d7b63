#include <algorithm>
#include <charconv>
#include <optional>

#include "analysis/model/builder.h"
#include "analysis/model/checks.h"
#include "analysis/model/mounts.h"
#include "analysis/model/reference.h"
#include "analysis/syntax/words.h"
#include "analysis/text/ascii.h"
#include "analysis/text/path.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

bool is_http(std::string_view source) { return source.starts_with("http://") || source.starts_with("https://"); }

// What ADD fetches with git (gitutil.ParseGitRef): its own schemes, scp-like addresses, and HTTP paths ending in .git.
bool is_git(std::string_view source) {
  if (source.starts_with("git://") || source.starts_with("ssh://") || source.starts_with("git@")) return true;
  if (!is_http(source)) return false;
  const std::string_view path = source.substr(0, source.find_first_of("#?"));
  return path.ends_with(".git");
}

// Flags that an instruction takes, as instructions/parse.go registers them; what the labs frontend adds counts too.
bool takes_flag(Keyword keyword, std::string_view name) {
  const auto is_among = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  switch (keyword) {
    case Keyword::add:
      return is_among({"chown", "chmod", "link", "keep-git-dir", "checksum", "exclude", "unpack"});
    case Keyword::copy:
      return is_among({"chown", "chmod", "from", "link", "parents", "exclude"});
    case Keyword::run:
      return is_among({"mount", "network", "security", "device"});
    case Keyword::healthcheck:
      return is_among({"interval", "timeout", "start-period", "start-interval", "retries"});
    default:
      return false;
  }
}

bool flag_is_set(const Instruction& instruction, std::string_view name) {
  const Flag* flag = instruction.flag(name);
  if (flag == nullptr) return false;
  const std::string value = to_lower(flag->value().value_or("true"));
  return value == "true" || value.empty();
}

// NormalizePath with keepSlash: the three endings "/d", "/d/" and "/d/." stay different (cache-model 2.6).
std::string keep_ending(std::string cleaned, std::string_view original) {
  if (original.ends_with('/') && !cleaned.ends_with('/'))
    cleaned += '/';
  else if (original.ends_with("/."))
    cleaned += cleaned == "/" ? "." : "/.";
  return cleaned;
}

// strconv.Atoi.
std::optional<long> stage_index(std::string_view text) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  long index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

}  // namespace

void ModelBuilder::add_step(std::uint32_t item, const Instruction& instruction, bool onbuild) {
  const StepId id = static_cast<StepId>(model_.steps.size());
  Step& step = model_.steps.emplace_back();
  step.item = item;
  step.stage = static_cast<StageId>(model_.stages.size() - 1);
  step.keyword = instruction.keyword;
  step.onbuild = onbuild;
  step.span = tree_.items[item].header();
  scope().describe(step);
  Stage& stage = model_.stages.back();
  if (!stage.replaced) dispatch(step, instruction);
  step.environment = scope().head();
  if (step.op != Op::nothing) stage.last_op = id;
  stage.steps.push_back(id);
}

void ModelBuilder::make_op(Step& step, Op op) {
  step.op = op;
  step.parent = model_.stages.back().last_op;
}

Value ModelBuilder::expand_word(Step& step, const Word& word) {
  const Span place = absolute(step, word.span);
  const Expansion result =
      expand(word.text, [&](std::string_view name) { return scope().lookup(name); }, {.escape = tree_.escape});
  if (result.error) refuse(place, *result.error);
  const bool exact = word.span.size() == word.text.size();
  for (const VariableUse& use : result.uses) {
    step.references.push_back(
        {use.name, exact ? use.span.shifted(place.begin) : place, scope().definition(use.name), false});
  }
  return {result.text, result.known && !result.error};
}

Value ModelBuilder::in_workdir(const Value& path) const {
  std::string text = path.text;
  if (is_absolute(text)) return {keep_ending(clean_path(text), text), path.known};
  if (text.empty() || text == ".") text = "./";
  return {keep_ending(join_path(scope().workdir.text, text), text), path.known && scope().workdir.known};
}

void ModelBuilder::dispatch(Step& step, const Instruction& instruction) {
  for (const Flag& flag : instruction.flags) {
    if (instruction.keyword == Keyword::unknown) break;
    if (!takes_flag(instruction.keyword, flag.name()))
      problem(absolute(step, flag.span), "unknown flag: --" + std::string(flag.name()));
  }
  const std::vector<Word>& words = instruction.arguments;
  switch (instruction.keyword) {
    case Keyword::arg:
      return dispatch_argument(step, instruction);
    case Keyword::env:
      return dispatch_environment(step, instruction);
    case Keyword::run:
      return dispatch_run(step, instruction);
    case Keyword::copy:
    case Keyword::add:
      return dispatch_copy(step, instruction);
    case Keyword::workdir:
      return dispatch_workdir(step, instruction);
    case Keyword::user:
      if (words.size() != 1) return problem(step.span, "USER requires exactly one argument");
      scope().user = expand_word(step, words[0]);
      scope().user_step = last_step();
      return;
    case Keyword::shell:
      if (!instruction.json) return problem(step.span, "SHELL requires the arguments to be in JSON form");
      if (words.empty()) return problem(step.span, "SHELL requires at least one argument");
      scope().shell.clear();
      scope().shell_step = last_step();
      for (const Word& word : words) scope().shell.push_back(word.text);
      return;
    case Keyword::label:
      if (words.empty()) return problem(step.span, "LABEL requires at least one argument");
      for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
        expand_word(step, words[i]);
        expand_word(step, words[i + 1]);
      }
      return;
    case Keyword::expose:
    case Keyword::volume:
      if (words.empty())
        return problem(step.span, std::string(keyword_name(instruction.keyword)) + " requires at least one argument");
      for (const Word& word : words) {
        const Value value = expand_word(step, word);
        if (!value.known) continue;
        if (instruction.keyword == Keyword::volume && value.text.empty())
          refuse(absolute(step, word.span), "VOLUME specified can not be an empty string");
        if (instruction.keyword == Keyword::expose) check_ports(step, word, value);
      }
      return;
    case Keyword::stopsignal:
      if (words.size() != 1) return problem(step.span, "STOPSIGNAL requires exactly one argument");
      expand_word(step, words[0]);
      return;
    case Keyword::maintainer:
      if (words.size() != 1) problem(step.span, "MAINTAINER requires exactly one argument");
      return;
    case Keyword::healthcheck:
      if (words.empty()) problem(step.span, "HEALTHCHECK requires at least one argument");
      return;
    case Keyword::onbuild:
      if (!instruction.trigger) return problem(step.span, "ONBUILD requires at least one argument");
      if (instruction.trigger->keyword == Keyword::onbuild)
        problem(step.span, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      if (instruction.trigger->keyword == Keyword::from || instruction.trigger->keyword == Keyword::maintainer) {
        problem(step.span,
                std::string(keyword_name(instruction.trigger->keyword)) + " isn't allowed as an ONBUILD trigger");
      }
      return;
    default:
      return;
  }
}

// A variable in EXPOSE may hold several ports, or none.
void ModelBuilder::check_ports(const Step& step, const Word& word, const Value& value) {
  for (const Word& port : split_blanks(trim_space(value.text))) {
    if (port.text.empty()) continue;
    if (std::string fault = port_fault(port.text); !fault.empty()) refuse(absolute(step, word.span), std::move(fault));
  }
}

void ModelBuilder::dispatch_argument(Step& step, const Instruction& instruction) {
  if (instruction.arguments.empty()) problem(step.span, "ARG requires at least one argument");
  const StepId id = last_step();
  for (const Word& word : instruction.arguments) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals);
    if (name.empty()) {
      problem(absolute(step, word.span), "ARG names can not be blank");
      continue;
    }
    const Offset begin = word.span.begin;
    const Span place =
        absolute(step, {begin, begin + static_cast<Offset>(std::min<std::size_t>(name.size(), word.span.size()))});
    Definition definition{name, {}, Definition::Origin::argument, id, place, none};
    const auto given = options_.arguments.find(name);
    if (equals != std::string::npos) {
      const Offset skipped = static_cast<Offset>(equals + 1);
      const bool exact = word.span.size() == word.text.size();
      definition.value =
          expand_word(step, {word.text.substr(equals + 1), exact ? Span{begin + skipped, word.span.end} : word.span});
    }
    if (given != options_.arguments.end()) {
      definition.value = {given->second, true};
      definition.origin = Definition::Origin::build_argument;
    } else if (equals == std::string::npos) {
      const auto global = globals_.find(name);
      if (global == globals_.end()) {  // no value: nothing enters the environment
        step.bare_arguments.push_back(name);
        continue;
      }
      const Definition& outer = model_.global_arguments[global->second];
      definition.value = outer.value;
      definition.origin = outer.origin;
    }
    // nonEnvArgs: these never reach the environment.
    if (name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE") continue;
    scope().set_argument(std::move(definition));
  }
}

void ModelBuilder::dispatch_environment(Step& step, const Instruction& instruction) {
  const std::vector<Word>& words = instruction.arguments;
  if (words.empty() && instruction.problems.empty()) problem(step.span, "ENV requires at least one argument");
  const StepId id = last_step();
  // All values of one instruction are expanded before any is set.
  std::vector<Definition> definitions;
  for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
    const Value name = expand_word(step, words[i]);
    if (name.text.empty()) problem(absolute(step, words[i].span), "ENV names can not be blank");
    definitions.push_back({name.text, expand_word(step, words[i + 1]), Definition::Origin::environment, id,
                           absolute(step, words[i].span), none});
  }
  for (Definition& definition : definitions) scope().set_environment(std::move(definition));
}

void ModelBuilder::dispatch_run(Step& step, const Instruction& instruction) {
  make_op(step, Op::exec);
  for (const Flag& flag : instruction.flags) {
    if (flag.name() != "mount") continue;
    extra_nodes_ = true;
    const Span span = absolute(step, flag.span);
    const bool verbatim = flag.span.size() == flag.text.size();
    MountReading reading =
        read_mount(flag.value().value_or(""), span, verbatim, [&](std::string_view text, Span place) {
          const Offset item = tree_.items[step.item].begin;
          return expand_word(step, {std::string(text), {place.begin - item, place.end - item}});
        });
    for (ModelProblem& fault : reading.problems) refuse(fault.span, std::move(fault.message));
    if (reading.variable_from)
      problem(*reading.variable_from, "'from' doesn't support variable expansion, define alias stage instead");
    Mount& mount = reading.mount;
    const bool in_step = mount.type != Mount::Type::secret && mount.type != Mount::Type::ssh;
    if (mount.target_given && in_step && !is_absolute(mount.target.text)) {
      mount.target = {join_path(scope().workdir.text, mount.target.text), mount.target.known && scope().workdir.known};
    }
    step.mounts.push_back(std::move(mount));
    mount_origin(step, static_cast<std::uint32_t>(step.mounts.size() - 1));
  }
  for (const ShellVariable& variable : tree_.items[step.item].instruction->script.variables) {
    step.references.push_back({variable.name, absolute(step, variable.span), scope().definition(variable.name), true});
  }
  if (instruction.arguments.empty() && !instruction.json)
    problem(step.span, "RUN requires a command: nothing stands behind it");
}

void ModelBuilder::mount_origin(Step& step, std::uint32_t index) {
  Mount& mount = step.mounts[index];
  const bool bind = mount.type == Mount::Type::bind;
  if (!bind && (mount.type != Mount::Type::cache || mount.from.empty())) return;
  Origin origin;
  origin.mount = index;
  if (!mount.source.text.empty() || !mount.source.known) origin.paths = {mount.source};
  origin.spans = {mount.span};
  if (!mount.from.empty() && mount.from != "scratch") {
    const StageId stage = named_stage(mount.from);
    origin.name = mount.from;
    origin.kind = stage != none ? Origin::Kind::stage : Origin::Kind::image;
    take_named_context(origin);
    origin.stage = mount.from_stage =
        depend(step, stage, mount.span,
               "cannot mount from stage \"" + mount.from + "\", stage needs to be defined before current command");
  } else if (mount.from == "scratch") {
    return;
  }
  step.origins.push_back(std::move(origin));
}

Origin ModelBuilder::copy_origin(Step& step, const Instruction& instruction) {
  Origin origin;
  const Flag* from = instruction.keyword == Keyword::copy ? instruction.flag("from") : nullptr;
  if (from == nullptr || from->value().value_or("").empty()) return origin;
  const std::string name(*from->value());
  const Span place = absolute(step, from->span);
  origin.name = name;
  if (name.find('$') != std::string::npos) {
    problem(place,
            "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope "
            "as a workaround");
    step.known = false;
    origin.kind = Origin::Kind::image;
    return origin;
  }
  const std::string late = "cannot copy from stage \"" + name + "\", it needs to be defined before current stage";
  if (const std::optional<long> index = stage_index(name)) {
    origin.kind = Origin::Kind::stage;
    if (*index < 0 || *index >= static_cast<long>(needs_.size())) {
      problem(place, "invalid stage index " + name);
      step.known = false;
    } else {
      origin.stage = depend(step, static_cast<StageId>(*index), place, late);
    }
    return origin;
  }
  const StageId stage = named_stage(name);
  origin.kind = stage != none ? Origin::Kind::stage : Origin::Kind::image;
  if (stage == none) take_named_context(origin);
  origin.stage = depend(step, stage, place, late);
  if (stage == none) {
    extra_nodes_ = true;
    if (const std::string fault =
            origin.kind == Origin::Kind::image && step.known && name != "scratch" ? reference_fault(name) : "";
        !fault.empty()) {
      problem(place, "failed to parse stage name \"" + name + "\": " + fault);
    }
  }
  return origin;
}

void ModelBuilder::dispatch_copy(Step& step, const Instruction& instruction) {
  const std::string keyword(keyword_name(instruction.keyword));
  make_op(step, Op::file);
  step.independent = flag_is_set(instruction, "link") && instruction.flag("chmod") == nullptr;
  const std::vector<Word>& words = instruction.arguments;
  if (words.size() < 2) {
    problem(step.span, keyword + " requires at least two arguments, but only " +
                           (words.empty() ? "none were" : "one was") +
                           " provided. Destination could not be determined");
    step.known = false;
    if (words.empty()) return;
  }
  for (const Flag& flag : instruction.flags) {
    if ((flag.name() == "chown" || flag.name() == "chmod" || flag.name() == "checksum") && flag.value()) {
      const bool exact = flag.span.size() == flag.text.size();
      const Offset length = static_cast<Offset>(flag.value()->size());
      const Value value = expand_word(
          step, {std::string(*flag.value()), exact ? Span{flag.span.end - length, flag.span.end} : flag.span});
      if (flag.name() != "chmod" || !value.known || value.text.empty()) continue;
      if (std::string fault = chmod_fault(value.text); !fault.empty())
        refuse(absolute(step, flag.span), std::move(fault));
    }
  }
  Origin files = copy_origin(step, instruction);
  const std::size_t sources = words.size() - 1;
  step.sources.reserve(sources);
  files.paths.reserve(sources);
  files.spans.reserve(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    const Span place = absolute(step, words[i].span);
    if (!instruction.json && parse_heredoc_marker(words[i].text)) {
      step.origins.push_back({Origin::Kind::heredoc, none, words[i].text, {}, {place}, none});
      step.sources.push_back({words[i].text, true});
      continue;
    }
    Value source = expand_word(step, words[i]);
    const bool remote = is_http(source.text) || is_git(source.text);
    if (remote && instruction.keyword == Keyword::copy) refuse(place, "source can't be a URL for COPY");
    if (remote && instruction.keyword == Keyword::add) {
      if (std::string fault = is_git(source.text) && source.known ? git_query_fault(source.text) : ""; !fault.empty())
        refuse(place, std::move(fault));
      step.origins.push_back(
          {is_git(source.text) ? Origin::Kind::git : Origin::Kind::remote, none, source.text, {source}, {place}, none});
    } else {
      files.paths.push_back(source);
      files.spans.push_back(place);
    }
    step.sources.push_back(std::move(source));
  }
  if (!files.paths.empty()) step.origins.push_back(std::move(files));
  step.destination = in_workdir(expand_word(step, words.back()));
  expand_heredocs(step, instruction);
  if (sources > 1 && step.destination.known && !step.destination.text.ends_with('/')) {
    problem(step.span, "When using " + keyword +
                           " with more than one source file, the destination must be a directory and end with a /");
  }
}

void ModelBuilder::expand_heredocs(Step& step, const Instruction& copy) {
  for (const Heredoc& heredoc : copy.heredocs) {
    if (!heredoc.expand || !heredoc.terminated) continue;
    // Leading tabs that <<- drops change nothing about the variables, so the body is read as it stands.
    const Span body = absolute(step, heredoc.body);
    const Expansion result =
        expand(slice(*tree_.text, body), [&](std::string_view name) { return scope().lookup(name); },
               {.quotes_are_text = true});
    // BuildKit quotes the whole body in its message.
    if (result.error) refuse(step.span, "failed to process the here-document: a substitution in it is not valid");
    for (const VariableUse& use : result.uses) {
      step.references.push_back({use.name, use.span.shifted(body.begin), scope().definition(use.name), false});
    }
  }
}

void ModelBuilder::dispatch_workdir(Step& step, const Instruction& instruction) {
  if (instruction.arguments.size() != 1) return problem(step.span, "WORKDIR requires exactly one argument");
  const Value path = expand_word(step, instruction.arguments[0]);
  Scope& state = scope();
  // NormalizeWorkdir: an absolute path stays as written, only a relative one is joined and cleaned (cache-model 2.4).
  if (is_absolute(path.text)) {
    state.workdir = path;
  } else {
    state.workdir = {path.text.empty() ? state.workdir.text : join_path(state.workdir.text, path.text),
                     path.known && state.workdir.known};
  }
  state.workdir_step = last_step();
  step.workdir = state.workdir;
  step.destination = {clean_path(state.workdir.text), state.workdir.known};
  if (!state.workdir.known || state.workdir.text != "/") make_op(step, Op::file);
}

}  // namespace keyline::analysis
