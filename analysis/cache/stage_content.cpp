#include "analysis/cache/stage_content.h"

#include <array>

#include "analysis/context/glob.h"
#include "analysis/context/source_match.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

bool is_related(std::string_view a, std::string_view b) { return is_within(a, b) || is_within(b, a); }

// Images have links here, so that one file has two paths.
bool may_be_linked(std::string_view path) {
  static constexpr std::array<std::string_view, 8> directories{"/bin",   "/sbin",    "/lib",      "/lib32",
                                                               "/lib64", "/var/run", "/var/lock", "/usr/lib64"};
  if (path == "/") return true;
  for (const std::string_view directory : directories) {
    if (is_within(path, directory) || is_within(path, "/usr" + std::string(directory))) return true;
  }
  return is_within(path, "/run");
}

bool may_be_archive(std::string_view name) {
  static constexpr std::array<std::string_view, 10> endings{".tar", ".gz",  ".tgz", ".bz2", ".tbz2",
                                                            ".xz",  ".txz", ".zst", ".tbz", ".Z"};
  for (const std::string_view ending : endings) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

class ContentTracer {
 public:
  ContentTracer(const Operations& operations, const BuildView& build, std::string_view path)
      : operations_(operations), build_(build), path_(path == "." ? "/" : "/" + std::string(path)) {}

  ContentTrace trace(OperationId id) {
    while (id != none) {
      trace_.same_in.push_back(id);
      const Operation& operation = operations_.all[id];
      const bool passes = operation.kind == Operation::Kind::mkdir   ? passes_mkdir(operation)
                          : operation.kind == Operation::Kind::copy  ? passes_copy(operation)
                          : operation.kind == Operation::Kind::merge ? passes_copy(copy_of(operation))
                                                                     : false;
      if (!passes) break;
      id = operation.inputs.front().operation;
    }
    return std::move(trace_);
  }

 private:
  enum class Touch : std::uint8_t { leaves_alone, brings, unknown };

  const Operation& copy_of(const Operation& merge) const { return operations_.all[merge.inputs.back().operation]; }

  bool passes_mkdir(const Operation& operation) const {
    const Value& made = build_.model.steps[operation.step].destination;
    if (!made.known || may_be_linked(made.text) || may_be_linked(path_)) return false;
    return !is_within(made.text, path_);
  }

  bool passes_copy(const Operation& operation) {
    const Step& step = build_.model.steps[operation.step];
    if (!step.destination.known || operation.parents || !operation.excludes.empty()) return false;
    if (may_be_linked(step.destination.text) || may_be_linked(path_)) return false;
    bool passes = true;
    for (const Origin& origin : step.origins) {
      for (std::size_t i = 0; i < std::max<std::size_t>(origin.paths.size(), 1); ++i) {
        const Touch touch = origin.paths.empty() ? touch_unseen(step) : touch_of(step, origin, origin.paths[i]);
        if (touch == Touch::leaves_alone) continue;
        passes = false;
        if (touch == Touch::unknown) trace_.file.reset();
        if (touch == Touch::unknown) return false;
      }
    }
    return passes;
  }

  Touch touch_unseen(const Step& step) const {
    return is_related(path_, clean_path(step.destination.text)) ? Touch::unknown : Touch::leaves_alone;
  }

  // Null for what is not seen before the build.
  const BuildContext* context_of(const Origin& origin) const {
    if (origin.kind == Origin::Kind::context) return &build_.context;
    const auto named = build_.named_contexts.find(origin.name);
    const bool known = origin.kind == Origin::Kind::named_context && named != build_.named_contexts.end();
    return known ? named->second.get() : nullptr;
  }

  Touch touch_of(const Step& step, const Origin& origin, const Value& source) {
    const std::string target = clean_path(step.destination.text);
    if (!is_related(path_, target)) return Touch::leaves_alone;
    const std::string name(base_name(source.text));
    const BuildContext* context = context_of(origin);
    const bool seen = context != nullptr && source.known && !has_wildcard(source.text) &&
                      !(step.keyword == Keyword::add && may_be_archive(name));
    if (!seen) return Touch::unknown;
    const SourceMatch match = match_source(*context, source.text);
    if (!match.known || match.missing) return Touch::unknown;
    if (match.whole_context) return touch_of_tree(*context, "", target, step);
    const ContextEntry& entry = context->entries()[match.roots.front()];
    if (entry.kind == EntryKind::directory) return touch_of_tree(*context, entry.path, target, step);
    // A file goes into a directory, or under the name given unless that is a directory in the image.
    const bool into = step.destination.text.ends_with('/') || step.sources.size() > 1;
    if (!into && base_name(target) != name) return Touch::unknown;
    const std::string landing = into ? join_path(target, name) : target;
    if (!is_related(path_, landing)) return Touch::leaves_alone;
    return path_ == landing ? bring(*context, entry.path, step) : Touch::unknown;
  }

  // A copied directory leaves alone what it has no entry for.
  Touch touch_of_tree(const BuildContext& context, const std::string& directory, const std::string& target,
                      const Step& step) {
    if (!is_within(path_, target) || path_ == target) return Touch::unknown;
    const std::string below = path_.substr(target == "/" ? 1 : target.size() + 1);
    const std::string place = directory.empty() ? below : directory + '/' + below;
    if (const ContextEntry* entry = find_entry(context, place); entry != nullptr)
      return entry->kind == EntryKind::file ? bring(context, place, step) : Touch::unknown;
    for (std::size_t slash = place.rfind('/'); slash != std::string::npos && slash > directory.size();
         slash = place.rfind('/', slash - 1)) {
      const ContextEntry* above = find_entry(context, place.substr(0, slash));
      if (above != nullptr && above->kind != EntryKind::directory) return Touch::unknown;
    }
    return Touch::leaves_alone;
  }

  Touch bring(const BuildContext& context, const std::string& file, const Step& step) {
    trace_.file = content_of(context, file);
    if (!trace_.file->known()) trace_.file.reset();
    trace_.form.clear();
    for (const Flag& flag : instruction_of(build_.tree, step).flags) {
      if (flag.name() == "chown" || flag.name() == "chmod") trace_.form += ' ' + flag.text;
    }
    return trace_.file ? Touch::brings : Touch::unknown;
  }

  const Operations& operations_;
  const BuildView& build_;
  std::string path_;
  ContentTrace trace_;
};

}  // namespace

ContentTrace trace_content(const Operations& operations, const BuildView& build, OperationId operation,
                           std::string_view path) {
  return ContentTracer(operations, build, path).trace(operation);
}

}  // namespace keyline::analysis
