#include "server/lsp/client.h"

#include <utility>

#include "server/lsp/convert.h"

namespace keyline::server {

namespace lsp = protocol::lsp;
using protocol::JsonText;

void Client::reply(const std::optional<protocol::Id>& id, const protocol::Result<JsonText>& result) {
  output_.send(protocol::write_response(id, result));
}

void Client::reply_fault(const std::optional<protocol::Id>& id, protocol::ErrorCode code, std::string message) {
  reply(id, protocol::failure(code, std::move(message)));
}

void Client::show_message(lsp::MessageType type, std::string message) {
  const lsp::MessageParams params{type, std::move(message)};
  output_.send(protocol::write_notification(lsp::ShowMessageNotification::method, protocol::encode(params)));
}

void Client::ask_configuration() {
  const lsp::ConfigurationParams params{{{std::nullopt, std::string(server_name)}}};
  request(lsp::ConfigurationRequest::method, protocol::encode(params), Asked::configuration);
}

void Client::register_capabilities(std::vector<lsp::Registration> registrations) {
  const lsp::RegistrationParams params{std::move(registrations)};
  request(lsp::RegisterCapabilityRequest::method, protocol::encode(params), Asked::for_effect);
}

void Client::refresh_diagnostics() { request(lsp::DiagnosticRefreshRequest::method, JsonText(), Asked::for_effect); }
void Client::refresh_hints() { request(lsp::InlayHintRefreshRequest::method, JsonText(), Asked::for_effect); }
void Client::refresh_lenses() { request(lsp::CodeLensRefreshRequest::method, JsonText(), Asked::for_effect); }

void Client::create_progress(std::int32_t token) {
  const lsp::WorkDoneProgressCreateParams params{token};
  request(lsp::WorkDoneProgressCreateRequest::method, protocol::encode(params), Asked::progress);
}

void Client::report_progress(const lsp::ProgressToken& token, JsonText value) {
  const lsp::ProgressParams params{token, std::move(value)};
  output_.send(protocol::write_notification(lsp::ProgressNotification::method, protocol::encode(params)));
}

std::optional<Asked> Client::take_asked(const std::optional<protocol::Id>& id) {
  const std::int64_t* number = id ? std::get_if<std::int64_t>(&*id) : nullptr;
  if (number == nullptr) return std::nullopt;
  const auto found = asked_.find(*number);
  if (found == asked_.end()) return std::nullopt;
  const Asked asked = found->second;
  asked_.erase(found);
  return asked;
}

void Client::request(std::string_view method, const JsonText& params, Asked asked) {
  const std::int64_t id = next_id_++;
  asked_.emplace(id, asked);
  output_.send(protocol::write_request(id, method, params));
}

std::string write_publish(const lsp::PublishDiagnosticsParams& params) {
  return protocol::write_notification(lsp::PublishDiagnosticsNotification::method, protocol::encode(params));
}

}  // namespace keyline::server
