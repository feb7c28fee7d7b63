#pragma once
// Sorts what a walk over the build directory meets into sent and hidden, as fsutil's filtered walk does: an ignored
// directory is entered only where a "!" could bring something back, and is sent along as soon as one does. Drive it
// depth first: enter() every directory, then what lies in it, then leave() it if enter() said so.

#include <cstddef>
#include <string_view>
#include <vector>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

class Listing {
 public:
  // `dockerignore` must outlive the listing.
  explicit Listing(const Dockerignore& dockerignore);

  // True: list the directory's entries next, then call leave().
  [[nodiscard]] bool enter(ContextEntry directory);
  void leave();
  void add(ContextEntry entry);

  std::size_t size() const { return entries_.size() + hidden_.size(); }

  // Sorted by path. Take them once, at the end.
  std::vector<ContextEntry> take_entries();
  std::vector<HiddenEntry> take_hidden();

 private:
  // A directory that is open. `held` waits for something visible below it.
  struct Frame {
    Dockerignore::Parents state;
    ContextEntry held;
    bool holds = false;
    std::size_t pattern = 0;
    std::size_t hidden_before = 0;
  };

  Frame& open_frame();
  Dockerignore::Verdict judge(std::string_view path, Dockerignore::Parents& own) const;
  void hide(const ContextEntry& entry, Dockerignore::Verdict verdict);
  void send(ContextEntry entry);

  const Dockerignore& dockerignore_;
  std::vector<Frame> frames_;
  std::size_t depth_ = 0;  // frames beyond are kept for their memory
  Dockerignore::Parents scratch_;
  std::vector<ContextEntry> entries_;
  std::vector<HiddenEntry> hidden_;
};

}  // namespace keyline::analysis
