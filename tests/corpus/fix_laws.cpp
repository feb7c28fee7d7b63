#include "tests/corpus/fix_laws.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "server/fixing/fix_all.h"
#include "tests/corpus/allowances.h"
#include "tests/corpus/image.h"

namespace keyline::corpus {

namespace {

using analysis::Edit;
using analysis::Finding;
using analysis::Fix;
using analysis::Safety;
using analysis::Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

enum class LineEnds { none, lf, crlf, mixed };

LineEnds line_ends(std::string_view text) {
  std::size_t lf = 0, crlf = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    ++(i > 0 && text[i - 1] == '\r' ? crlf : lf);
  }
  if (lf + crlf == 0) return LineEnds::none;
  return lf == 0 ? LineEnds::crlf : crlf == 0 ? LineEnds::lf : LineEnds::mixed;
}

std::string with_crlf(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
  return result;
}

// Applied by another hand than EditList's; nothing when the edits are not sorted, disjoint places in the text, or cut
// a line end or a letter in two.
std::optional<std::string> apply_by_hand(std::string_view text, const std::vector<Edit>& edits) {
  std::string result;
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    const auto cuts = [&](std::size_t at) {
      if (at == 0 || at >= text.size()) return false;
      const auto next = static_cast<unsigned char>(text[at]);
      return (text[at - 1] == '\r' && text[at] == '\n') || (next & 0xC0U) == 0x80U;
    };
    if (edit.span.begin < done || edit.span.end < edit.span.begin || edit.span.end > text.size()) return std::nullopt;
    if (cuts(edit.span.begin) || cuts(edit.span.end)) return std::nullopt;
    result.append(text, done, edit.span.begin - done);
    result += edit.text;
    done = edit.span.end;
  }
  result.append(text, done);
  return result;
}

std::map<std::string, std::size_t> findings_by_rule(const Snapshot& snapshot) {
  std::map<std::string, std::size_t> counts;
  for (const Finding& finding : snapshot.findings) ++counts[std::string(finding.rule->id)];
  return counts;
}

// A finding that a fix may uncover: the rule was silent for as long as the other fault stood in its way.
struct Uncovered {
  std::string_view by, rule;
};
const std::vector<Uncovered> uncovered{
    // With lists from a step of their own, mounts would leave the install without any.
    {"update-without-install", "missing-cache-mount"},
    // What was one RUN is two, and each downloads.
    {"install-and-build-in-one-run", "missing-cache-mount"},
    // Where the files go is known now.
    {"relative-workdir", "copy-before-install"},
    // The clean-up that the mount replaces hid that the step reads nothing that was copied.
    {"missing-cache-mount", "independent-step-after-copy"},
    // A secret that is a variable asks for a newer frontend.
    {"secret-in-build-arg", "syntax-line-missing"},
};

class Judge {
 public:
  Judge(const std::string& text, std::shared_ptr<const analysis::BuildContext> context, FixCounts& counts)
      : context_(std::move(context)), counts_(counts), source_(analyse(text)) {}

  std::vector<std::string> judge() {
    ++counts_.files;
    for (const Finding& finding : source_->findings) {
      for (const Fix& fix : finding.fixes) {
        if (fix.safety != Safety::sketch && fix.dockerignore_edits.empty()) judge_fix(finding, fix);
      }
    }
    judge_all(Safety::safe);
    judge_all(Safety::review);
    return std::move(faults_);
  }

 private:
  SnapshotPtr analyse(std::string text, const std::string& target = "") const {
    analysis::Inputs inputs{
        .text = std::make_shared<const std::string>(std::move(text)), .context = context_, .build = {}, .rules = {}};
    inputs.build.target = target;
    return analysis::analyze(std::move(inputs), nullptr, {});
  }

  void fault(std::string_view law, std::string_view who, std::string_view what) {
    faults_.push_back(fmt::format("{}: {}: {}", law, who, what));
  }

  void judge_fix(const Finding& finding, const Fix& fix) {
    const std::string who = fmt::format("{} \"{}\"", finding.rule->id, fix.title);
    const std::optional<std::string> text = apply_by_hand(source_->text(), fix.edits.edits());
    if (!text || *text != fix.edits.apply(source_->text()))
      return fault("edits", who, "overlap, or cut a letter or a line end");
    if (*text == source_->text()) return fault("edits", who, "change nothing");
    ++(fix.safety == Safety::safe ? counts_.safe_fixes : counts_.review_fixes);
    const SnapshotPtr after = analyse(*text);
    compare(who, *after, {finding.rule->id});
    // One COPY can stand in front of several installs: what is left then is about the next of them.
    const auto is_same = [&](const Finding& each) {
      return each.rule == finding.rule && each.message == finding.message;
    };
    if (std::ranges::count_if(after->findings, is_same) >= std::ranges::count_if(source_->findings, is_same))
      fault("removes its finding", who, "it is still there");
    if (fix.safety == Safety::safe) compare_images(who, *text, allowance_of(finding.rule->id));
  }

  void judge_all(Safety up_to) {
    const std::string who = up_to == Safety::safe ? "all safe fixes" : "all fixes";
    // The laws are about one text. What is edited beside it shows in the fixtures.
    const server::FixScope scope{.up_to = up_to, .dockerignore = false};
    const server::FixResult once = server::fix_all(source_->inputs, scope, {});
    if (once.end != server::FixEnd::settled) fault("comes to rest", who, "it does not");
    if (once.applied.empty()) return;
    const SnapshotPtr after = analyse(once.text);
    std::set<std::string_view> applied;
    for (const server::AppliedFix& fix : once.applied) applied.insert(fix.rule->id);
    compare(who, *after, applied);
    const server::FixResult twice = server::fix_all(after->inputs, scope, {});
    if (!twice.applied.empty() || twice.text != once.text)
      fault("once is enough", who, fmt::format("a second run applies \"{}\"", twice.applied.front().title));
    // In a here-document a CR is part of the script: with it, that is another command.
    if (line_ends(source_->text()) == LineEnds::lf && source_->text().find("<<") == std::string_view::npos) {
      const SnapshotPtr windows = analyse(with_crlf(source_->text()));
      if (server::fix_all(windows->inputs, scope, {}).text != with_crlf(once.text))
        fault("keeps line ends", who, "with CRLF the result is another one");
    }
    if (up_to != Safety::safe) return;
    Allowance allowance;
    for (const server::AppliedFix& fix : once.applied) allowance = both(allowance, allowance_of(fix.rule->id));
    compare_images(who, once.text, allowance);
  }

  void compare(std::string_view who, const Snapshot& after, const std::set<std::string_view>& applied) {
    if (analysis::print(after.tree) != after.text()) fault("prints back", who, "it does not");
    std::multiset<std::string> known;
    for (const analysis::Problem& problem : source_->problems) known.insert(problem.message);
    for (const analysis::Problem& problem : after.problems) {
      const auto old = known.find(problem.message);
      if (old == known.end())
        fault("no new problem", who, problem.message);
      else
        known.erase(old);
    }
    auto before = findings_by_rule(*source_);
    for (const auto& counted : findings_by_rule(after)) {
      const auto& rule = counted.first;
      const auto count = counted.second;
      const bool is_uncovered = std::ranges::any_of(
          uncovered, [&](const Uncovered& row) { return row.rule == rule && applied.contains(row.by); });
      if (count > before[rule] && !is_uncovered)
        fault("no new finding", who, fmt::format("{} {} -> {}", rule, before[rule], count));
    }
    const LineEnds ends = line_ends(source_->text()), now = line_ends(after.text());
    if (ends != LineEnds::mixed && ends != LineEnds::none && now != ends)
      fault("keeps line ends", who, "they are others");
    if (source_->text().starts_with("\xEF\xBB\xBF") != after.text().starts_with("\xEF\xBB\xBF"))
      fault("keeps the byte order mark", who, "it is gone or new");
    if (source_->text().ends_with('\n') != after.text().ends_with('\n'))
      fault("keeps the end of the file", who, "a last line end is gone or new");
  }

  // For the last stage and for every other that has a name.
  void compare_images(std::string_view who, const std::string& text, const Allowance& allowance) {
    std::vector<std::string> targets{""};
    for (std::size_t i = 0; i + 1 < source_->model.stages.size(); ++i) {
      if (!source_->model.stages[i].name.empty()) targets.push_back(source_->model.stages[i].name);
    }
    for (const std::string& target : targets) {
      ++counts_.images;
      const SnapshotPtr before = analyse(std::string(source_->text()), target), after = analyse(text, target);
      Image left = image_of(*before), right = image_of(*after);
      // A stage that the last one only takes files from counts as thrown away, although --target can ask for it.
      if (!target.empty()) {
        for (Image* image : {&left, &right})
          for (StageImage& stage : image->stages) stage.in_image = false;
      }
      for (const std::string& difference : differences(left, right, allowance))
        fault("same image", fmt::format("{}{}{}", who, target.empty() ? "" : ", target ", target), difference);
    }
  }

  std::shared_ptr<const analysis::BuildContext> context_;
  FixCounts& counts_;
  SnapshotPtr source_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> faults_of_fixes(const std::string& text,
                                         const std::shared_ptr<const analysis::BuildContext>& context,
                                         FixCounts& counts) {
  return Judge(text, context, counts).judge();
}

}  // namespace keyline::corpus
