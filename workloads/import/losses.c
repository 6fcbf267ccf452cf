/* losses.c -- see losses.h. */
#include "workloads/import/losses.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *to;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format,
                                                           ...) {
    va_list arguments;
    if (text->used > 0 && text->used + 2 < text->size) {
        memcpy(text->to + text->used, "; ", 3);
        text->used += 2;
    }
    va_start(arguments, format);
    int length = vsnprintf(text->to + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += (size_t)length;
    if (text->used >= text->size)
        text->used = text->size - 1;
}

static void text_add_count(struct text *text, uint64_t count, const char *one, const char *many) {
    if (count > 0)
        text_add(text, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

void losses_print(const struct losses *losses, const char *known, const char *unit, char *text,
                  size_t size) {
    struct text out = {text, size, 0};
    text[0] = '\0';
    if (known[0])
        text_add(&out, "%s", known);
    text_add_count(&out, losses->unmatched_frees, "free of an unknown address",
                   "frees of unknown addresses");
    text_add_count(&out, losses->implied_frees, "free not seen, but implied",
                   "frees not seen, but implied");
    text_add_count(&out, losses->failed_calls, "failed call", "failed calls");
    text_add_count(&out, losses->null_frees, "free of NULL", "frees of NULL");
    text_add_count(&out, losses->large_calls, "call of an impossible size",
                   "calls of impossible sizes");
    text_add_count(&out, losses->lost_pointers, "call whose address is unknown",
                   "calls whose addresses are unknown");
    text_add_count(&out, losses->guessed, "alignment unknown", "alignments unknown");
    text_add_count(&out, losses->split_calls, "call half of which is missing",
                   "calls half of which are missing");
    text_add_count(&out, losses->waiting, "call waited for a free that never came",
                   "calls waited for frees that never came");
    text_add_count(&out, losses->other_calls, "call of another process left out",
                   "calls of other processes left out");
    text_add_count(&out, losses->stuck_threads, "thread waits for ever", "threads wait for ever");
    text_add_count(&out, losses->copies, "start of a child whose calls are mixed with the others'",
                   "starts of children whose calls are mixed with the others'");
    text_add_count(&out, losses->shared_threads, "thread shares the last thread's number",
                   "threads share the last thread's number");
    if (losses->skipped_lines > 0)
        text_add(&out, "%" PRIu64 " %s%s not understood, the first at %s %" PRIu64,
                 losses->skipped_lines, unit, losses->skipped_lines == 1 ? "" : "s", unit,
                 losses->first_skipped);
    text_add_count(&out, losses->long_lines, "line too long", "lines too long");
    if (losses->cut_at > 0)
        text_add(&out, "cut at %s %" PRIu64, unit, losses->cut_at);
}
