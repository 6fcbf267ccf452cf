/* preloaded.c -- is the library that was asked for what serves malloc here? The loader only warns
 * of one that it cannot load, and goes on without it.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "allocators/text.h"
#include "harness/worker/worker.h"

static bool is_same_file(const char *path, const char *other) {
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

void worker_verify_library(struct worker *worker) {
    const char *library = worker->job->library;
    const struct {
        const char *name;
        uintptr_t address;
    } functions[] = {
        {"malloc", (uintptr_t)malloc},     {"free", (uintptr_t)free},
        {"calloc", (uintptr_t)calloc},     {"realloc", (uintptr_t)realloc},
        {"memalign", (uintptr_t)memalign}, {"malloc_usable_size", (uintptr_t)malloc_usable_size}};
    for (size_t i = 0; library[0] && i < sizeof functions / sizeof *functions; i++) {
        Dl_info info;
        bool is_known = dladdr((void *)functions[i].address, &info) != 0;
        if (is_known && is_same_file(info.dli_fname, library))
            continue;
        char detail[JOB_MESSAGE_MAX];
        struct hb_text text = hb_text_start(detail, sizeof detail);
        hb_text_add(&text, " is that of ");
        hb_text_add(&text, is_known ? info.dli_fname : "an unknown library");
        hb_text_add(&text, ", not of ");
        hb_text_add(&text, library);
        worker_fail(worker, functions[i].name, detail);
    }
}
