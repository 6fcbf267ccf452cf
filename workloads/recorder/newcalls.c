/* newcalls.c -- C++'s operator new, of whose callers malloc sees only operator new itself: it is
 * passed on to the next one, and the malloc that it makes counts as its caller's.
 *
 * A program that replaces operator new, or has its own libstdc++ linked into it, never comes here.
 */
#include "workloads/recorder/sites.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Every operator new takes its size first, then perhaps an alignment or std::nothrow, then perhaps
 * that; more arguments than it takes are in registers that it does not look at. */
typedef void *new_function(size_t size, size_t second, size_t third);

struct new_call {
    const char *name;
    bool is_aligned; /* its second argument is the alignment */
    bool may_fail;   /* it gives NULL where others throw */
    new_function *next;
};

/* The next one, or, if its library is known only to others that were loaded with it, that. It is
 * never unloaded then. */
static new_function *new_find(const char *name) {
    static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1", "libc++abi.so.1"};
    void *found = dlsym(RTLD_NEXT, name);
    for (size_t i = 0; !found && i < sizeof libraries / sizeof *libraries; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
        if (library)
            found = dlsym(library, name);
    }
    new_function *function;
    *(void **)&function = found;
    return function;
}

/* No operator new is to be found: this one does what it can without exceptions. */
static void *new_lost(const struct new_call *call, size_t size, size_t second) {
    size_t bytes = size ? size : 1;
    void *born = NULL;
    if (!call->is_aligned)
        born = malloc(bytes);
    else if (posix_memalign(&born, second, bytes))
        born = NULL;
    if (!born && !call->may_fail)
        abort();
    return born;
}

static void *new_forward(struct new_call *call, size_t size, size_t second, size_t third,
                         const void *caller) {
    new_function *next = __atomic_load_n(&call->next, __ATOMIC_RELAXED);
    const void *before = site_caller;
    if (!next) {
        site_caller = NULL; /* what the search allocates is not the caller's */
        next = new_find(call->name);
        __atomic_store_n(&call->next, next, __ATOMIC_RELAXED);
    }
    site_caller = before ? before : caller;
    void *born = next ? next(size, second, third) : new_lost(call, size, second);
    site_caller = before;
    return born;
}

#define NEW_EXPORT(name) __asm__(name) __attribute__((visibility("default")))

void *new_one(size_t size) NEW_EXPORT("_Znwm");
void *new_many(size_t size) NEW_EXPORT("_Znam");
void *new_one_or_null(size_t size, size_t nothrow) NEW_EXPORT("_ZnwmRKSt9nothrow_t");
void *new_many_or_null(size_t size, size_t nothrow) NEW_EXPORT("_ZnamRKSt9nothrow_t");
void *new_aligned(size_t size, size_t alignment) NEW_EXPORT("_ZnwmSt11align_val_t");
void *new_many_aligned(size_t size, size_t alignment) NEW_EXPORT("_ZnamSt11align_val_t");
void *new_aligned_or_null(size_t size, size_t alignment, size_t nothrow)
    NEW_EXPORT("_ZnwmSt11align_val_tRKSt9nothrow_t");
void *new_many_aligned_or_null(size_t size, size_t alignment, size_t nothrow)
    NEW_EXPORT("_ZnamSt11align_val_tRKSt9nothrow_t");

void *new_one(size_t size) {
    static struct new_call call = {"_Znwm", false, false, NULL};
    return new_forward(&call, size, 0, 0, __builtin_return_address(0));
}

void *new_many(size_t size) {
    static struct new_call call = {"_Znam", false, false, NULL};
    return new_forward(&call, size, 0, 0, __builtin_return_address(0));
}

void *new_one_or_null(size_t size, size_t nothrow) {
    static struct new_call call = {"_ZnwmRKSt9nothrow_t", false, true, NULL};
    return new_forward(&call, size, nothrow, 0, __builtin_return_address(0));
}

void *new_many_or_null(size_t size, size_t nothrow) {
    static struct new_call call = {"_ZnamRKSt9nothrow_t", false, true, NULL};
    return new_forward(&call, size, nothrow, 0, __builtin_return_address(0));
}

void *new_aligned(size_t size, size_t alignment) {
    static struct new_call call = {"_ZnwmSt11align_val_t", true, false, NULL};
    return new_forward(&call, size, alignment, 0, __builtin_return_address(0));
}

void *new_many_aligned(size_t size, size_t alignment) {
    static struct new_call call = {"_ZnamSt11align_val_t", true, false, NULL};
    return new_forward(&call, size, alignment, 0, __builtin_return_address(0));
}

void *new_aligned_or_null(size_t size, size_t alignment, size_t nothrow) {
    static struct new_call call = {"_ZnwmSt11align_val_tRKSt9nothrow_t", true, true, NULL};
    return new_forward(&call, size, alignment, nothrow, __builtin_return_address(0));
}

void *new_many_aligned_or_null(size_t size, size_t alignment, size_t nothrow) {
    static struct new_call call = {"_ZnamSt11align_val_tRKSt9nothrow_t", true, true, NULL};
    return new_forward(&call, size, alignment, nothrow, __builtin_return_address(0));
}
