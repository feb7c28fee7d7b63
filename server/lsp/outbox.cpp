#include "server/lsp/outbox.h"

#include <utility>

namespace keyline::server {

void Outbox::push(std::string frame) {
  bytes_ += frame.size();
  frames_.push_back({"", std::move(frame)});
}

void Outbox::push_latest(const std::string& key, std::string frame) {
  const auto [place, is_new] = latest_.try_emplace(key, nullptr);
  bytes_ += frame.size();
  if (is_new) {
    place->second = &frames_.emplace_back(Frame{key, std::move(frame)});
    return;
  }
  bytes_ -= place->second->bytes.size();
  place->second->bytes = std::move(frame);
}

std::string Outbox::take(std::size_t wanted) {
  std::string bytes;
  while (!frames_.empty() && bytes.size() < wanted) {
    Frame& frame = frames_.front();
    if (!frame.key.empty()) latest_.erase(frame.key);
    if (bytes.empty()) {
      bytes = std::move(frame.bytes);
    } else {
      bytes += frame.bytes;
    }
    frames_.pop_front();
  }
  bytes_ -= bytes.size();
  return bytes;
}

}  // namespace keyline::server
