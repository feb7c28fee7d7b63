#pragma once
// The inner layer of the base protocol: JSON-RPC 2.0 as LSP narrows it (no batches; ids are integers or strings).
// parse_message() is total: whatever the bytes are, it gives one of the four kinds of message, and never throws.
// Nesting is bounded, because the JSON library copies and prints recursively. Pure functions, safe on any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/json_text.h"
#include "protocol/json_value.h"
#include "protocol/result.h"

namespace keyline::protocol {

// Section "Response Message" of the LSP specification.
enum class ErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  server_not_initialized = -32002,
  unknown_error_code = -32001,
  request_failed = -32803,
  server_cancelled = -32802,
  content_modified = -32801,
  request_cancelled = -32800,
};

// An error that is meant to be sent as the answer to a request.
Unexpected failure(ErrorCode code, std::string message);

using Id = std::variant<std::int64_t, std::string>;

struct Request {
  Id id;
  std::string method;
  JsonValue params;  // null when absent

  friend bool operator==(const Request&, const Request&) = default;
};

struct Notification {
  std::string method;
  JsonValue params;  // null when absent

  friend bool operator==(const Notification&, const Notification&) = default;
};

struct Response {
  std::optional<Id> id;  // absent only in an error about a message whose id could not be read
  Result<JsonValue> result;

  friend bool operator==(const Response&, const Response&) = default;
};

// Something that is no message. The id is known when the fault left it readable; then the sender waits for an answer.
struct Malformed {
  ErrorCode code;
  std::string message;
  std::optional<Id> id;

  friend bool operator==(const Malformed&, const Malformed&) = default;
};

using Message = std::variant<Request, Notification, Response, Malformed>;

inline constexpr std::size_t max_json_depth = 256;

Message parse_message(std::string_view body);

// The text of a JSON document with bounded nesting; for settings files as for messages.
Result<JsonValue> parse_json(std::string_view text);

// Bodies to be framed. Bytes that are no UTF-8 become U+FFFD; parameters that are null are left out; an error without
// code is sent as request_failed.
std::string write_request(const Id& id, std::string_view method, const JsonText& params);
std::string write_notification(std::string_view method, const JsonText& params);
std::string write_response(const std::optional<Id>& id, const Result<JsonText>& result);

}  // namespace keyline::protocol
