#include "analysis/replay/price.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "analysis/explain/words.h"
#include "analysis/replay/priced_rules.h"
#include "analysis/syntax/parser.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t longest_title = 48;
constexpr std::string_view blanks = " \t\r\n";

struct Replayed {
  SyntaxTree tree;
  Model model;
  Replay replay;
};

std::string text_of_step(const Model& model, const SyntaxTree& tree, StepId step) {
  const std::string name = step_name(model, tree, step);
  const std::size_t label = name.find("] ");
  return label == std::string::npos ? name : name.substr(label + 2);
}

// The command without the keyword, flags and line breaks, cut to fit a sentence.
std::string title_of(const Model& model, const SyntaxTree& tree, StepId step) {
  std::string text = text_of_step(model, tree, step);
  if (text.starts_with("RUN ")) text.erase(0, 4);
  while (text.starts_with("--")) {
    text.erase(0, std::min(text.find_first_of(blanks), text.size()));
    text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
  }
  std::string title;
  for (const char c : text) {
    const bool blank = blanks.find(c) != std::string_view::npos;
    if (blank && (title.empty() || title.back() == ' ')) continue;
    title += blank ? ' ' : c;
  }
  if (title.size() <= longest_title) return title;
  std::size_t end = longest_title;
  while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xC0U) == 0x80) --end;
  return title.substr(0, end) + "…";
}

// Steps of two versions of a file that are the same instruction: by stage and text, equals in their order.
class Counterparts {
 public:
  Counterparts(const Replayed& before, const Replayed& after) : of_(before.model.steps.size(), none) {
    std::map<std::string, std::vector<StepId>> known;
    for (StepId id = 0; id < after.model.steps.size(); ++id) {
      if (after.replay.steps[id].counted) known[key_of(after, id)].push_back(id);
    }
    std::map<std::string, std::size_t> taken;
    std::vector<bool> used(after.model.steps.size());
    for (StepId id = 0; id < before.model.steps.size(); ++id) {
      if (!before.replay.steps[id].counted) continue;
      const std::string key = key_of(before, id);
      const std::vector<StepId>& equals = known[key];
      if (const std::size_t place = taken[key]++; place < equals.size()) used[of_[id] = equals[place]] = true;
    }
    match_changed(before, after, used);
  }

  StepId of(StepId step) const { return of_[step]; }

 private:
  static std::string key_of(const Replayed& file, StepId step) {
    const StageId stage = file.model.steps[step].stage;
    const std::string& name = file.model.stages[stage].name;
    return (name.empty() ? std::to_string(stage) : name) + '\n' + text_of_step(file.model, file.tree, step);
  }

  // A step that the fix itself changes or splits goes on as the first new one of its kind and stage.
  void match_changed(const Replayed& before, const Replayed& after, std::vector<bool>& used) {
    for (StepId id = 0; id < of_.size(); ++id) {
      const Step& step = before.model.steps[id];
      if (!before.replay.steps[id].counted || step.op == Op::nothing || of_[id] != none) continue;
      for (StepId other = 0; other < used.size() && of_[id] == none; ++other) {
        const Step& candidate = after.model.steps[other];
        if (used[other] || !after.replay.steps[other].counted || candidate.keyword != step.keyword) continue;
        if (before.model.stages[step.stage].name != after.model.stages[candidate.stage].name) continue;
        used[of_[id] = other] = true;
      }
    }
  }

  std::vector<StepId> of_;
};

class Pricing {
 public:
  Pricing(const Snapshot& snapshot, const TreeHistory& history, std::string_view directory, const StepTimes& times)
      : snapshot_(snapshot),
        history_(history),
        directory_(directory),
        times_(times),
        now_(replayed(snapshot.text(), snapshot.context().dockerignore())) {}

  std::optional<Price> of(const Finding& finding) const {
    Price price;
    price.commits = now_.replay.commits;
    const bool order = is_order_rule(finding.rule->id);
    if (!order && !is_each_run_rule(finding.rule->id)) return std::nullopt;
    if (!order) return without_fix(finding, price);
    const std::vector<Fix> fixes = fixes_of(snapshot_, finding);
    const auto fix = std::ranges::find_if(fixes, [](const Fix& each) { return each.applicable(); });
    if (fix == fixes.end()) return without_fix(finding, price);
    if (hides_what_git_does_not_know(*fix)) return std::nullopt;
    const Dockerignore ignore(fix->dockerignore_edits.apply(snapshot_.context().dockerignore().text()));
    compare(replayed(fix->edits.apply(snapshot_.text()), ignore), finding, price);
    return price.step == none ? std::nullopt : std::optional<Price>(std::move(price));
  }

 private:
  Replayed replayed(std::string_view text, const Dockerignore& ignore) const {
    Replayed result;
    result.tree = parse(std::make_shared<const std::string>(text));
    result.model = build_model(result.tree, snapshot_.inputs.build);
    result.replay = replay({result.tree, result.model, snapshot_.inputs.build, ignore, directory_}, history_);
    return result;
  }

  bool hides_what_git_does_not_know(const Fix& fix) const {
    if (fix.dockerignore_edits.empty()) return false;
    const Dockerignore& before = snapshot_.context().dockerignore();
    const Dockerignore after(fix.dockerignore_edits.apply(before.text()));
    return std::ranges::any_of(snapshot_.context().entries(), [&](const ContextEntry& entry) {
      return entry.kind == EntryKind::file && entry.checkout_mode == 0 && after.match(entry.path).ignored;
    });
  }

  void take(StepId step, Price& price) const {
    price.step = step;
    price.title = title_of(now_.model, now_.tree, step);
    price.seconds = times_.of(step_name(now_.model, now_.tree, step));
    price.reran = now_.replay.steps[step].reran;
    price.maybe = now_.replay.steps[step].maybe;
  }

  // The RUN that the finding is about: the first one that it stands on or names.
  StepId victim_of(const Finding& finding) const {
    std::vector<Offset> places{finding.span.begin};
    for (const Related& related : finding.related) {
      if (!related.elsewhere) places.push_back(related.span.begin);
    }
    for (const Offset place : places) {
      const StepId step = step_at(snapshot_, place);
      if (step != none && now_.replay.steps[step].counted && now_.model.steps[step].op == Op::exec) return step;
    }
    return none;
  }

  std::optional<Price> without_fix(const Finding& finding, Price price) const {
    const StepId victim = victim_of(finding);
    if (victim == none) return std::nullopt;
    take(victim, price);
    return price;
  }

  void compare(const Replayed& then, const Finding& finding, Price& price) const {
    const Counterparts counterparts(now_, then);
    const StepId victim = victim_of(finding);
    std::uint32_t most = 0;
    price.worth_nothing = true;
    for (StepId id = 0; id < now_.model.steps.size(); ++id) {
      const ReplayedStep& before = now_.replay.steps[id];
      if (!before.counted) continue;
      // A step that the fix takes away runs no more.
      static const ReplayedStep gone;
      const ReplayedStep& after = counterparts.of(id) == none ? gone : then.replay.steps[counterparts.of(id)];
      const std::uint32_t spared = before.reran - std::min(before.reran, after.reran);
      price.spared += spared;
      if (after.reran + after.maybe < before.reran + before.maybe || spared > 0) price.worth_nothing = false;
      const bool better = price.step == none || spared > most || (spared == most && id == victim);
      if (!better) continue;
      most = spared;
      take(id, price);
      price.after_fix = after.reran;
    }
  }

  const Snapshot& snapshot_;
  const TreeHistory& history_;
  std::string_view directory_;
  const StepTimes& times_;
  Replayed now_;
};

}  // namespace

std::string price_text(const Price& price) {
  const std::string some = price.reran == 0 && price.maybe == 0 ? "none"
                           : price.maybe == 0                   ? std::to_string(price.reran)
                                              : fmt::format("{} to {}", price.reran, price.reran + price.maybe);
  std::string text = fmt::format("`{}` re-ran in {} of the last {} commits", price.title, some, price.commits);
  if (price.seconds.value_or(0) >= 1) text += fmt::format(", {} each", duration_of(*price.seconds));
  if (price.after_fix) text += fmt::format("; after this fix: {}", *price.after_fix);
  return text;
}

Prices price_findings(const Snapshot& snapshot, const TreeHistory& history, std::string_view directory,
                      const StepTimes& times) {
  Prices prices;
  if (history.commits.empty() || snapshot.findings.empty()) return prices;
  const Pricing pricing(snapshot, history, directory, times);
  for (std::size_t i = 0; i < snapshot.findings.size(); ++i) {
    if (std::optional<Price> price = pricing.of(snapshot.findings[i])) prices.emplace(i, *std::move(price));
  }
  return prices;
}

}  // namespace keyline::analysis
