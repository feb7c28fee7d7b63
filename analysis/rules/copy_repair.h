#pragma once
// Moves a COPY below the installs that it makes re-run and leaves the manifests in its place: the fix of
// copy-before-install and install-and-build-in-one-run. Safe only when nothing on the way reads or changes what the
// COPY brings.

#include "analysis/rules/install_causes.h"

namespace keyline::analysis {

struct Repair {
  Fix fix;
  // The RUN that is cut between an install and a build, and the build; none: nothing is, or what follows builds
  // nothing.
  StepId cut = none;
  Span build;
};
Repair repair(const StepFacts& facts, const ContextCopies& copies, const Cause& cause);

}  // namespace keyline::analysis
