#pragma once
// Names of build arguments whose value is another one in every build, by convention of CI systems and label standards,
// and which defaults show that an author pinned a value after all. Plain facts, for rules/.

#include <string_view>

namespace keyline::analysis {

// "GIT_SHA", "BUILD_DATE". Arguments made to bust the cache ("CACHEBUST") are not among them: they stand where they are
// on purpose.
bool changes_with_every_build(std::string_view name);

// Names for the version of the project itself: "APP_VERSION".
bool changes_with_every_release(std::string_view name);

// "CACHEBUST", "CACHE_DATE": a new value is meant to re-run something.
bool busts_the_cache(std::string_view name);

// Labels whose value is another one in every build: "org.opencontainers.image.revision".
bool tells_one_build(std::string_view label);

// Whether a default is a real value ("4f2c1e9") and no placeholder for one ("unknown", "dev", "0", "").
bool is_pinned_value(std::string_view value);

}  // namespace keyline::analysis
