#pragma once
// Work done progress that the server starts: create a token, then begin, any number of reports, and exactly one end,
// each sent by `$/progress`. The client may answer a cancellable one with WorkDoneProgressCancelParams.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "protocol/lsp/basics.h"

namespace keyline::protocol::lsp {

using ProgressToken = std::variant<std::int32_t, std::string>;

struct WorkDoneProgressCreateParams {
  ProgressToken token;

  friend bool operator==(const WorkDoneProgressCreateParams&, const WorkDoneProgressCreateParams&) = default;
};

struct WorkDoneProgressCancelParams {
  ProgressToken token;

  friend bool operator==(const WorkDoneProgressCancelParams&, const WorkDoneProgressCancelParams&) = default;
};

struct WorkDoneProgressBegin {
  std::string kind = "begin";
  std::string title;
  std::optional<bool> cancellable;
  std::optional<std::string> message;
  std::optional<std::uint32_t> percentage;

  friend bool operator==(const WorkDoneProgressBegin&, const WorkDoneProgressBegin&) = default;
};

struct WorkDoneProgressReport {
  std::string kind = "report";
  std::optional<std::string> message;
  std::optional<std::uint32_t> percentage;

  friend bool operator==(const WorkDoneProgressReport&, const WorkDoneProgressReport&) = default;
};

struct WorkDoneProgressEnd {
  std::string kind = "end";
  std::optional<std::string> message;

  friend bool operator==(const WorkDoneProgressEnd&, const WorkDoneProgressEnd&) = default;
};

struct ProgressParams {
  ProgressToken token;
  JsonText value;  // an encoded Begin, Report or End

  friend bool operator==(const ProgressParams&, const ProgressParams&) = default;
};

KEYLINE_JSON_DECLARE(WorkDoneProgressCreateParams);
KEYLINE_JSON_DECLARE(WorkDoneProgressCancelParams);
KEYLINE_JSON_DECLARE(WorkDoneProgressBegin);
KEYLINE_JSON_DECLARE(WorkDoneProgressReport);
KEYLINE_JSON_DECLARE(WorkDoneProgressEnd);
KEYLINE_JSON_DECLARE(ProgressParams);

}  // namespace keyline::protocol::lsp
