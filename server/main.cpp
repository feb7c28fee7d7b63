#include "server/cli/command_line.h"

int main(int argc, char** argv) { return keyline::server::run_command_line(argc, argv); }
