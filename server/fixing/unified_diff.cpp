#include "server/fixing/unified_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace keyline::server {

namespace {

constexpr std::size_t context_lines = 3;
// The search needs memory quadratic in the number of differing lines.
constexpr std::ptrdiff_t most_differences = 2000;

using Lines = std::vector<std::string_view>;  // each with its line ending

enum class Kind : std::uint8_t { common, removed, added };

// A run of lines of one kind. For `common`, both ranges have its length; else one of them is empty.
struct Run {
  Kind kind = Kind::common;
  std::size_t before = 0;  // first line in the old text
  std::size_t after = 0;   // first line in the new text
  std::size_t count = 0;
};

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

void append(std::vector<Run>& runs, Run run) {
  if (run.count == 0) return;
  if (!runs.empty() && runs.back().kind == run.kind) {
    runs.back().count += run.count;
  } else {
    runs.push_back(run);
  }
}

// The furthest reach in the old text on each diagonal, one row per number of differences: Myers, "An O(ND) Difference
// Algorithm", figure 2, with every row kept for the way back.
class Search {
 public:
  Search(const Lines& before, const Lines& after, std::size_t begin, std::size_t end_before, std::size_t end_after)
      : before_(before),
        after_(after),
        begin_(begin),
        width_(static_cast<std::ptrdiff_t>(end_before - begin)),
        height_(static_cast<std::ptrdiff_t>(end_after - begin)) {}

  // The runs between, in order.
  std::vector<Run> runs() {
    std::vector<Run> reversed;
    if (!search()) {
      whole(reversed);
    } else {
      walk_back(reversed);
    }
    std::vector<Run> result;
    for (auto run = reversed.rbegin(); run != reversed.rend(); ++run) append(result, *run);
    return result;
  }

 private:
  std::ptrdiff_t reach(std::ptrdiff_t differences, std::ptrdiff_t diagonal) const {
    return rows_[static_cast<std::size_t>(differences)][static_cast<std::size_t>(diagonal + differences)];
  }

  // Whether the best way to this diagonal comes from the one above, by adding a line.
  bool comes_by_adding(std::ptrdiff_t differences, std::ptrdiff_t diagonal) const {
    if (diagonal == -differences) return true;
    if (diagonal == differences) return false;
    return reach(differences - 1, diagonal - 1) < reach(differences - 1, diagonal + 1);
  }

  bool search() {
    const std::ptrdiff_t limit = std::min(width_ + height_, most_differences);
    for (std::ptrdiff_t differences = 0; differences <= limit; ++differences) {
      rows_.emplace_back(static_cast<std::size_t>(2 * differences + 1));
      for (std::ptrdiff_t diagonal = -differences; diagonal <= differences; diagonal += 2) {
        std::ptrdiff_t x = 0;
        if (differences > 0) {
          x = comes_by_adding(differences, diagonal) ? reach(differences - 1, diagonal + 1)
                                                     : reach(differences - 1, diagonal - 1) + 1;
        }
        while (x < width_ && x - diagonal < height_ && equal(x, x - diagonal)) ++x;
        rows_.back()[static_cast<std::size_t>(diagonal + differences)] = x;
        if (x >= width_ && x - diagonal >= height_) return true;
      }
    }
    return false;
  }

  void walk_back(std::vector<Run>& reversed) const {
    std::ptrdiff_t x = width_;
    std::ptrdiff_t y = height_;
    for (auto differences = static_cast<std::ptrdiff_t>(rows_.size()) - 1; differences > 0; --differences) {
      const std::ptrdiff_t diagonal = x - y;
      const bool adding = comes_by_adding(differences, diagonal);
      const std::ptrdiff_t from = adding ? diagonal + 1 : diagonal - 1;
      const std::ptrdiff_t from_x = reach(differences - 1, from);
      const std::ptrdiff_t from_y = from_x - from;
      const std::ptrdiff_t begin_x = adding ? from_x : from_x + 1;
      push(reversed, Kind::common, begin_x, begin_x - diagonal, x - begin_x);
      push(reversed, adding ? Kind::added : Kind::removed, from_x, from_y, 1);
      x = from_x;
      y = from_y;
    }
    push(reversed, Kind::common, 0, 0, x);
  }

  void whole(std::vector<Run>& reversed) const {
    push(reversed, Kind::added, width_, 0, height_);
    push(reversed, Kind::removed, 0, 0, width_);
  }

  void push(std::vector<Run>& runs, Kind kind, std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t count) const {
    runs.push_back({kind, begin_ + static_cast<std::size_t>(x), begin_ + static_cast<std::size_t>(y),
                    static_cast<std::size_t>(count)});
  }

  bool equal(std::ptrdiff_t x, std::ptrdiff_t y) const {
    return before_[begin_ + static_cast<std::size_t>(x)] == after_[begin_ + static_cast<std::size_t>(y)];
  }

  const Lines& before_;
  const Lines& after_;
  std::size_t begin_;
  std::ptrdiff_t width_;
  std::ptrdiff_t height_;
  std::vector<std::vector<std::ptrdiff_t>> rows_;
};

// Within a block of changed lines, what goes comes before what comes.
void sort_blocks(std::vector<Run>& runs) {
  std::vector<Run> sorted;
  for (std::size_t i = 0; i < runs.size();) {
    if (runs[i].kind == Kind::common) {
      sorted.push_back(runs[i++]);
      continue;
    }
    Run removed = {Kind::removed, runs[i].before, runs[i].after, 0};
    Run added = {Kind::added, runs[i].before, runs[i].after, 0};
    for (; i < runs.size() && runs[i].kind != Kind::common; ++i) {
      (runs[i].kind == Kind::removed ? removed : added).count += runs[i].count;
    }
    added.before += removed.count;
    append(sorted, removed);
    append(sorted, added);
  }
  runs = std::move(sorted);
}

std::vector<Run> compare(const Lines& before, const Lines& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;

  std::vector<Run> runs;
  append(runs, {Kind::common, 0, 0, head});
  for (const Run& run : Search(before, after, head, before.size() - tail, after.size() - tail).runs()) {
    append(runs, run);
  }
  append(runs, {Kind::common, before.size() - tail, after.size() - tail, tail});
  sort_blocks(runs);
  return runs;
}

void print_lines(std::string& out, char mark, const Lines& lines, std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    out += mark;
    out += lines[i];
    if (!lines[i].ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

std::string range(std::size_t first, std::size_t count) {
  // An empty range names the line in front of it; a range of one line leaves its length out.
  const std::size_t shown = count == 0 ? first : first + 1;
  return count == 1 ? fmt::format("{}", shown) : fmt::format("{},{}", shown, count);
}

// A hunk goes from `first` to `last`, both changed runs, and takes what it needs of the common runs around them.
void print_hunk(std::string& out, const std::vector<Run>& runs, std::size_t first, std::size_t last,
                const Lines& before, const Lines& after) {
  const std::size_t lead = first == 0 ? 0 : std::min(context_lines, runs[first - 1].count);
  const std::size_t trail = last + 1 == runs.size() ? 0 : std::min(context_lines, runs[last + 1].count);
  std::size_t removed = 0;
  std::size_t added = 0;
  std::size_t common = lead + trail;
  for (std::size_t i = first; i <= last; ++i) {
    std::size_t& count = runs[i].kind == Kind::common ? common : runs[i].kind == Kind::added ? added : removed;
    count += runs[i].count;
  }
  out += fmt::format("@@ -{} +{} @@\n", range(runs[first].before - lead, common + removed),
                     range(runs[first].after - lead, common + added));
  print_lines(out, ' ', before, runs[first].before - lead, lead);
  for (std::size_t i = first; i <= last; ++i) {
    const Run& run = runs[i];
    if (run.kind == Kind::common) print_lines(out, ' ', before, run.before, run.count);
    if (run.kind == Kind::removed) print_lines(out, '-', before, run.before, run.count);
    if (run.kind == Kind::added) print_lines(out, '+', after, run.after, run.count);
  }
  if (trail > 0) print_lines(out, ' ', before, runs[last + 1].before, trail);
}

// As git writes names: quoted with C escapes when they hold what a reader of patches could trip over.
std::string header_name(char side, std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with('/')) path.remove_prefix(1);
  const bool plain = std::ranges::none_of(
      path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\'; });
  // A tab ends a name that holds blanks, which would end it otherwise.
  if (plain) return fmt::format("{}/{}{}", side, path, path.find(' ') == std::string_view::npos ? "" : "\t");
  std::string quoted = fmt::format("\"{}/", side);
  for (const char c : path) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

std::string unified_diff(std::string_view path, std::optional<std::string_view> before_text,
                         std::string_view after_text) {
  if (before_text == after_text) return {};
  const Lines before = split(before_text.value_or(std::string_view()));
  const Lines after = split(after_text);
  const std::vector<Run> runs = compare(before, after);

  const std::string old_name = before_text ? header_name('a', path) : "/dev/null";
  std::string out = fmt::format("--- {}\n+++ {}\n", old_name, header_name('b', path));
  for (std::size_t first = 0; first < runs.size(); ++first) {
    if (runs[first].kind == Kind::common) continue;
    std::size_t last = first;
    for (std::size_t i = first + 1; i < runs.size(); ++i) {
      if (runs[i].kind != Kind::common) {
        last = i;
      } else if (runs[i].count > 2 * context_lines) {
        break;
      }
    }
    print_hunk(out, runs, first, last, before, after);
    first = last;
  }
  return out;
}

}  // namespace keyline::server
