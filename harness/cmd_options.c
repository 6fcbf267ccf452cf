#include "harness/cmd_options.h"

#include "harness/cmd.h"

int hb_cmd_options_read(const struct hb_cmd_options *options, void *request, int argc,
                        char **argv) {
    optind = 0;
    opterr = 0;
    for (int option;
         (option = getopt_long(argc, argv, options->letters, options->table, NULL)) != -1;) {
        if (option == 'h')
            return options->help();
        if (option == ':')
            return hb_usage_error("%s: %s needs a value", options->name, argv[optind - 1]);
        if (option == '?')
            return hb_usage_error("%s: there is no option %s (see heapbench %s --help)",
                                  options->name, argv[optind - 1], options->name);
        int status = options->take(request, option);
        if (status != HB_EXIT_OK)
            return status;
    }
    return HB_GO_ON;
}
