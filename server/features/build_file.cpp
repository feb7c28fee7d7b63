#include "server/features/build_file.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "analysis/assist/build_file_completion.h"
#include "analysis/explain/words.h"
#include "analysis/text/path.h"
#include "protocol/uri.h"
#include "server/features/completion_items.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::Build;
using analysis::BuildFilePlace;
using analysis::BuildFileTopic;
using analysis::BuildText;
using analysis::count_of;
using analysis::DockerfileName;
using analysis::Offset;
using analysis::Span;

namespace {

analysis::BuildFileText text_of(const BuildFileView& view) { return {view.kind, view.text, view.file}; }

Offset offset_of(const BuildFileView& view, const lsp::Position& position) {
  return to_span(view.lines, view.text, {position, position}, view.client.encoding).begin;
}

lsp::Range range_of(const BuildFileView& view, Span span) {
  return to_range(view.lines, view.text, span, view.client.encoding);
}

std::string folder_of(const BuildFileView& view) { return view.path.substr(0, view.path.rfind('/')); }

std::string absolute(const BuildFileView& view, const std::string& path) {
  return analysis::is_absolute(path) ? path : analysis::join_path(folder_of(view), path);
}

// The Dockerfile of a build; null when it is not known or not there.
const KnownDockerfile* dockerfile_of(const BuildFileView& view, const Build* build) {
  if (build == nullptr || !build->dockerfile.complete || build->dockerfile.text.empty()) return nullptr;
  const std::string path = absolute(view, build->dockerfile.text);
  const auto found = std::find_if(view.dockerfiles.begin(), view.dockerfiles.end(),
                                  [&](const KnownDockerfile& each) { return each.path == path; });
  return found == view.dockerfiles.end() ? nullptr : &*found;
}

// What stands at a position, and what it means in the Dockerfile.
struct Meaning {
  BuildFileTopic topic = BuildFileTopic::nothing;
  Span span = {};
  std::string word;
  const Build* build = nullptr;
  const KnownDockerfile* dockerfile = nullptr;
  const DockerfileName* name = nullptr;  // of a stage or an argument
  lsp::Range range = {};                 // of that name's line
  // Of an argument: the steps that another value re-runs; null where the build makes another stage than the last.
  const std::vector<RekeyedStep>* rekeyed = nullptr;
};

bool makes_last_stage(const Build& build, const DockerfilePlaces& places) {
  return !build.target || (build.target->complete && build.target->text == places.last_stage);
}

Meaning meaning_at(const BuildFileView& view, const lsp::Position& position) {
  const Offset offset = offset_of(view, position);
  Meaning meaning;
  for (const Build& build : view.file.builds) {
    if (!build.span.touches(offset)) continue;
    return {BuildFileTopic::target, build.span, build.name, &build, dockerfile_of(view, &build)};
  }
  const BuildFilePlace place = place_in_build_file(view.kind, view.text, offset);
  // A name of `args` in front of its value counts as well.
  meaning.topic = topic_of(text_of(view), place);
  meaning.span = place.word;
  meaning.word = slice(view.text, place.word);
  meaning.build = build_around(text_of(view), place);
  meaning.dockerfile = dockerfile_of(view, meaning.build);
  if (meaning.dockerfile == nullptr) return meaning;
  const DockerfilePlaces& places = *meaning.dockerfile->places;
  const auto look_up = [&](const std::vector<DockerfileName>& names, const std::vector<lsp::Range>& ranges) {
    meaning.name = find_name(names, meaning.word);
    if (meaning.name != nullptr) meaning.range = ranges[static_cast<std::size_t>(meaning.name - names.data())];
  };
  if (meaning.topic == BuildFileTopic::stage) look_up(places.names.stages, places.stages);
  if (meaning.topic == BuildFileTopic::argument) {
    look_up(places.names.arguments, places.arguments);
    if (meaning.name != nullptr && makes_last_stage(*meaning.build, places))
      meaning.rekeyed = &places.rekeyed[static_cast<std::size_t>(meaning.name - places.names.arguments.data())];
  }
  return meaning;
}

std::string doubts(const BuildText& text) {
  if (!text.per_build.empty()) return fmt::format(", another one in every build: `{}`", text.per_build);
  if (text.complete && !text.open.empty()) return fmt::format(", unless `{}` is set", text.open.front());
  return text.complete ? "" : ", not known here";
}

std::string summary(const BuildFileView& view, const Build& build, const KnownDockerfile* dockerfile) {
  std::string text = fmt::format("**{}**\n\n| | |\n|---|---|\n| context | `{}`{} |\n", build.name, build.context.text,
                                 doubts(build.context));
  text += fmt::format("| Dockerfile | `{}`{} |\n",
                      build.dockerfile.text.empty() ? "inside this file" : build.dockerfile.text,
                      dockerfile == nullptr && !build.dockerfile.text.empty() ? ", not found in the workspace" : "");
  if (build.target) text += fmt::format("| target | `{}`{} |\n", build.target->text, doubts(*build.target));
  for (const analysis::BuildArgument& each : build.arguments) {
    const bool unknown = dockerfile != nullptr && find_name(dockerfile->places->names.arguments, each.name) == nullptr;
    text += fmt::format("| `{}` | {}{} |\n", each.name,
                        each.value ? fmt::format("`{}`{}", each.value->text, doubts(*each.value))
                                   : "from the environment of whoever builds",
                        unknown ? ", **no ARG takes it**" : "");
  }
  for (const auto& [title, caches] : {std::pair{"reads cache", &build.cache_from}, {"writes cache", &build.cache_to}}) {
    for (const analysis::CacheBackend& each : *caches)
      text += fmt::format("| {} | `{}` |\n", title, slice(view.text, each.span));
  }
  return text;
}

// What another value costs.
std::string told_of_steps(const Meaning& meaning) {
  constexpr std::size_t most_steps = 6;
  if (meaning.rekeyed == nullptr) return {};
  if (meaning.rekeyed->empty()) return "\n\nA new value re-runs nothing.";
  std::string text = fmt::format("\n\nA new value re-runs {}:\n", count_of(meaning.rekeyed->size(), "step", "steps"));
  for (std::size_t i = 0; i < std::min(most_steps, meaning.rekeyed->size()); ++i) {
    const RekeyedStep& step = (*meaning.rekeyed)[i];
    text += fmt::format("\n- line {}: `{}`", step.range.start.line + 1, step.name);
  }
  if (meaning.rekeyed->size() > most_steps)
    text += fmt::format("\n- and {} more", meaning.rekeyed->size() - most_steps);
  return text;
}

std::string told(const BuildFileView& view, const Meaning& meaning) {
  if (meaning.topic == BuildFileTopic::target && meaning.build != nullptr)
    return summary(view, *meaning.build, meaning.dockerfile);
  if (meaning.dockerfile == nullptr || meaning.word.empty()) return {};
  const std::string& file = meaning.build->dockerfile.text;
  const bool stage = meaning.topic == BuildFileTopic::stage;
  if (!stage && meaning.topic != BuildFileTopic::argument) return {};
  if (meaning.name == nullptr) {
    return stage ? fmt::format("`{}` has no stage `{}`", file, meaning.word)
                 : fmt::format("`{}` has no effect: no ARG of `{}` takes it", meaning.word, file);
  }
  const std::string line = fmt::format("`{}` line {}", file, meaning.range.start.line + 1);
  if (stage) return fmt::format("Stage `{}` of {}, from `{}`", meaning.name->name, line, meaning.name->detail);
  return (meaning.name->detail.empty()
              ? fmt::format("`ARG {}` of {}, without a default", meaning.name->name, line)
              : fmt::format("`ARG {}` of {}, by default `{}`", meaning.name->name, line, meaning.name->detail)) +
         told_of_steps(meaning);
}

// As `dockerfile:` of the build would name them: from its context.
std::vector<std::string> written_paths(const BuildFileView& view, const Build* build) {
  std::vector<std::string> paths;
  if (build == nullptr || !build->context.complete) return paths;
  const std::string context = absolute(view, build->context.text);
  for (const KnownDockerfile& each : view.dockerfiles) {
    if (analysis::is_within(each.path, context)) paths.push_back(each.path.substr(context.size() + 1));
  }
  return paths;
}

}  // namespace

lsp::CompletionList build_file_completion(const BuildFileView& view, const lsp::CompletionParams& params) {
  const Offset offset = offset_of(view, params.position);
  const BuildFilePlace place = place_in_build_file(view.kind, view.text, offset);
  const Build* build = build_around(text_of(view), place);
  const KnownDockerfile* dockerfile = dockerfile_of(view, build);
  const std::vector<std::string> paths = written_paths(view, build);
  analysis::Completions found =
      complete_build_file(text_of(view), offset, dockerfile == nullptr ? nullptr : &dockerfile->places->names, paths);
  const lsp::Range replace = range_of(view, found.replace);
  return to_completion_list(std::move(found), replace);
}

lsp::HoverRequest::Result build_file_hover(const BuildFileView& view, const lsp::HoverParams& params) {
  const Meaning meaning = meaning_at(view, params.position);
  std::string text = told(view, meaning);
  if (text.empty()) return std::nullopt;
  lsp::Hover hover;
  hover.contents = lsp::MarkupContent{view.client.markdown ? "markdown" : "plaintext", std::move(text)};
  hover.range = range_of(view, meaning.span);
  return hover;
}

lsp::DefinitionRequest::Result build_file_definition(const BuildFileView& view,
                                                     const lsp::TextDocumentPositionParams& params) {
  const Meaning meaning = meaning_at(view, params.position);
  std::vector<lsp::Location> locations;
  if (meaning.topic == BuildFileTopic::target) {
    // Another target; its own name leads to its Dockerfile.
    for (const Build& build : view.file.builds) {
      if (build.name == "target " + meaning.word) locations.push_back({view.uri, range_of(view, build.span)});
    }
    if (!locations.empty()) return locations;
  }
  const bool in_dockerfile = meaning.topic == BuildFileTopic::stage || meaning.topic == BuildFileTopic::argument;
  if (meaning.dockerfile != nullptr && (!in_dockerfile || meaning.name != nullptr))
    locations.push_back({meaning.dockerfile->uri, meaning.range});
  return locations;
}

lsp::ReferencesRequest::Result build_file_references(const BuildFileView& view, const lsp::ReferenceParams& params) {
  const Meaning meaning = meaning_at(view, params.position);
  std::vector<lsp::Location> locations;
  if (meaning.name == nullptr) return locations;
  if (params.context.includeDeclaration) locations.push_back({meaning.dockerfile->uri, meaning.range});
  if (meaning.rekeyed == nullptr) return locations;
  for (const RekeyedStep& step : *meaning.rekeyed) locations.push_back({meaning.dockerfile->uri, step.range});
  return locations;
}

lsp::DocumentLinkRequest::Result build_file_links(const BuildFileView& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::DocumentLink> links;
  for (const Build& build : view.file.builds) {
    const KnownDockerfile* dockerfile = dockerfile_of(view, &build);
    if (dockerfile == nullptr) continue;
    for (const Span span : {build.context.span, build.dockerfile.span}) {
      const lsp::Range range = range_of(view, span);
      const bool seen = std::any_of(links.begin(), links.end(), [&](const auto& each) { return each.range == range; });
      if (!span.empty() && !seen) links.push_back({range, dockerfile->uri});
    }
  }
  return links;
}

lsp::DocumentSymbolRequest::Result build_file_symbols(const BuildFileView& view, const lsp::TextDocumentParams&) {
  std::vector<lsp::DocumentSymbol> symbols;
  std::vector<lsp::SymbolInformation> flat;
  for (const Build& build : view.file.builds) {
    const lsp::Range range = range_of(view, build.span);
    if (!view.client.hierarchical_symbols) {
      flat.push_back({build.name, lsp::SymbolKind::module, {view.uri, range}, std::nullopt});
      continue;
    }
    lsp::DocumentSymbol& symbol = symbols.emplace_back();
    symbol.name = build.name;
    symbol.detail = build.dockerfile.text;
    symbol.kind = lsp::SymbolKind::module;
    symbol.range = symbol.selectionRange = range;
  }
  if (view.client.hierarchical_symbols) return symbols;
  return flat;
}

}  // namespace keyline::server::features
