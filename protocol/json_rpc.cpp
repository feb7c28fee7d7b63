#include "protocol/json_rpc.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace keyline::protocol {
namespace {

using nlohmann::json;

// Looks at brackets outside of strings only. That agrees with the parser on every prefix the parser accepts, so
// whatever passes here cannot make the parser build something deeper.
bool nests_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char byte = text[index];
    if (in_string) {
      if (byte == '\\') {
        ++index;
      } else if (byte == '"') {
        in_string = false;
      }
    } else if (byte == '"') {
      in_string = true;
    } else if (byte == '[' || byte == '{') {
      if (++depth > max_json_depth) return true;
    } else if ((byte == ']' || byte == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

enum class Half { none, high, low };

bool is_hex_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

// Whether the escape \uXXXX at `index` names half of a surrogate pair.
Half half_at(std::string_view text, std::size_t index) {
  if (index + 6 > text.size() || text[index] != '\\' || text[index + 1] != 'u') return Half::none;
  if (text[index + 2] != 'd' && text[index + 2] != 'D') return Half::none;
  if (!is_hex_digit(text[index + 4]) || !is_hex_digit(text[index + 5])) return Half::none;
  const char digit = text[index + 3];
  if (digit == '8' || digit == '9' || digit == 'a' || digit == 'A' || digit == 'b' || digit == 'B') return Half::high;
  if ((digit >= 'c' && digit <= 'f') || (digit >= 'C' && digit <= 'F')) return Half::low;
  return Half::none;
}

// JavaScript strings may hold half a surrogate pair, and JSON.stringify escapes it, though no UTF-8 can say it. To
// refuse such a didChange would lose an edit; U+FFFD is as wide in UTF-16, so later positions stay right.
std::string without_lone_surrogates(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t index = 0; index < text.size();) {
    const Half half = half_at(text, index);
    const bool is_pair = half == Half::high && half_at(text, index + 6) == Half::low;
    if (half != Half::none && !is_pair) {
      repaired += "\\ufffd";
      index += 6;
      continue;
    }
    const std::size_t length = is_pair ? 12 : text[index] == '\\' ? 2 : 1;
    repaired += text.substr(index, length);
    index += length;
  }
  return repaired;
}

// The library's own message quotes the last token, which may be the whole input; the place is enough.
Result<json> parse_document(std::string_view text) {
  if (nests_too_deep(text)) {
    return failure(ErrorCode::parse_error, "JSON is nested deeper than " + std::to_string(max_json_depth) + " levels");
  }
  json document = json::parse(text.begin(), text.end(), nullptr, false);
  if (!document.is_discarded()) return document;
  const std::string repaired = without_lone_surrogates(text);
  try {
    return json::parse(repaired);
  } catch (const json::parse_error& error) {
    return failure(ErrorCode::parse_error, "not JSON, at byte " + std::to_string(error.byte));
  } catch (const json::exception&) {
    return failure(ErrorCode::parse_error, "JSON holds a number that is out of range");
  }
}

std::optional<Id> read_id(const json& id) {
  if (const auto* text = id.get_ptr<const std::string*>()) return *text;
  if (!id.is_number_integer()) return std::nullopt;
  if (id.is_number_unsigned() && !std::in_range<std::int64_t>(id.get<std::uint64_t>())) return std::nullopt;
  return id.get<std::int64_t>();
}

Malformed invalid_request(std::string message, std::optional<Id> id = std::nullopt) {
  return {ErrorCode::invalid_request, std::move(message), std::move(id)};
}

Message read_call(json& object, std::optional<Id> id) {
  json& method = object["method"];
  if (!method.is_string()) return invalid_request("'method' must be a string", std::move(id));
  if (object.contains("id") && !id) return invalid_request("'id' must be a string or a 64-bit integer");
  json params;
  if (const auto found = object.find("params"); found != object.end()) params = std::move(*found);
  if (!params.is_structured() && !params.is_null()) {
    return invalid_request("'params' must be an object or an array", std::move(id));
  }
  std::string name = std::move(method.get_ref<std::string&>());
  if (id) return Request{*std::move(id), std::move(name), JsonValue(std::move(params))};
  return Notification{std::move(name), JsonValue(std::move(params))};
}

// A broken response is never answered under its id: that number is ours, and the client would take it for its own.
Message read_response(json& object, std::optional<Id> id) {
  const auto error = object.find("error");
  if (error == object.end() || error->is_null()) {
    if (!object.contains("result")) return invalid_request("neither 'method' nor 'result' nor 'error'", std::move(id));
    if (!id) return invalid_request("a response needs an 'id'");
    return Response{std::move(id), JsonValue(std::move(object["result"]))};
  }
  if (!error->is_object()) return invalid_request("'error' of a response must be an object");
  const auto code = error->find("code");
  const auto message = error->find("message");
  if (code == error->end() || !code->is_number_integer() || message == error->end() || !message->is_string()) {
    return invalid_request("'error' of a response needs 'code' and 'message'");
  }
  if (!id && object.contains("id") && !object["id"].is_null()) return invalid_request("a response has a broken 'id'");
  const auto number = code->get<std::int64_t>();
  const auto known =
      std::in_range<int>(number) ? static_cast<int>(number) : static_cast<int>(ErrorCode::unknown_error_code);
  return Response{std::move(id), Unexpected({std::move(message->get_ref<std::string&>()), known})};
}

std::string begin_message(const std::optional<Id>& id) {
  std::string body = R"({"jsonrpc":"2.0","id":)";
  if (!id)
    body += "null";
  else if (const auto* number = std::get_if<std::int64_t>(&*id))
    json_text::write_integer(body, *number);
  else
    json_text::write_string(body, std::get<std::string>(*id));
  return body;
}

std::string with_call(std::string body, std::string_view method, const JsonText& params) {
  body += R"(,"method":)";
  json_text::write_string(body, method);
  if (!params.is_null()) body.append(R"(,"params":)").append(params.text());
  return body += '}';
}

}  // namespace

Unexpected failure(ErrorCode code, std::string message) {
  return Unexpected({std::move(message), static_cast<int>(code)});
}

Message parse_message(std::string_view body) {
  Result<json> document = parse_document(body);
  if (!document) return Malformed{ErrorCode::parse_error, document.error().message, std::nullopt};
  json& object = *document;
  if (object.is_array()) return invalid_request("LSP has no batches");
  if (!object.is_object()) return invalid_request("a message must be a JSON object");

  std::optional<Id> id;
  if (const auto found = object.find("id"); found != object.end()) id = read_id(*found);
  const auto version = object.find("jsonrpc");
  const bool is_call = object.contains("method");
  if (version == object.end() || *version != "2.0") {
    return invalid_request("'jsonrpc' must be \"2.0\"", is_call ? std::move(id) : std::nullopt);
  }
  return is_call ? read_call(object, std::move(id)) : read_response(object, std::move(id));
}

Result<JsonValue> parse_json(std::string_view text) {
  Result<json> document = parse_document(text);
  if (!document) return Unexpected(document.error());
  return JsonValue(*std::move(document));
}

std::string write_request(const Id& id, std::string_view method, const JsonText& params) {
  return with_call(begin_message(id), method, params);
}

std::string write_notification(std::string_view method, const JsonText& params) {
  return with_call(R"({"jsonrpc":"2.0")", method, params);
}

std::string write_response(const std::optional<Id>& id, const Result<JsonText>& result) {
  std::string body = begin_message(id);
  if (result) return body.append(R"(,"result":)").append(result->text()) += '}';
  const Error& error = result.error();
  body += R"(,"error":{"code":)";
  json_text::write_integer(body, error.code.value_or(static_cast<int>(ErrorCode::request_failed)));
  body += R"(,"message":)";
  json_text::write_string(body, error.message);
  return body += "}}";
}

}  // namespace keyline::protocol
