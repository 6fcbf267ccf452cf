/* cmd_options.h -- how a subcommand reads its options. */
#ifndef HB_CMD_OPTIONS_H
#define HB_CMD_OPTIONS_H

#include <getopt.h>

/* Neither wrong nor done: the command goes on. No exit status. */
enum { HB_GO_ON = -1 };

struct hb_cmd_options {
    const char *name;    /* of the subcommand, in messages */
    const char *letters; /* as getopt takes them, with ':' first to tell a missing value */
    const struct option *table;
    int (*help)(void); /* 'h': print it and return the exit status */
    /* Take an option, its value in optarg, into the command's request. HB_EXIT_OK, or the exit
     * status of the whole command. */
    int (*take)(void *request, int option);
};

/* Read all options of argv; optind is then the first word that is none. Returns HB_GO_ON, or the
 * exit status of the whole command: help was printed, or one line said what is wrong. */
int hb_cmd_options_read(const struct hb_cmd_options *options, void *request, int argc, char **argv);

#endif
