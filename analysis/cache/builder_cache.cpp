#include "analysis/cache/builder_cache.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "analysis/cache/content.h"
#include "analysis/cache/stage_content.h"
#include "analysis/context/glob.h"

namespace keyline::analysis {

namespace {

struct Candidate {
  std::string token;
  Outcome certainty = Outcome::cached;  // reruns: remembered for later builds, matches nothing now
  bool remembered = true;               // false: only looked up
};

// The selectors in the order in which their digests are joined, each path once and none that lies in another
// (ops/file.go: dedupeSelectors, ops/exec.go: dedupePaths).
std::vector<OperationInput::Selector> joined_order(std::vector<OperationInput::Selector> selectors) {
  const auto is_inside = [](const std::string& path, const std::string& directory) {
    return directory == "." ? path != "." : path.size() > directory.size() && path.starts_with(directory + '/');
  };
  std::vector<OperationInput::Selector> kept;
  for (const OperationInput::Selector& selector : selectors) {
    const bool literal = selector.known && !has_wildcard(selector.path);
    const bool covered = literal && std::any_of(selectors.begin(), selectors.end(), [&](const auto& other) {
                           return other.known && !has_wildcard(other.path) && is_inside(selector.path, other.path);
                         });
    const bool repeated = literal && std::any_of(kept.begin(), kept.end(),
                                                 [&](const auto& other) { return other.path == selector.path; });
    if (!covered && !repeated) kept.push_back(selector);
  }
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return kept;
}

// What one input offers to a lookup.
struct Offer {
  std::vector<Candidate> candidates;
  // What matches besides: content that nobody has seen yet may equal any.
  std::optional<Outcome> anything;
  std::string missing;
};

}  // namespace

// One build, step by step, against a cache that it writes to only through `made_`.
class BuildReplay {
 public:
  BuildReplay(const BuilderCache& cache, const BuildView& build, ContentMemo& contents)
      : cache_(cache),
        build_(build),
        contents_(contents),
        operations_(operations_of(build.model, build.tree, build.options)),
        definitions_(definition_digests(operations_)),
        states_(operations_.all.size()) {}

  std::vector<StepForecast> run() {
    for (OperationId id = 0; id < operations_.all.size(); ++id) {
      if (is_needed(operations_.all[id])) evaluate(id);
    }
    return forecasts();
  }

  // Leaves what the build made behind.
  void store(BuilderCache& cache) && {
    for (auto& [own, records] : made_) {
      std::vector<BuilderCache::Record>& all = cache.records_[own];
      for (BuilderCache::Record& record : records) all.push_back(std::move(record));
    }
    for (const auto& [own, index, input, token] : learned_) cache.records_[own][index].inputs[input].insert(token);
    cache.images_.insert(images_.begin(), images_.end());
    cache.keys_ = cache_.keys_ + new_keys_;
    ++cache.builds_;
  }

 private:
  using Record = BuilderCache::Record;

  // Tokens that name a content begin with one of these.
  static constexpr std::string_view exact_content = "files";
  static constexpr std::string_view loose_content = "alike";

  struct State {
    Outcome outcome = Outcome::cached;
    std::vector<Candidate> keys;  // of its result, for the steps that stand on it
    PastStep reused;
    std::string missing;
    bool evaluated = false;
  };

  // A stage that is not needed is not built; images of COPY --from belong to whoever asks.
  bool is_needed(const Operation& operation) const {
    return operation.step == none || build_.model.stages[build_.model.steps[operation.step].stage].reachable;
  }

  void evaluate(OperationId id) {
    const Operation& operation = operations_.all[id];
    State& state = states_[id];
    state.evaluated = true;
    // Equal steps on equal steps are one: run once, shown once (cache-model 1.5).
    const auto [first, is_new] = first_of_.try_emplace(definitions_[id], id);
    if (!is_new) {
      state = states_[first->second];
      return;
    }
    if (operation.kind == Operation::Kind::image)
      find_image(operation, state);
    else
      find_records(id, state);
  }

  void find_image(const Operation& image, State& state) {
    look_up_image(image, state);
    if (!image.named_context.empty()) return;
    // Where the builder's own platform is not known, the one that is written may be it.
    const std::string name = image.digest.empty() ? "tag " + image.reference : "image " + image.digest;
    const bool written = !image.platform.empty();
    const std::string same_way = name + (written ? "|written" : "|builder's");
    const std::string other_way = name + (written ? "|builder's" : "|written");
    state.keys.push_back({same_way, Outcome::reruns});
    state.keys.push_back({other_way, Outcome::unknown, false});
    images_.insert(same_way);
    if (state.outcome != Outcome::reruns || !cache_.images_.contains(other_way)) return;
    state.outcome = Outcome::unknown;
    state.missing = "which platform the builder builds for";
  }

  void look_up_image(const Operation& image, State& state) {
    if (!image.named_context.empty()) {
      const bool directory = build_.named_contexts.contains(image.named_context);
      state.outcome = directory ? Outcome::reruns : Outcome::unknown;
      if (!directory) state.missing = fmt::format("what the context {} stands for", image.named_context);
      return;
    }
    const std::string platform = "|" + image.own;
    const std::string tag = "tag " + image.reference + platform;
    const std::string unseen = "unseen " + image.reference + platform;
    if (image.digest.empty()) {
      // Nobody asked the registry: the tag is taken to stand where it stood.
      state.keys = {{tag, Outcome::cached}, {unseen, Outcome::reruns}};
      state.outcome = cache_.images_.contains(tag) ? Outcome::cached : Outcome::reruns;
      images_.insert({tag, unseen});
      return;
    }
    const std::string manifest = "image " + image.digest + platform;
    const std::string layers = image.layers.empty() ? std::string() : "layers " + image.layers + platform;
    const bool seen = cache_.images_.contains(manifest);
    state.keys = {{manifest, Outcome::cached}, {unseen, Outcome::unknown, false}, {tag, Outcome::reruns}};
    // A builder files new steps under the layers as well when it has not met the manifest before (cache-model 7.3).
    if (!seen && !layers.empty()) state.keys.push_back({layers, Outcome::cached});
    const bool known = seen || (!layers.empty() && cache_.images_.contains(layers));
    state.outcome = known ? Outcome::cached : cache_.images_.contains(unseen) ? Outcome::unknown : Outcome::reruns;
    if (state.outcome == Outcome::unknown) state.missing = "which image the last build took for " + image.reference;
    images_.insert({manifest, tag});
    if (!layers.empty()) images_.insert(layers);
  }

  void find_records(OperationId id, State& state) {
    const Operation& operation = operations_.all[id];
    std::vector<Offer> offers;
    for (const OperationInput& input : operation.inputs) offers.push_back(offer_of(operation, input));
    state.outcome = Outcome::reruns;
    for (const Offer& offer : offers) {
      if (state.missing.empty()) state.missing = offer.missing;
    }
    match(cache_.records_, operation, offers, state, true);
    match(made_, operation, offers, state, false);
    if (state.outcome == Outcome::cached) return;
    // What it makes if it runs.
    Record record;
    record.key = fmt::format("step {}", cache_.keys_ + new_keys_++);
    record.made_by = {cache_.builds_, id};
    for (const Offer& offer : offers) {
      std::unordered_set<std::string>& tokens = record.inputs.emplace_back();
      for (const Candidate& candidate : offer.candidates) {
        if (candidate.remembered) tokens.insert(candidate.token);
      }
    }
    state.keys.push_back({record.key, Outcome::cached});
    made_[operation.own].push_back(std::move(record));
  }

  using Records = std::unordered_map<std::string, std::vector<Record>>;

  void match(const Records& records, const Operation& operation, const std::vector<Offer>& offers, State& state,
             bool remembered) {
    const auto found = records.find(operation.own);
    if (found == records.end()) return;
    for (std::size_t index = found->second.size(); index-- > 0;) {
      const Record& record = found->second[index];
      Outcome outcome = Outcome::cached;
      for (std::size_t i = 0; i < offers.size() && outcome != Outcome::reruns; ++i) {
        const Outcome one = i < record.inputs.size() ? match_input(offers[i], record.inputs[i]) : Outcome::reruns;
        outcome = std::max(outcome, one);
      }
      if (outcome == Outcome::reruns) continue;
      if (outcome < state.outcome) {
        state.outcome = outcome;
        state.reused = record.made_by;
      }
      state.keys.push_back({record.key, outcome});
      if (outcome == Outcome::cached && remembered) learn(operation.own, index, offers);
    }
  }

  // A record that was found answers to this build's keys from now on.
  void learn(const std::string& own, std::size_t index, const std::vector<Offer>& offers) {
    for (std::size_t i = 0; i < offers.size(); ++i) {
      for (const Candidate& candidate : offers[i].candidates) {
        if (candidate.certainty == Outcome::cached) learned_.push_back({own, index, i, candidate.token});
      }
    }
  }

  static Outcome match_input(const Offer& offer, const std::unordered_set<std::string>& tokens) {
    Outcome best = offer.anything.value_or(Outcome::reruns);
    for (const Candidate& candidate : offer.candidates) {
      if (candidate.certainty < best && tokens.contains(candidate.token)) best = candidate.certainty;
    }
    // What an image or a stage held then is not known, and may be what these files hold.
    if (best == Outcome::reruns && is_content(offer) && !has_content(tokens)) return Outcome::if_content_differs;
    // Two contents that are both known, and are not the same.
    if (best == offer.anything && best == Outcome::if_content_differs && is_other_content(offer, tokens))
      return Outcome::reruns;
    return best;
  }

  static bool is_content(const Offer& offer) {
    return std::any_of(offer.candidates.begin(), offer.candidates.end(),
                       [](const Candidate& each) { return each.token.starts_with(exact_content); });
  }
  static bool has_content(const std::unordered_set<std::string>& tokens) {
    return std::any_of(tokens.begin(), tokens.end(),
                       [](const std::string& token) { return token.starts_with(exact_content); });
  }

  static bool is_other_content(const Offer& offer, const std::unordered_set<std::string>& tokens) {
    const auto form = [](std::string_view token) { return token.substr(0, token.find('\n')); };
    const auto loose = std::find_if(offer.candidates.begin(), offer.candidates.end(),
                                    [](const Candidate& each) { return each.token.starts_with(loose_content); });
    if (loose == offer.candidates.end() || tokens.contains(loose->token)) return false;
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const std::string& token) { return form(token) == form(loose->token); });
  }

  Offer offer_of(const Operation& operation, const OperationInput& input) const {
    Offer offer;
    switch (input.from) {
      case OperationInput::From::scratch:
        offer.candidates.push_back({"scratch", Outcome::cached});
        break;
      case OperationInput::From::heredoc:
        offer.candidates.push_back({"inline", Outcome::cached});
        break;
      case OperationInput::From::operation:
        offer_result(input, offer);
        break;
      case OperationInput::From::context:
        offer_files(build_.context, operation, input, offer);
        break;
      case OperationInput::From::named_context:
        if (const auto named = build_.named_contexts.find(input.name); named != build_.named_contexts.end()) {
          offer_files(*named->second, operation, input, offer);
        } else {
          offer.anything = Outcome::unknown;
          offer.missing = fmt::format("the files of the context {}", input.name);
        }
        break;
      case OperationInput::From::remote:
      case OperationInput::From::git:
        // The builder asks the server each time; a checksum or commit settles it.
        if (input.pinned)
          offer.candidates.push_back({"remote " + input.name, Outcome::cached});
        else
          offer.anything = Outcome::if_content_differs;
        break;
    }
    return offer;
  }

  void offer_result(const OperationInput& input, Offer& offer) const {
    const State& source = states_[input.operation];
    offer.missing = source.missing;
    if (!input.content) {
      offer.candidates = source.keys;
      return;
    }
    const std::vector<OperationInput::Selector> selectors = joined_order(input.selectors);
    std::string selected;
    std::vector<OperationId> same_in{input.operation};
    bool first = true;
    for (const OperationInput::Selector& selector : selectors) {
      selected += "\n" + selector.path;
      if (!selector.known || has_wildcard(selector.path)) continue;
      const ContentTrace trace = trace_content(operations_, build_, input.operation, selector.path);
      if (first || trace.same_in.size() < same_in.size()) same_in = trace.same_in;
      first = false;
      if (trace.file && selectors.size() == 1) {
        offer.candidates.push_back(
            {std::string(exact_content) + trace.form + "\n" + trace.file->exact, Outcome::cached});
        offer.candidates.push_back(
            {std::string(loose_content) + trace.form + "\n" + trace.file->loose, Outcome::if_content_differs});
      }
    }
    const bool all_traced = std::none_of(selectors.begin(), selectors.end(), [](const auto& selector) {
      return !selector.known || has_wildcard(selector.path);
    });
    if (!all_traced) same_in.resize(1);
    for (const OperationId id : same_in) {
      for (const Candidate& key : states_[id].keys)
        offer.candidates.push_back({key.token + selected, key.certainty, key.remembered});
    }
    // Nobody knows before it ran whether what it makes is what another made.
    offer.anything =
        states_[same_in.back()].outcome == Outcome::unknown ? Outcome::unknown : Outcome::if_content_differs;
  }

  void offer_files(const BuildContext& context, const Operation& operation, const OperationInput& input,
                   Offer& offer) const {
    std::string exact(exact_content);
    std::string loose(loose_content);
    for (const OperationInput::Selector& selector : joined_order(input.selectors)) {
      SourceContent content;
      if (selector.known)
        content = contents_.of(context, selector.path, {operation.excludes, operation.parents});
      else
        content.missing = "the value of a variable in the path";
      if (!content.known()) {
        offer.anything = Outcome::unknown;
        offer.missing = content.missing;
        return;
      }
      exact += "\n" + content.exact;
      loose += "\n" + content.loose;
    }
    offer.candidates.push_back({exact, Outcome::cached});
    offer.candidates.push_back({loose, Outcome::if_content_differs});
  }

  std::vector<StepForecast> forecasts() const {
    std::vector<StepForecast> result(build_.model.steps.size());
    for (StepId step = 0; step < result.size(); ++step) {
      const OperationId id = operations_.of_step[step];
      if (id == none || !states_[id].evaluated) continue;
      const State& state = states_[id];
      result[step].needed = true;
      result[step].outcome = state.outcome;
      result[step].reused = state.reused;
      if (state.outcome == Outcome::unknown) result[step].missing = state.missing;
      if (const OperationId merge = operations_.result_of_step[step]; merge != id)
        result[step].merge = states_[merge].outcome;
    }
    return result;
  }

  struct Learned {
    std::string own;
    std::size_t record = 0;
    std::size_t input = 0;
    std::string token;
  };

  const BuilderCache& cache_;
  const BuildView& build_;
  ContentMemo& contents_;
  Operations operations_;
  std::vector<std::string> definitions_;
  std::vector<State> states_;
  std::unordered_map<std::string, OperationId> first_of_;
  Records made_;
  std::vector<Learned> learned_;
  std::unordered_set<std::string> images_;
  std::uint64_t new_keys_ = 0;
};

std::vector<StepForecast> BuilderCache::add(const BuildView& build) {
  ContentMemo contents(nullptr);
  BuildReplay replay(*this, build, contents);
  std::vector<StepForecast> forecasts = replay.run();
  std::move(replay).store(*this);
  return forecasts;
}

std::vector<StepForecast> BuilderCache::predict(const BuildView& next, ContentMemo& contents) const {
  return BuildReplay(*this, next, contents).run();
}

}  // namespace keyline::analysis
