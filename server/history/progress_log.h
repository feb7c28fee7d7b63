#pragma once
// What a build says about itself: BuildKit's progress as `--progress=rawjson` (one JSON object a line) or as plain
// text, told apart line by line. Takes any bytes in any pieces, remembers a bounded amount, and never fails: what it
// does not understand it passes over. Digests of vertices are forgotten at the end: they differ from build to build.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/history/recorded_build.h"

namespace keyline::server {

struct BuildLog {
  enum class Result : std::uint8_t { unknown, succeeded, failed };  // unknown: no progress seen, or it breaks off

  Result result = Result::unknown;
  std::vector<MeasuredStep> steps;  // in order of first appearance; not what BuildKit does itself
  std::map<std::string, std::string, std::less<>>
      images;  // normalized reference -> digest, from the names of FROM steps
};

class ProgressLogReader {
 public:
  void read(std::string_view bytes);
  // Ends the last line.
  BuildLog finish();

 private:
  // Seconds since some fixed point. A vertex that is taken up again has another interval.
  struct Interval {
    double start = 0;
    double end = 0;
    bool work = false;  // neither a look-up nor a pull
  };
  struct Vertex {
    std::string name;
    std::vector<Interval> intervals;  // rawjson
    double done_seconds = 0;          // plain
    bool open = false;                // began and has not ended
    bool cached = false;
    bool executed = false;
    bool pulled = false;  // plain: lines about a download
  };

  void end_line();
  void read_json(std::string_view line);
  void read_plain(std::string_view line);
  void read_plain_progress(Vertex& vertex, std::string_view text);
  void note_error(const Vertex& vertex);
  Vertex* vertex(std::string_view key, std::string_view name);

  static void add_interval(Vertex& vertex, const Interval& interval);
  static MeasuredStep measure(const Vertex& vertex);

  std::string line_;  // what has come of it so far
  bool too_long_ = false;
  std::vector<Vertex> vertices_;
  std::unordered_map<std::string, std::size_t> by_key_;
  bool failed_ = false;
};

// Where a step stands, from its name's "[linux/amd64 build 3/6]"; the platform is left out.
struct StepPlace {
  std::string stage;         // "" in a file of one stage
  std::uint32_t number = 0;  // 3 of 3/6; 0: the name has no such beginning
  friend bool operator==(const StepPlace&, const StepPlace&) = default;
};
StepPlace place_of_step(std::string_view name);

}  // namespace keyline::server
