#pragma once
// What of a Dockerfile leads somewhere else: images to their pages on the web, sources to the file that they name.

#include <string>
#include <vector>

#include "analysis/analysis.h"

namespace keyline::analysis {

struct Link {
  Span span;
  std::string page;  // a web address; "" for a file
  std::string file;  // a path in the build context; "" for a page
};

// Sorted by place. An image whose registry has no pages that are known, and a source of several files, has no link.
std::vector<Link> links(const Snapshot& snapshot);

// Where people read about an image; "" where that is not known.
std::string image_page(std::string_view reference);

}  // namespace keyline::analysis
