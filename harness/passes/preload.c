#include "harness/passes/preload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SAID_MAX = 400 };

bool hb_preload_is_possible(void) {
#ifdef HB_SANITIZED
    return false;
#else
    return true;
#endif
}

/* LD_PRELOAD is separated by spaces and colons and expands $ORIGIN: a library with such a name is
 * named by its number here. */
static bool name_library(struct hb_preload *preload, const char *library) {
    if (!strpbrk(library, " :$")) {
        snprintf(preload->variable, sizeof preload->variable, "LD_PRELOAD=%s", library);
        return true;
    }
    preload->library = open(library, O_RDONLY | O_CLOEXEC);
    snprintf(preload->variable, sizeof preload->variable, "LD_PRELOAD=/proc/%d/fd/%d",
             (int)getpid(), preload->library);
    return preload->library >= 0;
}

bool hb_preload_open(struct hb_preload *preload, const char *library, char *error, size_t size) {
    *preload = (struct hb_preload){.library = -1, .said = -1};
    if (!*library)
        return true;
    if (!hb_preload_is_possible()) {
        snprintf(error, size, "a sanitized build cannot take the malloc of %s", library);
        return false;
    }
    preload->said = memfd_create("heapbench-said", MFD_CLOEXEC);
    if (preload->said >= 0 && name_library(preload, library))
        return true;
    snprintf(error, size, "%s: %s", library, strerror(errno));
    hb_preload_close(preload);
    return false;
}

void hb_preload_explain(const struct hb_preload *preload, char *error, size_t size) {
    char text[SAID_MAX];
    ssize_t length = preload->said >= 0 ? pread(preload->said, text, sizeof text - 1, 0) : 0;
    if (length <= 0)
        return;
    text[length] = '\0';
    const char *line = text + strspn(text, "\n ");
    size_t used = strlen(error);
    snprintf(error + used, size - used, "; it printed: %.*s", (int)strcspn(line, "\n"), line);
}

void hb_preload_close(struct hb_preload *preload) {
    if (preload->library >= 0)
        close(preload->library);
    if (preload->said >= 0)
        close(preload->said);
}
