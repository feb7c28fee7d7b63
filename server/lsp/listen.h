#pragma once
// `--listen 127.0.0.1:PORT`: one client over a socket, for debugging and for editors that cannot start programs. Only
// the loopback interface is ever bound, because whoever connects may read files through us.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/result.h"
#include "server/lsp/scheduler.h"

namespace keyline::server {

struct ListenAddress {
  std::string host;        // "127.0.0.1" or "::1"
  std::uint16_t port = 0;  // 0: any free one
};

// "127.0.0.1:4711", "localhost:4711", "[::1]:4711". Anything that is not this machine itself is refused.
protocol::Result<ListenAddress> parse_listen_address(std::string_view text);

// Waits for one client, then stops listening. `ready` is called with the port that was bound. The descriptor is the
// caller's to close.
protocol::Result<int> accept_one(Scheduler& scheduler, const ListenAddress& address,
                                 const std::function<void(std::uint16_t)>& ready);

}  // namespace keyline::server
