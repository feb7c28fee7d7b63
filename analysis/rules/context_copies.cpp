#include "analysis/rules/context_copies.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/context/source_match.h"
#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

bool has_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

// Without the context: a word that says it is a directory, or a bare name without an ending.
bool looks_like_directory(std::string_view written, std::string_view cleaned) {
  if (written.ends_with('/')) return true;
  const std::string_view name = base_name(cleaned);
  return name.find('.') == std::string_view::npos && name != "Gemfile" && name != "Dockerfile" && name != "Makefile" &&
         name != "Pipfile" && name != "mvnw" && name != "gradlew" && name.find("requirement") == std::string_view::npos;
}

// What a copy of an unknown context to "/" is not taken to bring.
constexpr std::string_view system_directories =
    "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var";

bool has_flag(const Instruction& instruction, std::string_view name) {
  return std::any_of(instruction.flags.begin(), instruction.flags.end(),
                     [&](const Flag& flag) { return flag.name() == name; });
}

// The sources of one COPY or ADD that lie in the context.
class CopyReader {
 public:
  CopyReader(const StepFacts& facts, StepId id)
      : facts_(facts),
        context_(facts.context().context),
        text_(*facts.context().tree.text),
        step_(facts.model().steps[id]),
        id_(id),
        destination_(facts.destination(id)),
        parents_(has_flag(facts.instruction(id), "parents")) {}

  std::vector<ContextCopy> read() && {
    if (step_.onbuild || !step_.known || destination_.empty()) return {};
    for (const Origin& origin : step_.origins) {
      if (origin.kind != Origin::Kind::context) continue;
      for (std::size_t i = 0; i < origin.paths.size(); ++i) {
        if (origin.paths[i].known)
          add(origin.paths[i].text, i < origin.spans.size() ? slice(text_, origin.spans[i]) : origin.paths[i].text);
      }
    }
    return std::move(copies_);
  }

 private:
  void add(const std::string& path, std::string_view written) {
    constexpr std::size_t most_matches = 100;
    const std::string source = clean_source(path);
    const std::string_view name = base_name(source);
    if (source == ".") {
      add(source, true, true);
    } else if (name == "*" || name == "**") {
      const std::string directory(directory_of(source).empty() ? "." : directory_of(source));
      add(directory, true, directory == ".");
    } else if (!context_.complete()) {
      add(source, !has_glob(source) && looks_like_directory(written, source), false);
    } else if (const SourceMatch& match = facts_.study(match_source, source);
               match.wildcard && match.roots.size() <= most_matches) {
      for (const std::uint32_t root : match.roots) add(context_.entries()[root]);
    } else if (const ContextEntry* entry = find_entry(context_, source)) {
      add(*entry);
    } else {
      add(source, false, false);
    }
  }
  void add(const ContextEntry& entry) { add(entry.path, entry.kind == EntryKind::directory, false); }
  void add(const std::string& source, bool directory, bool whole) {
    std::string destination = destination_;
    if (parents_ && !whole) destination = resolve_path(destination_, directory ? source : directory_of(source));
    copies_.push_back({id_, source, std::move(destination), directory, whole});
  }

  const StepFacts& facts_;
  const BuildContext& context_;
  std::string_view text_;
  const Step& step_;
  StepId id_;
  const std::string& destination_;
  bool parents_;
  std::vector<ContextCopy> copies_;
};

}  // namespace

ContextCopies::ContextCopies(const StepFacts& facts) : model_(facts.model()) {
  copies_.resize(model_.steps.size());
  for (const StepId step : facts.file_steps()) copies_[step] = CopyReader(facts, step).read();
}

const ContextCopies& StepFacts::context_copies() const {
  if (!context_copies_) context_copies_ = std::make_shared<const ContextCopies>(*this);
  return *context_copies_;
}

CopyList ContextCopies::above(StepId step) const {
  constexpr std::size_t most = 300;  // more than anyone writes; keeps absurd files quick
  CopyList list;
  for (StepId at = model_.steps[step].parent; at != none && list.size() < most; at = model_.steps[at].parent) {
    for (const ContextCopy& copy : copies_[at]) list.push_back(&copy);
  }
  return list;
}

std::optional<std::string> landing_directory(const ContextCopy& copy, std::string_view file) {
  if (!copy.directory) {
    const bool brings = copy.source == file || matches_glob(file, copy.source);
    return brings ? std::optional(copy.destination) : std::nullopt;
  }
  if (!is_within(file, copy.source)) return std::nullopt;
  return resolve_path(copy.destination, directory_of(path_below(file, copy.source)));
}

bool may_bring(const BuildContext& context, const ContextCopy& copy, std::string_view image_path) {
  if (image_path.empty() || is_within(copy.destination, image_path)) return true;
  if (!is_within(image_path, copy.destination)) return false;
  const std::string_view below = path_below(image_path, copy.destination);
  if (!context.complete())
    return copy.destination != "/" || !lists(system_directories, below.substr(0, below.find('/')));
  if (copy.directory) return find_entry(context, resolve_path(copy.source, below)) != nullptr;
  return matches_glob(below.substr(0, below.find('/')), base_name(copy.source));
}

std::string trace(const CopyList& copies, std::string_view image_path) {
  // A copy of the file itself says more than one of a directory around it, which may only look like one.
  for (const ContextCopy* each : copies) {
    const ContextCopy& copy = *each;
    if (copy.directory) continue;
    // A file lands under its own name in a directory, or takes the destination's.
    const std::string_view name = base_name(image_path);
    if (copy.destination == image_path) return has_glob(copy.source) ? std::string() : copy.source;
    if (directory_of(image_path) != copy.destination) continue;
    if (!matches_glob(name, base_name(copy.source))) continue;
    const std::string_view directory = directory_of(copy.source);
    return directory.empty() ? std::string(name) : fmt::format("{}/{}", directory, name);
  }
  for (const ContextCopy* copy : copies) {
    if (!copy->directory || !is_within(image_path, copy->destination)) continue;
    return resolve_path(copy->source, path_below(image_path, copy->destination));
  }
  return {};
}

}  // namespace keyline::analysis
