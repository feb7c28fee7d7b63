// The entry point of keyline_tests. Catch2 2 compiles its whole runner into the one file that asks for it; Catch2 3
// brings it as a library.
#define CATCH_CONFIG_RUNNER
#include "tests/support/catch.h"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
