#include "server/lsp/client.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "protocol/lsp/diagnostics_text.h"
#include "server/lsp/convert.h"

namespace keyline::server {

namespace lsp = protocol::lsp;
using protocol::JsonValue;

namespace {

// An id, or a token: a number or a string.
template <class Number>
void write_name(std::string& out, const std::variant<Number, std::string>& name) {
  if (const Number* number = std::get_if<Number>(&name))
    out += std::to_string(*number);
  else
    lsp::write_json(out, std::get<std::string>(name));
}

}  // namespace

void Client::reply(const protocol::Response& response) { output_.send(protocol::serialize(response)); }

void Client::reply_fault(const std::optional<protocol::Id>& id, protocol::ErrorCode code, std::string message) {
  reply({id, protocol::failure(code, std::move(message))});
}

void Client::show_message(lsp::MessageType type, std::string message) {
  const lsp::MessageParams params{type, std::move(message)};
  output_.send(protocol::serialize(
      protocol::Notification{std::string(lsp::ShowMessageNotification::method), protocol::encode(params)}));
}

void Client::ask_configuration() {
  const lsp::ConfigurationParams params{{{std::nullopt, std::string(server_name)}}};
  request(lsp::ConfigurationRequest::method, protocol::encode(params), Asked::configuration);
}

void Client::register_capabilities(std::vector<lsp::Registration> registrations) {
  const lsp::RegistrationParams params{std::move(registrations)};
  request(lsp::RegisterCapabilityRequest::method, protocol::encode(params), Asked::for_effect);
}

void Client::refresh_diagnostics() { request(lsp::DiagnosticRefreshRequest::method, JsonValue(), Asked::for_effect); }
void Client::refresh_hints() { request(lsp::InlayHintRefreshRequest::method, JsonValue(), Asked::for_effect); }
void Client::refresh_lenses() { request(lsp::CodeLensRefreshRequest::method, JsonValue(), Asked::for_effect); }

void Client::create_progress(std::int32_t token) {
  const lsp::WorkDoneProgressCreateParams params{token};
  request(lsp::WorkDoneProgressCreateRequest::method, protocol::encode(params), Asked::progress);
}

void Client::report_progress(const lsp::ProgressToken& token, JsonValue value) {
  const lsp::ProgressParams params{token, std::move(value)};
  output_.send(protocol::serialize(
      protocol::Notification{std::string(lsp::ProgressNotification::method), protocol::encode(params)}));
}

void Client::report_partial(const lsp::ProgressToken& token, std::string_view value) {
  std::string out = R"({"jsonrpc":"2.0","method":"$/progress","params":{"token":)";
  write_name(out, token);
  output_.send(out.append(R"(,"value":)").append(value).append("}}"));
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

void Client::request(std::string_view method, JsonValue params, Asked asked) {
  const std::int64_t id = next_id_++;
  asked_.emplace(id, asked);
  output_.send(protocol::serialize(protocol::Request{id, std::string(method), std::move(params)}));
}

std::string write_response(const protocol::Id& id, const protocol::Result<JsonValue>& result) {
  return protocol::serialize(protocol::Response{id, result});
}

std::string write_response(const protocol::Id& id, std::string_view written_result) {
  std::string out = R"({"id":)";
  write_name(out, id);
  return out.append(R"(,"jsonrpc":"2.0","result":)").append(written_result).append("}");
}

}  // namespace keyline::server
