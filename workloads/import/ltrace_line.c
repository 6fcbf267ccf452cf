/* ltrace_line.c -- see ltrace_line.h. */
#include "workloads/import/ltrace_line.h"

#include "workloads/import/scan.h"

/* Names that end in '*' are the beginnings of mangled ones. */
static const struct ltrace_function functions[] = {
    {"malloc", LTRACE_MALLOC, 1},
    {"free", LTRACE_FREE, 1},
    {"realloc", LTRACE_REALLOC, 2},
    {"calloc", LTRACE_CALLOC, 2},
    {"memalign", LTRACE_ALIGNED, 2},
    {"aligned_alloc", LTRACE_ALIGNED, 2},
    {"posix_memalign", LTRACE_POSIX_MEMALIGN, 3},
    {"valloc", LTRACE_VALLOC, 1},
    {"pvalloc", LTRACE_PVALLOC, 1},
    {"reallocarray", LTRACE_REALLOCARRAY, 3},
    {"cfree", LTRACE_FREE, 1},
    {"_ZnwmSt11align_val_t*", LTRACE_NEW_ALIGNED, 2},
    {"_ZnamSt11align_val_t*", LTRACE_NEW_ALIGNED, 2},
    {"_Znw*", LTRACE_MALLOC, 1},
    {"_Zna*", LTRACE_MALLOC, 1},
    {"_Zdl*", LTRACE_FREE, 1},
    {"_Zda*", LTRACE_FREE, 1},
};

static bool name_matches(const char *known, const char *name, size_t length) {
    size_t stem = strcspn(known, "*");
    bool is_stem = known[stem] == '*';
    return (is_stem ? length >= stem : length == stem) && memcmp(known, name, stem) == 0;
}

static const struct ltrace_function *function_find(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (name_matches(functions[i].name, name, length))
            return &functions[i];
    return NULL;
}

/* "[pid N] ", "N " */
static void pid_scan(const char **at, struct ltrace_line *line) {
    const char *from = *at;
    bool has_bracket = scan_text(&from, "[pid ");

    scan_blanks(&from);
    if (!scan_decimal(&from, &line->pid) || (has_bracket && !scan_text(&from, "]")) ||
        !scan_is_blank(*from) || line->pid == 0) {
        line->pid = 1;
        return;
    }
    line->has_pid = true;
    scan_blanks(&from);
    *at = from;
}

/* "1795610487.717809 " since the epoch; of other times only the length is known. */
static void time_scan(const char **at, struct ltrace_line *line) {
    enum { SINCE_EPOCH_MIN = 100000000, NS_PER_S = 1000000000 };
    size_t length = strspn(*at, "0123456789:.");
    const char *from = *at;
    uint64_t seconds, micros;

    if (length == 0 || !scan_is_blank((*at)[length]))
        return;
    if (scan_decimal(&from, &seconds) && scan_text(&from, ".") && scan_decimal(&from, &micros) &&
        from == *at + length && seconds >= SINCE_EPOCH_MIN && seconds < UINT32_MAX * UINT64_C(4) &&
        micros < 1000000) {
        line->has_time = true;
        line->time_ns = seconds * NS_PER_S + micros * 1000;
    }
    *at += length;
    scan_blanks(at);
}

/* "= RESULT" */
static bool result_scan(const char *at, struct ltrace_line *line) {
    scan_blanks(&at);
    if (!scan_text(&at, "="))
        return false;
    scan_blanks(&at);
    if (scan_text(&at, "<void>"))
        line->result = 0;
    else if (!scan_any(&at, &line->result) && !scan_pointer(&at, &line->result))
        return false;
    return scan_end(at);
}

static bool argument_scan(const char **at, uint64_t *argument) {
    scan_blanks(at);
    return scan_any(at, argument) || scan_pointer(at, argument);
}

/* Behind a ')' that ends the arguments: one in a text among them has no result behind it. */
static bool end_scan(const char *at, struct ltrace_line *line) {
    while ((at = strchr(at, ')')) != NULL)
        if (result_scan(++at, line))
            return true;
    return false;
}

/* The function's own arguments; what ltrace guesses behind them may be anything. */
static bool arguments_scan(const char *at, struct ltrace_line *line) {
    for (unsigned i = 0; i < line->function->argument_count; i++)
        if ((i > 0 && !scan_text(&at, ",")) || !argument_scan(&at, &line->arguments[i]))
            return false;
    if (strstr(at, "<unfinished ...>") != NULL || strstr(at, "<no return ...>") != NULL) {
        line->form = LTRACE_SPLIT;
        return true;
    }
    return end_scan(at, line);
}

static bool resumed_read(const char *at, struct ltrace_line *line) {
    size_t length = strcspn(at, " @");

    line->function = function_find(at, length);
    line->form = LTRACE_RESUMED;
    return line->function != NULL && end_scan(at, line);
}

/* "[CALLER->]NAME[@LIBRARY](" */
static bool call_read(const char *at, struct ltrace_line *line) {
    const char *open = strchr(at, '('), *arrow;

    if (open == NULL)
        return false;
    while ((arrow = strstr(at, "->")) != NULL && arrow < open) {
        line->is_inner = strncmp(at, "libc.so", 7) == 0 || strncmp(at, "libc-", 5) == 0;
        at = arrow + 2;
    }
    line->function = function_find(at, strcspn(at, "@("));
    return line->function != NULL && arguments_scan(open + 1, line);
}

bool ltrace_line_read(const char *text, struct ltrace_line *line) {
    *line = (struct ltrace_line){.form = LTRACE_WHOLE};
    scan_blanks(&text);
    pid_scan(&text, line);
    time_scan(&text, line);
    if (scan_text(&text, "<... "))
        return resumed_read(text, line);
    if (scan_text(&text, "+++ exited")) {
        line->form = LTRACE_EXIT;
        return line->has_pid;
    }
    return call_read(text, line);
}
