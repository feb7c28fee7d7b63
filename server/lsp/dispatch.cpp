#include "server/lsp/dispatch.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

#include "server/features/build_file.h"
#include "server/features/features.h"
#include "server/features/ignore_file.h"
#include "server/lsp/analyses.h"
#include "server/lsp/commands.h"
#include "server/lsp/disk_progress.h"
#include "server/lsp/lifecycle.h"
#include "server/lsp/text_sync.h"
#include "server/lsp/workspace.h"
#include "server/lsp/workspace_diagnostics.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using protocol::ErrorCode;
using protocol::JsonText;
using protocol::JsonValue;
using protocol::Result;

using OnMain = Result<JsonText> (*)(Session&, const JsonValue&);
using OnSnapshot = Result<Question> (*)(const Session&, const JsonValue&);
using OnWorkspace = Result<void> (*)(Session&, const protocol::Request&);
using OnNotification = Result<void> (*)(Session&, const JsonValue&);

template <class Params>
Result<Params> read_params(const JsonValue& json) {
  Result<Params> params = protocol::decode<Params>(json);
  if (!params) return protocol::failure(ErrorCode::invalid_params, "params: " + params.error().message);
  return params;
}

template <class Method, auto handler>
Result<JsonText> on_main(Session& session, const JsonValue& json) {
  const Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  return protocol::encode(handler(session, *params));
}

// A feature gives its result, or says why there is none.
template <class T>
Result<JsonText> encode_answer(const T& result) {
  return protocol::encode(result);
}
template <class T>
Result<JsonText> encode_answer(const Result<T>& result) {
  if (!result) return protocol::Unexpected(result.error());
  return protocol::encode(*result);
}

template <class Method, auto feature>
Question question_about(typename Method::Params params) {
  Question question;
  question.uri = params.textDocument.uri;
  question.without_document = protocol::encode(typename Method::Result{});
  question.ask = [params = std::move(params)](const View& view) {
    return Answer{encode_answer(feature(view, params))};
  };
  return question;
}

template <class Method, auto feature>
Result<Question> on_snapshot(const Session&, const JsonValue& json) {
  Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  return question_about<Method, feature>(*std::move(params));
}

// Lets a question be asked about a build file as well.
template <class Method, auto feature>
void also_about_build_files(Question& question, typename Method::Params params) {
  question.ask_build_file = [params = std::move(params)](const BuildFileView& view) {
    return Answer{protocol::encode(feature(view, params))};
  };
}

// The same about a build file as well.
template <class Method, auto feature, auto build_file_feature>
Result<Question> on_dockerfile_and_build_file(const Session&, const JsonValue& json) {
  Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question = question_about<Method, feature>(*params);
  also_about_build_files<Method, build_file_feature>(question, *std::move(params));
  return question;
}

enum class Waits : std::uint8_t { no, for_context };

// The same about a .dockerignore, and about a build file where there is a feature for those.
template <class Method, auto feature, Waits waits, auto ignore_feature, auto... build_file_feature>
Result<Question> on_all(const Session&, const JsonValue& json) {
  Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question = question_about<Method, feature>(*params);
  question.ignore_needs_context = waits == Waits::for_context;
  question.ask_ignore = [params = *params](const IgnoreView& view) {
    return Answer{protocol::encode(ignore_feature(view, params))};
  };
  (also_about_build_files<Method, build_file_feature>(question, *params), ...);
  return question;
}

// A client that cannot be told to ask again must get the whole answer the first time.
template <class Method, auto feature, bool ClientTraits::*asks_again>
Result<Question> on_full_snapshot(const Session& session, const JsonValue& json) {
  Result<Question> question = on_snapshot<Method, feature>(session, json);
  if (question) question->needs_context = !(*session.traits.*asks_again);
  return question;
}

// Diagnostics are those of the newest text, whichever the client had when it asked.
Result<Question> diagnostic_question(const Session& session, const JsonValue& json) {
  Result<lsp::DocumentDiagnosticParams> params = read_params<lsp::DocumentDiagnosticParams>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->textDocument.uri;
  question.without_document = JsonText(R"({"kind":"full","items":[]})");
  question.needs_context = question.ignore_needs_context = !session.traits->refreshes_diagnostics;
  question.follows_text = question.covers_build_files = true;
  question.ask = [previous = params->previousResultId](const View& view) {
    return Answer{JsonText(features::report_on(features::diagnostics(view), previous).text)};
  };
  question.ask_ignore = [previous = params->previousResultId](const IgnoreView& view) {
    return Answer{JsonText(features::report_on(features::ignore_diagnostics(view), previous).text)};
  };
  return question;
}

Result<JsonText> resolve_completion(Session& session, const JsonValue& json) {
  Result<lsp::CompletionItem> item = read_params<lsp::CompletionItem>(json);
  if (!item) return protocol::Unexpected(item.error());
  return protocol::encode(features::resolve_completion(*session.traits, *std::move(item)));
}

Result<Question> completion_question(const Session& session, const JsonValue& json) {
  Result<lsp::CompletionParams> params = read_params<lsp::CompletionParams>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->textDocument.uri;
  question.without_document = protocol::encode(lsp::CompletionList{});
  question.ignore_needs_context = true;
  question.ask_ignore = [params = *params](const IgnoreView& view) {
    return Answer{protocol::encode(features::ignore_completion(view, params))};
  };
  also_about_build_files<lsp::CompletionRequest, features::build_file_completion>(question, *params);
  question.ask = [params = *std::move(params), images = workspace_images(session)](const View& view) {
    return Answer{protocol::encode(features::completion(view, params, images))};
  };
  return question;
}

// A call hierarchy item says itself which document it is of.
template <class Method, auto feature>
Result<Question> on_item_of_snapshot(const Session&, const JsonValue& json) {
  Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->item.uri;
  question.without_document = protocol::encode(typename Method::Result{});
  question.ask = [params = *std::move(params)](const View& view) {
    return Answer{encode_answer(feature(view, params))};
  };
  return question;
}

// The analysis lane works one question after the other, so nobody else has the memory meanwhile.
std::shared_ptr<features::TokenMemory> tokens_of(const Session& session, const std::string& uri) {
  const Document* document = session.documents.find(uri);
  return document == nullptr ? nullptr : document->tokens;
}

Result<Question> tokens_question(const Session& session, const JsonValue& json) {
  const Result<lsp::TextDocumentParams> params = read_params<lsp::TextDocumentParams>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->textDocument.uri;
  question.ask = [memory = tokens_of(session, question.uri)](const View& view) {
    return Answer{protocol::encode(features::semantic_tokens(view, *memory))};
  };
  return question;
}

Result<Question> tokens_delta_question(const Session& session, const JsonValue& json) {
  Result<lsp::SemanticTokensDeltaParams> params = read_params<lsp::SemanticTokensDeltaParams>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->textDocument.uri;
  question.ask = [params = *std::move(params), memory = tokens_of(session, question.uri)](const View& view) {
    return Answer{protocol::encode(features::semantic_tokens_delta(view, params, *memory))};
  };
  return question;
}

Result<Question> actions_question(const Session& session, const JsonValue& json) {
  Result<lsp::CodeActionParams> params = read_params<lsp::CodeActionParams>(json);
  if (!params) return protocol::Unexpected(params.error());
  Question question;
  question.uri = params->textDocument.uri;
  question.without_document = protocol::encode(lsp::CodeActionRequest::Result{});
  question.ignore_needs_context = true;
  question.ask_ignore = [params = *params](const IgnoreView& view) {
    return Answer{protocol::encode(features::ignore_code_actions(view, params))};
  };
  const Document* document = session.documents.find(question.uri);
  question.ask = [params = *std::move(params),
                  memory = document == nullptr ? nullptr : document->fixes](const View& view) {
    return Answer{protocol::encode(features::code_actions(view, params, *memory))};
  };
  return question;
}

// The handler answers, now or later.
template <class Method, auto handler>
Result<void> on_workspace(Session& session, const protocol::Request& request) {
  const Result<typename Method::Params> params = read_params<typename Method::Params>(request.params);
  if (!params) return protocol::Unexpected(params.error());
  handler(session, request.id, *params);
  return {};
}

template <class Method, auto handler>
Result<void> on_notification(Session& session, const JsonValue& json) {
  const Result<typename Method::Params> params = read_params<typename Method::Params>(json);
  if (!params) return protocol::Unexpected(params.error());
  handler(session, *params);
  return {};
}

void cancel_request(Session& session, const lsp::CancelParams& params) {
  cancel(session, params.id);
  drop_cancelled_pull(session);
}

void cancel_any_progress(Session& session, const lsp::WorkDoneProgressCancelParams& params) {
  if (!cancel_workspace_progress(session, params.token)) cancel_progress(session, params);
}

// Actions are finished when they are offered; several clients ask to resolve them all the same.
Result<JsonText> resolve_code_action(Session&, const JsonValue& action) { return JsonText(action); }

struct Row {
  std::string_view method;
  std::variant<OnMain, OnSnapshot, OnWorkspace, OnNotification> handler;
};

template <class Method>
constexpr Row row(std::variant<OnMain, OnSnapshot, OnWorkspace, OnNotification> handler) {
  return {Method::method, handler};
}

const std::array table{
    row<lsp::InitializeRequest>(OnMain(on_main<lsp::InitializeRequest, initialize>)),
    row<lsp::ShutdownRequest>(OnMain(on_main<lsp::ShutdownRequest, shut_down>)),
    row<lsp::CodeActionResolveRequest>(OnMain(resolve_code_action)),

    row<lsp::HoverRequest>(OnSnapshot(on_all<lsp::HoverRequest, features::hover, Waits::for_context,
                                             features::ignore_hover, features::build_file_hover>)),
    row<lsp::CompletionRequest>(OnSnapshot(completion_question)),
    row<lsp::CompletionResolveRequest>(OnMain(resolve_completion)),
    row<lsp::SignatureHelpRequest>(OnSnapshot(on_snapshot<lsp::SignatureHelpRequest, features::signature_help>)),
    row<lsp::DefinitionRequest>(OnSnapshot(
        on_dockerfile_and_build_file<lsp::DefinitionRequest, features::definition, features::build_file_definition>)),
    row<lsp::DeclarationRequest>(OnSnapshot(on_snapshot<lsp::DeclarationRequest, features::declaration>)),
    row<lsp::ReferencesRequest>(OnSnapshot(on_all<lsp::ReferencesRequest, features::references, Waits::for_context,
                                                  features::ignore_references, features::build_file_references>)),
    row<lsp::DocumentHighlightRequest>(
        OnSnapshot(on_snapshot<lsp::DocumentHighlightRequest, features::document_highlights>)),
    row<lsp::PrepareRenameRequest>(OnSnapshot(on_snapshot<lsp::PrepareRenameRequest, features::prepare_rename>)),
    row<lsp::RenameRequest>(OnSnapshot(on_snapshot<lsp::RenameRequest, features::rename>)),
    row<lsp::DocumentSymbolRequest>(OnSnapshot(on_all<lsp::DocumentSymbolRequest, features::document_symbols, Waits::no,
                                                      features::ignore_symbols, features::build_file_symbols>)),
    row<lsp::FoldingRangeRequest>(
        OnSnapshot(on_all<lsp::FoldingRangeRequest, features::folding_ranges, Waits::no, features::ignore_folding>)),
    row<lsp::SelectionRangeRequest>(OnSnapshot(on_snapshot<lsp::SelectionRangeRequest, features::selection_ranges>)),
    row<lsp::DocumentLinkRequest>(OnSnapshot(
        on_dockerfile_and_build_file<lsp::DocumentLinkRequest, features::document_links, features::build_file_links>)),
    row<lsp::LinkedEditingRangeRequest>(
        OnSnapshot(on_snapshot<lsp::LinkedEditingRangeRequest, features::linked_editing_ranges>)),
    row<lsp::CallHierarchyPrepareRequest>(
        OnSnapshot(on_snapshot<lsp::CallHierarchyPrepareRequest, features::prepare_call_hierarchy>)),
    row<lsp::SemanticTokensRangeRequest>(
        OnSnapshot(on_snapshot<lsp::SemanticTokensRangeRequest, features::semantic_tokens_range>)),
    row<lsp::DocumentFormattingRequest>(OnSnapshot(on_snapshot<lsp::DocumentFormattingRequest, features::formatting>)),
    row<lsp::DocumentRangeFormattingRequest>(
        OnSnapshot(on_snapshot<lsp::DocumentRangeFormattingRequest, features::range_formatting>)),
    row<lsp::DocumentRangesFormattingRequest>(
        OnSnapshot(on_snapshot<lsp::DocumentRangesFormattingRequest, features::ranges_formatting>)),
    row<lsp::DocumentOnTypeFormattingRequest>(
        OnSnapshot(on_snapshot<lsp::DocumentOnTypeFormattingRequest, features::on_type_formatting>)),
    row<lsp::CallHierarchyIncomingRequest>(
        OnSnapshot(on_item_of_snapshot<lsp::CallHierarchyIncomingRequest, features::incoming_calls>)),
    row<lsp::CallHierarchyOutgoingRequest>(
        OnSnapshot(on_item_of_snapshot<lsp::CallHierarchyOutgoingRequest, features::outgoing_calls>)),
    row<lsp::SemanticTokensRequest>(OnSnapshot(tokens_question)),
    row<lsp::SemanticTokensDeltaRequest>(OnSnapshot(tokens_delta_question)),
    row<lsp::WorkspaceSymbolRequest>(OnWorkspace(on_workspace<lsp::WorkspaceSymbolRequest, ask_symbols>)),
    row<lsp::WorkspaceDiagnosticRequest>(OnWorkspace(on_workspace<lsp::WorkspaceDiagnosticRequest, pull_workspace>)),
    row<lsp::CodeActionRequest>(OnSnapshot(actions_question)),
    row<lsp::InlayHintRequest>(
        OnSnapshot(on_full_snapshot<lsp::InlayHintRequest, features::inlay_hints, &ClientTraits::refreshes_hints>)),
    row<lsp::CodeLensRequest>(
        OnSnapshot(on_full_snapshot<lsp::CodeLensRequest, features::code_lenses, &ClientTraits::refreshes_lenses>)),
    row<lsp::DocumentDiagnosticRequest>(OnSnapshot(diagnostic_question)),
    row<lsp::ExecuteCommandRequest>(OnSnapshot(command_question)),

    row<lsp::DidOpenTextDocumentNotification>(
        OnNotification(on_notification<lsp::DidOpenTextDocumentNotification, did_open>)),
    row<lsp::DidChangeTextDocumentNotification>(
        OnNotification(on_notification<lsp::DidChangeTextDocumentNotification, did_change>)),
    row<lsp::DidSaveTextDocumentNotification>(
        OnNotification(on_notification<lsp::DidSaveTextDocumentNotification, did_save>)),
    row<lsp::DidCloseTextDocumentNotification>(
        OnNotification(on_notification<lsp::DidCloseTextDocumentNotification, did_close>)),
    row<lsp::DidChangeConfigurationNotification>(
        OnNotification(on_notification<lsp::DidChangeConfigurationNotification, did_change_configuration>)),
    row<lsp::DidChangeWatchedFilesNotification>(
        OnNotification(on_notification<lsp::DidChangeWatchedFilesNotification, did_change_watched_files>)),
    row<lsp::DidChangeWorkspaceFoldersNotification>(
        OnNotification(on_notification<lsp::DidChangeWorkspaceFoldersNotification, did_change_workspace_folders>)),
    row<lsp::InitializedNotification>(OnNotification(on_notification<lsp::InitializedNotification, initialized>)),
    row<lsp::SetTraceNotification>(OnNotification(on_notification<lsp::SetTraceNotification, set_trace>)),
    row<lsp::WorkDoneProgressCancelNotification>(
        OnNotification(on_notification<lsp::WorkDoneProgressCancelNotification, cancel_any_progress>)),
    row<lsp::CancelNotification>(OnNotification(on_notification<lsp::CancelNotification, cancel_request>)),
    row<lsp::ExitNotification>(OnNotification(on_notification<lsp::ExitNotification, exit_now>)),
};

const Row* find_row(std::string_view method) {
  const auto found = std::ranges::find(table, method, &Row::method);
  return found == table.end() ? nullptr : &*found;
}

// What the phase of the session forbids, whatever the request is about.
Result<void> may_ask(const Session& session, const protocol::Request& request) {
  const bool is_initialize = request.method == lsp::InitializeRequest::method;
  switch (session.phase) {
    case Phase::fresh:
      if (!is_initialize)
        return protocol::failure(ErrorCode::server_not_initialized, "the first request is 'initialize'");
      break;
    case Phase::serving:
      if (is_initialize) return protocol::failure(ErrorCode::invalid_request, "'initialize' is sent once");
      break;
    case Phase::shut_down:
    case Phase::ended:
      return protocol::failure(ErrorCode::invalid_request, "the server was shut down");
  }
  if (session.requests.holds(request.id)) {
    return protocol::failure(ErrorCode::invalid_request, "a request with this id is still to be answered");
  }
  return {};
}

protocol::Unexpected no_such_request(const std::string& method) {
  return protocol::failure(ErrorCode::method_not_found, "no request '" + method + "'");
}

// The answer, or nothing when it comes later.
std::optional<Result<JsonText>> answer_now(Session& session, const protocol::Request& request) {
  if (const Result<void> allowed = may_ask(session, request); !allowed) return protocol::Unexpected(allowed.error());
  const Row* row = find_row(request.method);
  if (row == nullptr || std::holds_alternative<OnNotification>(row->handler)) return no_such_request(request.method);
  if (const OnMain* handler = std::get_if<OnMain>(&row->handler)) return (*handler)(session, request.params);
  if (const OnWorkspace* handler = std::get_if<OnWorkspace>(&row->handler)) {
    if (const Result<void> taken = (*handler)(session, request); !taken) return protocol::Unexpected(taken.error());
    return std::nullopt;
  }
  Result<Question> question = std::get<OnSnapshot>(row->handler)(session, request.params);
  if (!question) return protocol::Unexpected(question.error());
  ask(session, request.id, *std::move(question));
  return std::nullopt;
}

struct MessageHandler {
  Session& session;

  void operator()(const protocol::Request& request) const {
    std::optional<Result<JsonText>> result;
    try {
      result = answer_now(session, request);
    } catch (const std::exception& fault) {
      spdlog::error("{}: {}", request.method, fault.what());
      result = protocol::failure(ErrorCode::internal_error, fault.what());
    }
    if (result) session.client.reply(request.id, *std::move(result));
  }

  void operator()(const protocol::Notification& notification) const {
    const bool is_exit = notification.method == lsp::ExitNotification::method;
    if (session.phase != Phase::serving && !is_exit) return;
    const Row* row = find_row(notification.method);
    if (row == nullptr || !std::holds_alternative<OnNotification>(row->handler)) return;
    try {
      const Result<void> done = std::get<OnNotification>(row->handler)(session, notification.params);
      if (!done) spdlog::warn("{}: {}", notification.method, done.error().message);
    } catch (const std::exception& fault) { spdlog::error("{}: {}", notification.method, fault.what()); }
  }

  void operator()(const protocol::Response& response) const {
    const std::optional<Asked> asked = session.client.take_asked(response.id);
    if (asked == Asked::configuration) return configuration_received(session, response.result);
    if (asked == Asked::progress) progress_created(session, response.result.has_value());
    if (asked && !response.result) spdlog::warn("the client refused: {}", response.result.error().message);
  }

  void operator()(const protocol::Malformed& malformed) const {
    spdlog::warn("malformed message: {}", malformed.message);
    session.client.reply_fault(malformed.id, malformed.code, malformed.message);
  }
};

}  // namespace

void dispatch(Session& session, protocol::Message message) { std::visit(MessageHandler{session}, message); }

}  // namespace keyline::server
