#pragma once
// What we say to the client, typed. Knows which of our own requests are still to be answered. Main thread only, but for
// the function at the end, which is pure and lets a worker write what it found.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json_rpc.h"
#include "protocol/lsp/methods.h"
#include "server/lsp/output.h"

namespace keyline::server {

// Why we asked; decides what an answer does.
enum class Asked : std::uint8_t { for_effect, configuration, progress };

class Client {
 public:
  explicit Client(Output& output) : output_(output) {}

  void reply(const std::optional<protocol::Id>& id, const protocol::Result<protocol::JsonText>& result);
  void reply_fault(const std::optional<protocol::Id>& id, protocol::ErrorCode code, std::string message);
  void send_written(std::string body) { output_.send(std::move(body)); }
  // Only the newest diagnostics of a document are worth sending.
  void publish_written(const std::string& uri, std::string body) { output_.send_latest(uri, std::move(body)); }

  void show_message(protocol::lsp::MessageType type, std::string message);
  void ask_configuration();
  void register_capabilities(std::vector<protocol::lsp::Registration> registrations);
  void refresh_diagnostics();
  void refresh_hints();
  void refresh_lenses();
  void create_progress(std::int32_t token);
  // An encoded begin, report or end, or a part of a result.
  void report_progress(const protocol::lsp::ProgressToken& token, protocol::JsonText value);
  // What an arriving response answers; nothing when we never asked.
  std::optional<Asked> take_asked(const std::optional<protocol::Id>& id);

  void finish() { output_.finish(); }

 private:
  void request(std::string_view method, const protocol::JsonText& params, Asked asked);

  Output& output_;
  std::map<std::int64_t, Asked> asked_;
  std::int64_t next_id_ = 1;
};

std::string write_publish(const protocol::lsp::PublishDiagnosticsParams& params);

}  // namespace keyline::server
