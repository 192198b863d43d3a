#include "daemon/cli/cli.h"

int main(int argc, char** argv) { return trueup::daemon::RunCli(argc, argv); }
