#include "analysis/assist/completion.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/assist/signature.h"
#include "server/features/completion_items.h"
#include "server/features/features.h"
#include "server/lsp/convert.h"

namespace keyline::server::features {

namespace lsp = protocol::lsp;

namespace {

using Kind = analysis::Completion::Kind;

lsp::CompletionItemKind to_kind(Kind kind) {
  switch (kind) {
    case Kind::instruction:
      return lsp::CompletionItemKind::keyword;
    case Kind::flag:
      return lsp::CompletionItemKind::property;
    case Kind::stage:
      return lsp::CompletionItemKind::reference;
    case Kind::variable:
      return lsp::CompletionItemKind::variable;
    case Kind::file:
      return lsp::CompletionItemKind::file;
    case Kind::directory:
      return lsp::CompletionItemKind::folder;
    case Kind::image:
      return lsp::CompletionItemKind::module;
    case Kind::directive:
    case Kind::rule:
      return lsp::CompletionItemKind::constant;
    case Kind::value:
      break;
  }
  return lsp::CompletionItemKind::value;
}

lsp::MarkupContent markup(const ClientTraits& client, std::string text) {
  return {client.completion_markdown ? "markdown" : "plaintext", std::move(text)};
}

}  // namespace

lsp::CompletionList to_completion_list(analysis::Completions found, const lsp::Range& replace) {
  lsp::CompletionList list;
  list.items.reserve(found.items.size());
  for (std::size_t i = 0; i < found.items.size(); ++i) {
    analysis::Completion& each = found.items[i];
    lsp::CompletionItem& item = list.items.emplace_back();
    item.kind = to_kind(each.kind);
    item.textEdit = lsp::TextEdit{replace, each.text()};
    // Ours is the order in which they make sense.
    item.sortText = fmt::format("{:04}", i);
    if (!each.detail.empty()) item.detail = std::move(each.detail);
    if (!each.topic.empty()) item.data = protocol::JsonValue(nlohmann::json(std::move(each.topic)));
    item.label = std::move(each.label);
  }
  return list;
}

lsp::CompletionList completion(const View& view, const lsp::CompletionParams& params,
                               const std::vector<std::string>& images) {
  analysis::Completions found = analysis::complete(view.snapshot, to_offset(view, params.position), images);
  const lsp::Range replace = to_range(view, found.replace);
  return to_completion_list(std::move(found), replace);
}

lsp::CompletionItem resolve_completion(const ClientTraits& client, lsp::CompletionItem item) {
  if (!item.data || !item.data->get().is_string()) return item;
  std::string text = analysis::topic_text(item.data->get().get<std::string>());
  if (!text.empty()) item.documentation = markup(client, std::move(text));
  return item;
}

std::optional<lsp::SignatureHelp> signature_help(const View& view, const lsp::SignatureHelpParams& params) {
  std::optional<analysis::Signatures> found = analysis::signatures_at(view.snapshot, to_offset(view, params.position));
  if (!found) return std::nullopt;
  lsp::SignatureHelp help;
  for (analysis::Signature& each : found->all) {
    lsp::SignatureInformation information;
    information.documentation = markup(view.client, found->text);
    information.parameters.emplace();
    for (const auto& [begin, end] : each.parameters)
      information.parameters->push_back({each.label.substr(begin, end - begin)});
    information.label = std::move(each.label);
    help.signatures.push_back(std::move(information));
  }
  help.activeSignature = static_cast<std::uint32_t>(found->active);
  help.activeParameter = static_cast<std::uint32_t>(found->all[found->active].active);
  return help;
}

}  // namespace keyline::server::features
