#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "server/features/features.h"
#include "server/features/ignore_file.h"
#include "server/features/pieces.h"
#include "server/fixing/fix_all.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {
namespace {

namespace lsp = protocol::lsp;
using analysis::Edit;
using analysis::Finding;
using analysis::Fix;
using analysis::Offset;
using analysis::Safety;
using analysis::Span;

constexpr std::string_view fix_all_kind = "source.fixAll.keyline";

// "source" asks for "source.fixAll.keyline" too, but not for "sourcery".
bool covers(std::string_view asked, std::string_view kind) {
  return asked.empty() || (kind.starts_with(asked) && (kind.size() == asked.size() || kind[asked.size()] == '.'));
}

bool is_wanted(const lsp::CodeActionContext& context, std::string_view kind) {
  // The light bulb, which asks wherever the cursor goes, shows nothing of the source's kinds.
  if (!context.only) return kind != fix_all_kind || context.triggerKind != lsp::CodeActionTriggerKind::automatic;
  return std::ranges::any_of(*context.only, [&](const std::string& asked) { return covers(asked, kind); });
}

bool overlaps(Span finding, Span asked) { return finding.begin <= asked.end && asked.begin <= finding.end; }

lsp::CodeAction quick_fix(const lsp::Diagnostic& diagnostic, std::string title, lsp::WorkspaceEdit edit) {
  lsp::CodeAction action;
  action.title = std::move(title);
  action.kind = std::string(lsp::code_action_kind::quick_fix);
  action.diagnostics.emplace().push_back(diagnostic);
  action.edit = std::move(edit);
  return action;
}

const std::vector<Fix>& known_fixes(const View& view, const Finding& finding, FixMemory& memory) {
  if (memory.text != view.snapshot.inputs.text) memory = {view.snapshot.inputs.text, {}};
  const auto [known, is_new] =
      memory.by_finding.try_emplace(static_cast<std::size_t>(&finding - view.snapshot.findings.data()));
  if (is_new) known->second = fixes_of(view.snapshot, finding);
  return known->second;
}

void add_fixes(const View& view, const std::vector<Fix>& fixes, const lsp::Diagnostic& diagnostic,
               lsp::CodeActionRequest::Result& actions) {
  bool has_preferred = false;
  for (const Fix& fix : fixes) {
    if (!fix.applicable()) continue;
    std::optional<lsp::WorkspaceEdit> edit =
        to_workspace_edit(view, to_text_edits(view, fix.edits), fix.dockerignore_edits);
    if (!edit) continue;
    lsp::CodeAction action = quick_fix(diagnostic, fix.title, *std::move(edit));
    if (fix.safety == Safety::safe && !has_preferred) {
      action.isPreferred = true;
      has_preferred = true;
    }
    actions.emplace_back(std::move(action));
  }
}

std::string_view line_ending(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

// The comment, ready for the reason that the user types behind it, with the indentation of the line it goes above.
Edit ignore_comment(const analysis::Snapshot& snapshot, std::string_view rule_id, Offset line_begin, Offset words) {
  const std::string_view indentation = analysis::slice(snapshot.text(), {line_begin, words});
  std::string comment = std::string(indentation) + "# keyline: ignore=" + std::string(rule_id) + " ";
  return {{line_begin, line_begin}, comment.append(line_ending(snapshot.text()))};
}

void add_ignore(const View& view, const lsp::Diagnostic& diagnostic, std::string title, const Edit& comment,
                lsp::CodeActionRequest::Result& actions) {
  analysis::EditList edits;
  if (edits.add(comment)) {
    actions.emplace_back(quick_fix(diagnostic, std::move(title), to_workspace_edit(view, to_text_edits(view, edits))));
  }
}

// A comment in front of the first instruction speaks for the whole file, so there "this line" is not on offer.
void add_ignores(const View& view, const Finding& finding, const lsp::Diagnostic& diagnostic,
                 lsp::CodeActionRequest::Result& actions) {
  const analysis::Snapshot& snapshot = view.snapshot;
  const std::string id(finding.rule->id);
  const analysis::Item* item = snapshot.tree.item_at(finding.span.begin);
  if (item != nullptr && item != &snapshot.tree.items.front()) {
    const Offset line_begin = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(item->header().begin)).begin;
    add_ignore(view, diagnostic, "Ignore " + id + " on this line",
               ignore_comment(snapshot, id, line_begin, item->header().begin), actions);
  }
  const Offset top = snapshot.tree.directives_end;
  add_ignore(view, diagnostic, "Ignore " + id + " for this file", ignore_comment(snapshot, id, top, top), actions);
}

// One edit over what differs, never between the two halves of a line ending or of a character.
Edit difference(std::string_view before, std::string_view after) {
  const auto [old_begin, new_begin] = std::ranges::mismatch(before, after);
  std::size_t begin = static_cast<std::size_t>(old_begin - before.begin());
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t same_tail = 0;
  while (same_tail < shorter - begin && before[before.size() - 1 - same_tail] == after[after.size() - 1 - same_tail]) {
    ++same_tail;
  }
  const auto splits = [](std::string_view text, std::size_t at) {
    if (at == 0 || at >= text.size()) return false;
    const auto byte = static_cast<unsigned char>(text[at]);
    return (byte & 0xC0U) == 0x80U || (text[at] == '\n' && text[at - 1] == '\r');
  };
  while (splits(before, begin) || splits(after, begin)) --begin;
  while (splits(before, before.size() - same_tail) || splits(after, after.size() - same_tail)) --same_tail;
  return {{static_cast<Offset>(begin), static_cast<Offset>(before.size() - same_tail)},
          std::string(after.substr(begin, after.size() - same_tail - begin))};
}

analysis::EditList changes(std::string_view before, std::string_view after) {
  analysis::EditList edits;
  return before == after || edits.add(difference(before, after)) ? edits : analysis::EditList();
}

// Whether an edit of the .dockerignore in force would be taken.
bool can_edit_dockerignore(const View& view) {
  analysis::EditList any;
  return any.add({{0, 0}, "\n"}) && to_workspace_edit(view, {}, any).has_value();
}

void add_fix_all(const View& view, lsp::CodeActionRequest::Result& actions) {
  const FixScope scope{.up_to = Safety::safe, .dockerignore = can_edit_dockerignore(view)};
  if (view.snapshot.findings.empty()) return;
  const FixResult fixed = fix_all(view.snapshot.inputs, scope, view.stop);
  if (fixed.end == FixEnd::stopped || fixed.applied.empty()) return;
  const std::string& ignored = view.snapshot.context().dockerignore().text();
  std::optional<lsp::WorkspaceEdit> edit =
      to_workspace_edit(view, to_text_edits(view, changes(view.snapshot.text(), fixed.text)),
                        changes(ignored, fixed.dockerignore.value_or(ignored)));
  if (!edit) return;
  lsp::CodeAction action;
  action.title = "Apply all safe keyline fixes";
  action.kind = std::string(fix_all_kind);
  action.edit = std::move(edit);
  actions.emplace_back(std::move(action));
}

}  // namespace

std::vector<std::string> code_action_kinds() {
  return {std::string(lsp::code_action_kind::quick_fix), std::string(fix_all_kind)};
}

lsp::CodeActionRequest::Result code_actions(const View& view, const lsp::CodeActionParams& params, FixMemory& memory) {
  lsp::CodeActionRequest::Result actions;
  if (is_wanted(params.context, lsp::code_action_kind::quick_fix)) {
    const Span asked = to_span(view, params.range);
    lsp::CodeActionRequest::Result ignores;
    for_each_finding(view, [&](const Finding& finding, const analysis::Price* price) {
      if (!overlaps(finding.span, asked)) return;
      const lsp::Diagnostic diagnostic = to_diagnostic(view, finding, price);
      add_fixes(view, known_fixes(view, finding, memory), diagnostic, actions);
      if (finding.rule != nullptr) add_ignores(view, finding, diagnostic, ignores);
    });
    std::ranges::move(ignores, std::back_inserter(actions));
  }
  if (is_wanted(params.context, fix_all_kind)) add_fix_all(view, actions);
  return actions;
}

lsp::CodeActionRequest::Result ignore_code_actions(const IgnoreView& view, const lsp::CodeActionParams& params) {
  lsp::CodeActionRequest::Result actions;
  if (!is_wanted(params.context, lsp::code_action_kind::quick_fix)) return actions;
  const analysis::IgnoreSnapshot& snapshot = view.snapshot;
  const auto range_of = [&](Span span) {
    return to_range(snapshot.lines, snapshot.text(), span, view.client.encoding);
  };
  const Span asked = to_span(snapshot.lines, snapshot.text(), params.range, view.client.encoding);
  for (const Finding& finding : snapshot.findings) {
    if (!overlaps(finding.span, asked)) continue;
    for (const Fix& fix : finding.fixes) {
      if (!fix.applicable()) continue;
      std::vector<lsp::TextEdit> edits;
      for (const Edit& edit : fix.edits.edits()) edits.push_back({range_of(edit.span), edit.text});
      lsp::WorkspaceEdit whole_edit;
      add_edits(view.client, {view.uri, {view.version}}, std::move(edits), whole_edit);
      const lsp::Diagnostic diagnostic = to_diagnostic(view.client, finding, range_of(finding.span));
      lsp::CodeAction action = quick_fix(diagnostic, fix.title, std::move(whole_edit));
      if (fix.safety == Safety::safe) action.isPreferred = true;
      actions.emplace_back(std::move(action));
    }
  }
  return actions;
}

}  // namespace keyline::server::features
