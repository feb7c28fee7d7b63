#include "server/lsp/commands.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "protocol/lsp/methods.h"
#include "protocol/uri.h"
#include "server/features/features.h"
#include "server/features/ignore_file.h"
#include "server/lsp/contexts.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using protocol::ErrorCode;
using protocol::JsonText;
using protocol::JsonValue;
using protocol::Result;

struct ExplainArgument {
  lsp::DocumentUri uri;
  lsp::Position position;
};

void from_json(const nlohmann::json& object, ExplainArgument& argument) {
  protocol::read_member(object, "uri", argument.uri);
  protocol::read_member(object, "position", argument.position);
}

struct InvalidationArgument {
  lsp::DocumentUri uri;
  std::uint32_t stage = 0;
};

void from_json(const nlohmann::json& object, InvalidationArgument& argument) {
  protocol::read_member(object, "uri", argument.uri);
  protocol::read_member(object, "stage", argument.stage);
}

template <class Argument>
Result<Argument> only_argument(const lsp::ExecuteCommandParams& params) {
  const std::string path = "params.arguments[0]";
  if (!params.arguments || params.arguments->empty()) {
    return protocol::failure(ErrorCode::invalid_params, path + " is missing");
  }
  Result<Argument> argument = protocol::decode<Argument>(params.arguments->front());
  if (!argument) return protocol::failure(ErrorCode::invalid_params, path + ": " + argument.error().message);
  return argument;
}

Result<Question> explain_question(const lsp::ExecuteCommandParams& params) {
  Result<ExplainArgument> argument = only_argument<ExplainArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  Question question;
  question.uri = argument->uri;
  question.ask = [position = argument->position](const View& view) {
    return Answer{protocol::encode(features::explain(view, position))};
  };
  return question;
}

Result<Question> invalidation_question(const lsp::ExecuteCommandParams& params) {
  Result<InvalidationArgument> argument = only_argument<InvalidationArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  Question question;
  question.uri = argument->uri;
  question.ask = [stage = argument->stage](const View& view) {
    const std::optional<std::string> text = features::invalidation(view, stage);
    return Answer{protocol::encode(text), text.value_or("")};
  };
  return question;
}

struct WhatIfArgument {
  lsp::DocumentUri uri;
  std::optional<std::vector<std::string>> paths;
  std::optional<std::vector<std::string>> arguments;
};

void from_json(const nlohmann::json& object, WhatIfArgument& argument) {
  protocol::read_member(object, "uri", argument.uri);
  protocol::read_member(object, "paths", argument.paths);
  protocol::read_member(object, "arguments", argument.arguments);
}

Result<Question> what_if_question(const lsp::ExecuteCommandParams& params) {
  Result<WhatIfArgument> argument = only_argument<WhatIfArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  Question question;
  question.uri = argument->uri;
  question.needs_context = true;
  question.ask = [paths = argument->paths.value_or(std::vector<std::string>()),
                  arguments = argument->arguments.value_or(std::vector<std::string>())](const View& view) {
    return Answer{protocol::encode(features::what_if(view, paths, arguments))};
  };
  return question;
}

struct DocumentArgument {
  lsp::DocumentUri uri;
};

void from_json(const nlohmann::json& object, DocumentArgument& argument) {
  protocol::read_member(object, "uri", argument.uri);
}

Result<Question> status_question(const lsp::ExecuteCommandParams& params) {
  Result<DocumentArgument> argument = only_argument<DocumentArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  Question question;
  question.uri = argument->uri;
  question.ask = [](const View& view) { return Answer{protocol::encode(features::status(view))}; };
  question.ask_ignore = [](const IgnoreView& view) { return Answer{protocol::encode(features::ignore_status(view))}; };
  return question;
}

Result<Question> stage_graph_question(const lsp::ExecuteCommandParams& params) {
  Result<DocumentArgument> argument = only_argument<DocumentArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  Question question;
  question.uri = argument->uri;
  question.needs_context = true;
  question.ask = [](const View& view) { return Answer{JsonText(features::stage_graph(view))}; };
  return question;
}

Result<Question> record_question(const Session& session, const lsp::ExecuteCommandParams& params) {
  Result<DocumentArgument> argument = only_argument<DocumentArgument>(params);
  if (!argument) return protocol::Unexpected(argument.error());
  const Document* document = session.documents.find(argument->uri);
  Question question;
  question.uri = argument->uri;
  question.lane = Lane::disk;
  if (document == nullptr) return question;
  const bool has_file = document->kind == DocumentKind::dockerfile && protocol::is_file_uri(document->uri);
  if (!has_file || !session.surroundings.record_build)
    return protocol::failure(ErrorCode::invalid_params, "a build of this document cannot be remembered");
  question.ask = [record = session.surroundings.record_build, query = query_for(session, *document)](const View&) {
    return Answer{JsonText(), record(query)};
  };
  return question;
}

}  // namespace

Result<Question> command_question(const Session& session, const JsonValue& json) {
  const Result<lsp::ExecuteCommandParams> params = protocol::decode<lsp::ExecuteCommandParams>(json);
  if (!params) return protocol::failure(ErrorCode::invalid_params, "params: " + params.error().message);
  if (params->command == features::explain_command) return explain_question(*params);
  if (params->command == features::show_invalidation_command) return invalidation_question(*params);
  if (params->command == features::what_if_command) return what_if_question(*params);
  if (params->command == features::status_command) return status_question(*params);
  if (params->command == features::stage_graph_command) return stage_graph_question(*params);
  if (params->command == features::record_build_command) return record_question(session, *params);
  return protocol::failure(ErrorCode::invalid_params, "params.command: no command '" + params->command + "'");
}

}  // namespace keyline::server
