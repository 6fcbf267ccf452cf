/* ltrace_line.h -- one line of ltrace's log, taken apart. */
#ifndef IMPORT_LTRACE_LINE_H
#define IMPORT_LTRACE_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum ltrace_kind {
    LTRACE_MALLOC,      /* (size), operator new too */
    LTRACE_CALLOC,      /* (count, size) */
    LTRACE_ALIGNED,     /* (alignment, size) */
    LTRACE_NEW_ALIGNED, /* (size, alignment) */
    LTRACE_VALLOC,
    LTRACE_PVALLOC,
    LTRACE_POSIX_MEMALIGN, /* (where, alignment, size): returns no pointer */
    LTRACE_FREE,           /* operator delete too */
    LTRACE_REALLOC,        /* (pointer, size) */
    LTRACE_REALLOCARRAY    /* (pointer, count, size) */
};

enum ltrace_form {
    LTRACE_WHOLE,   /* arguments and result */
    LTRACE_SPLIT,   /* arguments */
    LTRACE_RESUMED, /* result */
    LTRACE_EXIT     /* +++ exited */
};

enum { LTRACE_ARGUMENTS_MAX = 3 };

struct ltrace_function {
    const char *name;
    enum ltrace_kind kind;
    unsigned argument_count;
};

struct ltrace_line {
    uint64_t pid; /* 1 if the line has none */
    bool has_pid, has_time;
    bool is_inner; /* libc made the call */
    enum ltrace_form form;
    const struct ltrace_function *function;
    uint64_t arguments[LTRACE_ARGUMENTS_MAX];
    uint64_t result;
    uint64_t time_ns; /* since the epoch */
};

/* Take text apart. Returns false if it is no call of the malloc family: function is NULL then; or
 * one that is not understood. */
bool ltrace_line_read(const char *text, struct ltrace_line *line);

#endif
