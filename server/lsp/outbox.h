#pragma once
// Frames that wait for the client to read. Of frames with one key only the newest is kept, in the place of the first,
// so a client that reads slowly makes it hold one frame a key and not one an edit. No I/O happens here.

#include <cstddef>
#include <deque>
#include <map>
#include <string>

namespace keyline::server {

class Outbox {
 public:
  void push(std::string frame);
  void push_latest(const std::string& key, std::string frame);

  bool empty() const { return frames_.empty(); }
  std::size_t bytes() const { return bytes_; }
  // The next bytes to write: whole frames, `wanted` bytes or a little more. They cannot be replaced any more.
  std::string take(std::size_t wanted);

 private:
  struct Frame {
    std::string key;  // "": cannot be replaced
    std::string bytes;
  };

  std::deque<Frame> frames_;
  std::map<std::string, Frame*> latest_;  // a deque's elements stay where they are while its ends change
  std::size_t bytes_ = 0;
};

}  // namespace keyline::server
