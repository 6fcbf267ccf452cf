/* cmd_plot.c -- heapbench plot: draw results. */
#include "harness/cmd.h"

int hb_cmd_plot(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return hb_failure("plot: not there yet");
}
