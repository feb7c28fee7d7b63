#include "server/lsp/requests.h"

#include <utility>

#include "analysis/text/check.h"

namespace keyline::server {

Ticket Requests::add(PendingRequest request) {
  KEYLINE_ASSERT(!holds(request.id));
  const Ticket ticket = next_++;
  tickets_.emplace(request.id, ticket);
  pending_.emplace(ticket, std::move(request));
  return ticket;
}

std::optional<PendingRequest> Requests::take(Ticket ticket) {
  const auto found = pending_.find(ticket);
  if (found == pending_.end()) return std::nullopt;
  PendingRequest request = std::move(found->second);
  pending_.erase(found);
  tickets_.erase(request.id);
  return request;
}

std::optional<PendingRequest> Requests::take(const protocol::Id& id) {
  const auto found = tickets_.find(id);
  return found == tickets_.end() ? std::nullopt : take(found->second);
}

std::vector<Ticket> Requests::waiting_for(const std::string& path) const {
  std::vector<Ticket> found;
  for (const auto& [ticket, request] : pending_) {
    if (!request.is_running && request.path == path) found.push_back(ticket);
  }
  return found;
}

std::vector<Ticket> Requests::all_for(const std::string& path) const {
  std::vector<Ticket> found;
  for (const auto& [ticket, request] : pending_) {
    if (request.path == path) found.push_back(ticket);
  }
  return found;
}

std::vector<Ticket> Requests::all() const {
  std::vector<Ticket> found;
  for (const auto& [ticket, request] : pending_) found.push_back(ticket);
  return found;
}

PendingRequest* Requests::find(Ticket ticket) {
  const auto found = pending_.find(ticket);
  return found == pending_.end() ? nullptr : &found->second;
}

}  // namespace keyline::server
