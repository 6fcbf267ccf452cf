/* installed.c -- where the parts of the installed program lie. */
#include "harness/installed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/cmd.h"

bool hb_installed_path(enum hb_installed part, const char *rest, char *path, size_t size) {
    static const char *const folders[] = {HB_DATA_FROM_BIN, HB_TOOLS_FROM_BIN, HB_LIBS_FROM_BIN};
    char given[PATH_MAX], found[PATH_MAX];

    path[0] = '\0';
    int length =
        snprintf(given, sizeof given, "%s/%s/%s", hb_program_folder(), folders[part], rest);
    if (length >= PATH_MAX || !realpath(given, found))
        return false;
    length = snprintf(path, size, "%s", found);
    return length >= 0 && (size_t)length < size;
}

bool hb_is_installed(void) {
    char path[PATH_MAX];
    return hb_installed_path(HB_INSTALLED_DATA, "traces", path, sizeof path);
}
