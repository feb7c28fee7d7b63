#include "analysis/explain/words.h"
#include "analysis/navigate/step_relations.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;
using analysis::RelatedStep;
using analysis::StepId;

namespace {

lsp::Range keyword_range(const View& view, StepId id) {
  const analysis::Item& item = view.snapshot.tree.items[view.snapshot.model.steps[id].item];
  return to_range(view, item.absolute(item.instruction->name.span));
}

lsp::CallHierarchyItem item_of(const View& view, StepId id, std::string how) {
  lsp::CallHierarchyItem item;
  item.name = analysis::short_text(view.snapshot, id, 80);
  item.detail = analysis::step_label(view.snapshot.model, id);
  if (!how.empty()) item.detail = item.detail->empty() ? how : *item.detail + " " + how;
  item.uri = view.uri;
  item.range = to_range(view, view.snapshot.model.steps[id].span);
  item.selectionRange = keyword_range(view, id);
  return item;
}

// Nothing is remembered between requests: an item is found again by its place.
StepId step_of(const View& view, const lsp::CallHierarchyItem& item) {
  return analysis::step_at(view.snapshot, to_offset(view, item.selectionRange.start));
}

}  // namespace

lsp::CallHierarchyPrepareRequest::Result prepare_call_hierarchy(const View& view,
                                                                const lsp::TextDocumentPositionParams& params) {
  const StepId step = analysis::step_at(view.snapshot, to_offset(view, params.position));
  if (step == analysis::none) return {};
  return {item_of(view, step, "")};
}

lsp::CallHierarchyIncomingRequest::Result incoming_calls(const View& view,
                                                         const lsp::CallHierarchyCallsParams& params) {
  lsp::CallHierarchyIncomingRequest::Result calls;
  const StepId step = step_of(view, params.item);
  if (step == analysis::none) return calls;
  for (RelatedStep& need : analysis::needs_of(view.snapshot, step))
    calls.push_back({item_of(view, need.step, std::move(need.how)), {keyword_range(view, need.step)}});
  return calls;
}

lsp::CallHierarchyOutgoingRequest::Result outgoing_calls(const View& view,
                                                         const lsp::CallHierarchyCallsParams& params) {
  lsp::CallHierarchyOutgoingRequest::Result calls;
  const StepId step = step_of(view, params.item);
  if (step == analysis::none) return calls;
  for (RelatedStep& hit : analysis::invalidated_by(view.snapshot, step))
    calls.push_back({item_of(view, hit.step, std::move(hit.how)), {keyword_range(view, step)}});
  return calls;
}

}  // namespace keyline::server::features
