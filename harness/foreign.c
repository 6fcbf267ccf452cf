#include "harness/foreign.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd.h"

#ifdef __aarch64__
#define TRIPLET "aarch64-linux-gnu"
#else
#define TRIPLET "x86_64-linux-gnu"
#endif

static const char *const folders[] = {"/usr/local/lib", "/usr/lib/" TRIPLET, "/lib/" TRIPLET,
                                      "/usr/lib64", "/usr/lib"};

/* The last file, in the order of names, that the pattern matches. */
static bool find_file(const char *folder, const char *name, char *path) {
    char pattern[HB_LIBRARY_MAX];
    glob_t found;
    bool has_found = false;
    int length = snprintf(pattern, sizeof pattern, "%s%s%s", folder, *folder ? "/" : "", name);
    if (length < 0 || (size_t)length >= sizeof pattern)
        return false;
    if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0) {
        const char *last = found.gl_pathv[found.gl_pathc - 1];
        has_found = strlen(last) < HB_LIBRARY_MAX && access(last, R_OK) == 0;
        if (has_found)
            strcpy(path, last);
    }
    globfree(&found);
    return has_found;
}

bool hb_foreign_find(const struct hb_foreign *foreign, char *path) {
    const char *chosen = getenv("HEAPBENCH_LIBRARIES");
    const char *slash = strrchr(foreign->file, '/');
    if (chosen && *chosen)
        return find_file(chosen, slash ? slash + 1 : foreign->file, path);
    if (slash)
        return find_file("", foreign->file, path);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (find_file(folders[i], foreign->file, path))
            return true;
    return false;
}

int hb_foreign_resolve(struct hb_spec *spec) {
    if (spec->foreign && !hb_foreign_find(spec->foreign, spec->library))
        return hb_usage_error("%s is not installed: apt-get install %s, or give its library's path",
                              spec->canonical, spec->foreign->package);
    if (!spec->library[0])
        return HB_EXIT_OK;
    char *path = realpath(spec->library, NULL);
    int error = !path ? errno : strlen(path) >= sizeof spec->library ? ENAMETOOLONG : 0;
    if (!error)
        strcpy(spec->library, path);
    free(path);
    return error ? hb_usage_error("%s: %s", spec->canonical, strerror(error)) : HB_EXIT_OK;
}
