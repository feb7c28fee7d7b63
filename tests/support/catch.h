#pragma once
// Catch2, whichever major version is installed: 2 has one header, 3 has many. Tests include this and nothing of
// Catch2 directly. It is the precompiled header of the test program.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
