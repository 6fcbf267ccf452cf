/* installed.h -- where the parts of the installed program lie, seen from the program: the whole may
 * be moved. In the build folder all lie beside it, or in the source tree, and nothing is installed.
 */
#ifndef HB_INSTALLED_H
#define HB_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

enum hb_installed {
    HB_INSTALLED_DATA, /* share/heapbench: traces, templates of plots; it tells an installed program
                        */
    HB_INSTALLED_TOOLS, /* libexec/heapbench: the worker */
    HB_INSTALLED_LIBS,  /* lib/heapbench: the recorder, the strategies as malloc */
};

/* Write the path of rest in such a folder, symbolic links resolved. False, with "" in path, if the
 * program is not installed, or nothing is there. */
bool hb_installed_path(enum hb_installed part, const char *rest, char *path, size_t size);

/* Is the program an installed one? Then it uses nothing of the tree that it was built from. */
bool hb_is_installed(void);

#endif
