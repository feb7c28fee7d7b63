#include "server/lsp/listen.h"

#include <charconv>

#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>

namespace keyline::server {

using protocol::Result;
using protocol::Unexpected;

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::string quoted = "'" + std::string(text) + "'";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Unexpected({quoted + " is not an address: write 127.0.0.1:PORT"});
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (fault != std::errc{} || end != port_text.data() + port_text.size()) {
    return Unexpected({quoted + " has no port number from 0 to 65535: write 127.0.0.1:PORT"});
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  asio::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error || !address.is_loopback()) {
    return Unexpected(
        {quoted + " is not this machine: keyline listens on the loopback interface only, write 127.0.0.1:PORT"});
  }
  return ListenAddress{address.to_string(), port};
}

Result<int> accept_one(Scheduler& scheduler, const ListenAddress& address,
                       const std::function<void(std::uint16_t)>& ready) {
  using asio::ip::tcp;
  try {
    tcp::acceptor acceptor(scheduler.loop(), tcp::endpoint(asio::ip::make_address(address.host), address.port));
    ready(acceptor.local_endpoint().port());
    tcp::socket socket = acceptor.accept();
    socket.set_option(tcp::no_delay(true));
    return socket.release();
  } catch (const asio::system_error& error) {
    return Unexpected({"cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " + error.what()});
  }
}

}  // namespace keyline::server
