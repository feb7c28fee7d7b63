#include "analysis/cache/key.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/model/reference.h"
#include "analysis/text/unicode.h"

namespace keyline::analysis {

namespace {

class KeyBuilder {
 public:
  KeyBuilder(const Model& model, const SyntaxTree& tree, const BuildContext& context, StepId id)
      : model_(model),
        tree_(tree),
        context_(context),
        id_(id),
        step_(model.steps[id]),
        instruction_(instruction_of(tree, step_)) {}

  CacheKey build() {
    if (step_.op == Op::nothing) return {};
    if (step_.op == Op::image) {
      base_image();
    } else {
      parent();
      operation();
      if (step_.op == Op::exec)
        run();
      else if (step_.keyword == Keyword::workdir)
        user("owner of the directory");
      for (const Origin& origin : step_.origins) files(origin);
      if (step_.op == Op::file) believed_of_files();
    }
    for (const Input& input : key_.inputs) key_.known = key_.known && input.known;
    return std::move(key_);
  }

 private:
  Input& add(InputKind kind, std::string label, std::string value, Span source = {}) {
    Input input;
    input.kind = kind;
    input.label = std::move(label);
    input.value = std::move(value);
    input.source = source;
    key_.inputs.push_back(std::move(input));
    return key_.inputs.back();
  }
  static Input& unknown(Input& input, std::string missing) {
    input.known = false;
    input.missing = std::move(missing);
    return input;
  }
  void not_input(std::string label, std::string why) { key_.not_inputs.push_back({std::move(label), std::move(why)}); }
  Span place_of(StepId id) const { return id == none ? Span{} : model_.steps[id].span; }

  void base_image() {
    const Stage& stage = model_.stages[step_.stage];
    Input& image = add(InputKind::base_image, stage.base.text, normalized_reference(stage.base.text), stage.base_span);
    if (!stage.base.known)
      unknown(image, "a build argument in the image name has no value here");
    else if (!stage.digest.empty())
      image.value = stage.digest;
    else
      unknown(image, "the digest the tag points to now: the builder looks it up at every build");
    Input& platform =
        add(InputKind::platform, "platform", stage.platform.text.empty() ? "the builder's own" : stage.platform.text);
    if (!stage.platform.known) unknown(platform, "its value depends on the builder");
    not_input("the tag", "only the digest it points to counts");
    not_input("the stage's name", "renaming a stage changes nothing");
  }

  void parent() {
    if (step_.independent) {
      add(InputKind::no_parent, "no step above", "COPY --link starts on nothing", step_.span);
      return;
    }
    if (step_.parent == none) {
      add(InputKind::no_parent, "no step above", "the stage starts from scratch", step_.span);
      return;
    }
    const Step& above = model_.steps[step_.parent];
    Input& input =
        add(InputKind::parent, step_label(model_, step_.parent), step_name(model_, tree_, step_.parent), above.span);
    input.step = step_.parent;
  }

  void operation() {
    const std::string name = step_name(model_, tree_, id_);
    const std::size_t label = step_label(model_, id_).size();
    std::string text = step_.op == Op::exec
                           ? std::string(trim_space(tree_.items[step_.item].instruction->line.text))
                           : std::string(trim_space(std::string_view(name).substr(std::min(label, name.size()))));
    Input& input = add(InputKind::operation, "instruction", std::move(text), step_.span);
    if (!step_.destination.known) unknown(input, "the base image's working directory");
    for (const Heredoc& heredoc : tree_.items[step_.item].instruction->heredocs) {
      const Span body = tree_.items[step_.item].absolute(heredoc.body);
      add(InputKind::heredoc, heredoc.name, fmt::format("{} bytes", body.size()), body);
    }
  }

  void user(const char* label) {
    if (step_.user.text.empty() && step_.user.known) return;
    Input& input = add(InputKind::user, label, step_.user.text, place_of(step_.user_step));
    if (!step_.user.known) unknown(input, "the base image's user");
  }

  void run() {
    std::string shell = step_.shell.empty() ? "/bin/sh -c" : fmt::format("{}", fmt::join(step_.shell, " "));
    if (!instruction_.json) add(InputKind::shell, "shell", std::move(shell), place_of(step_.shell_step));
    for (const Definition* definition : environment(model_, step_.environment)) {
      const bool argument = definition->origin == Definition::Origin::argument ||
                            definition->origin == Definition::Origin::build_argument ||
                            definition->origin == Definition::Origin::global_argument ||
                            definition->origin == Definition::Origin::platform_argument;
      Input& input = add(argument ? InputKind::argument : InputKind::environment, definition->name,
                         definition->value.text, definition->span);
      input.step = definition->step;
      if (!definition->value.known) unknown(input, "its value is not known before the build");
    }
    base_configuration();
    if (step_.workdir.known || step_.workdir_step != none) {
      Input& workdir = add(InputKind::workdir, "working directory", step_.workdir.text, place_of(step_.workdir_step));
      if (!step_.workdir.known) unknown(workdir, "the base image's working directory, which it is relative to");
    }
    if (step_.user.known) user("user");
    for (const std::string_view name : {"network", "security"}) {
      const Flag* flag = instruction_.flag(name);
      if (flag == nullptr || !flag->value() || *flag->value() == "default" || *flag->value() == "sandbox") continue;
      add(name == "network" ? InputKind::network : InputKind::security, std::string(name), std::string(*flag->value()),
          tree_.items[step_.item].absolute(flag->span));
    }
    for (const Mount& mount : step_.mounts) mount_input(mount);
    not_input("time and network", "a RUN is reused however old its downloads are");
  }

  // What an image brings along enters every RUN; without the image at hand none of it is known. One row says so.
  void base_configuration() {
    StageId stage = step_.stage;
    while (model_.stages[stage].base_stage != none) stage = model_.stages[stage].base_stage;
    const Stage& root = model_.stages[stage];
    if (root.scratch || find_variable(model_, step_.environment, "PATH") != nullptr) return;
    std::string parts = "environment";
    if (!step_.workdir.known) parts += ", working directory";
    if (!step_.user.known) parts += ", user";
    unknown(add(InputKind::environment, "base image's " + parts, "", root.base_span),
            fmt::format("the configuration of {}", root.base.text));
  }

  void mount_input(const Mount& mount) {
    switch (mount.type) {
      case Mount::Type::cache:
        add(InputKind::mount, "cache mount",
            fmt::format("target={}{}", mount.target.text, mount.read_only ? ", read-only" : ""), mount.span);
        not_input(fmt::format("content of the cache mount {}", mount.target.text), "a RUN is reused whatever is in it");
        break;
      case Mount::Type::secret:
        add(InputKind::mount, "secret mount",
            fmt::format("id={}", mount.id.text.empty() ? mount.source.text : mount.id.text), mount.span);
        not_input("the secret's value", "only the mount's definition counts");
        break;
      case Mount::Type::ssh:
        add(InputKind::mount, "ssh mount", mount.id.text.empty() ? "default" : mount.id.text, mount.span);
        not_input("the ssh keys", "only the mount's definition counts");
        break;
      case Mount::Type::tmpfs:
        add(InputKind::mount, "tmpfs mount", fmt::format("target={}", mount.target.text), mount.span);
        break;
      case Mount::Type::bind:
        add(InputKind::mount, "bind mount",
            fmt::format("target={}{}", mount.target.text, mount.read_only ? "" : ", writable"), mount.span);
        break;
      case Mount::Type::unknown:
        break;
    }
  }

  void files(const Origin& origin) {
    const std::vector<Value> everything = {{".", true}};
    const std::vector<Value>& paths = origin.paths.empty() && origin.mount != none ? everything : origin.paths;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const Span place = i < origin.spans.size() ? origin.spans[i] : step_.span;
      if (origin.kind == Origin::Kind::context)
        context_files(paths[i], place);
      else if (origin.kind == Origin::Kind::remote || origin.kind == Origin::Kind::git)
        remote(origin, place);
      else
        foreign_files(origin, paths[i], place);
    }
  }

  void context_files(const Value& path, Span place) {
    Input& input = add(InputKind::context_files, path.text, "", place);
    if (!path.known) {
      unknown(input, "the value of a variable in the path");
      return;
    }
    input.files = match_source(context_, path.text);
    if (!input.files.known) {
      unknown(input, context_.unknown_reason().empty() ? "the build context" : context_.unknown_reason());
    } else if (input.files.missing) {
      input.value = input.files.hidden_by != nullptr ? "hidden by .dockerignore" : "not in the build context";
    }
  }

  void foreign_files(const Origin& origin, const Value& path, Span place) {
    const bool stage = origin.kind == Origin::Kind::stage;
    Input& input = add(stage ? InputKind::stage_files : InputKind::image_files, path.text, "", place);
    if (stage && origin.stage != none) {
      const Stage& from = model_.stages[origin.stage];
      input.step = from.last_op;
      input.value = fmt::format("from stage {}", from.name.empty() ? std::to_string(origin.stage) : from.name);
    } else {
      input.value = fmt::format("from {}", origin.name);
    }
    unknown(input, "the content is known only after that was built");
  }

  void remote(const Origin& origin, Span place) {
    Input& input = add(InputKind::remote, origin.name, "", place);
    const bool pinned = instruction_.flag("checksum") != nullptr;
    if (pinned)
      input.value = "pinned by --checksum";
    else
      unknown(input, origin.kind == Origin::Kind::git ? "the commit the reference points to" : "what the server sends");
  }

  void believed_of_files() {
    if (step_.keyword == Keyword::workdir) return;
    not_input("time stamps and owners of the files",
              "content, mode and names count, mtime and the host's owner do not");
    bool used = false;
    for (const VariableReference& reference : step_.references) used = used || reference.definition != none;
    if (!used && step_.environment != none) not_input("ARG and ENV values", "no variable is expanded in this line");
  }

  const Model& model_;
  const SyntaxTree& tree_;
  const BuildContext& context_;
  StepId id_;
  const Step& step_;
  const Instruction& instruction_;
  CacheKey key_;
};

}  // namespace

CacheKey cache_key(const Model& model, const SyntaxTree& tree, const BuildContext& context, StepId step) {
  return KeyBuilder(model, tree, context, step).build();
}

}  // namespace keyline::analysis
