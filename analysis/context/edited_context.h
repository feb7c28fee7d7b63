#pragma once
// A context as it is once its .dockerignore has another text: a look at what an edit does before any file is written.
// What the old text hid and the new one shows has not been read; then the context is not complete, and says so.

#include <memory>
#include <string_view>

#include "analysis/context/build_context.h"

namespace keyline::analysis {

std::shared_ptr<const BuildContext> with_dockerignore(std::shared_ptr<const BuildContext> context,
                                                      std::string_view text);

}  // namespace keyline::analysis
