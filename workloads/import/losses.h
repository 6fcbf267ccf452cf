/* losses.h -- what an imported trace lacks, or holds only by guess. */
#ifndef IMPORT_LOSSES_H
#define IMPORT_LOSSES_H

#include <stddef.h>
#include <stdint.h>

struct losses {
    uint64_t unmatched_frees; /* frees and reallocs of addresses where nothing lived */
    uint64_t null_frees;
    uint64_t failed_calls;
    uint64_t implied_frees; /* an object lived where another was born: its free was not seen */
    uint64_t large_calls;   /* sizes or alignments that no trace can hold */
    uint64_t lost_pointers; /* calls that succeeded at an unknown address */
    uint64_t guessed;       /* alignments that cannot be right: taken as malloc */
    uint64_t split_calls;   /* calls whose other half is missing */
    uint64_t waiting;       /* births that waited for a free that never came */
    uint64_t other_calls;   /* of other processes than the first */
    uint64_t stuck_threads; /* wait for others for ever: the rest of their calls is left out */
    uint64_t copies;        /* starts of forked children, whose calls are mixed with the others */
    uint64_t skipped_lines; /* not understood */
    uint64_t first_skipped; /* number of the first of these lines, or offset of the first record */
    uint64_t long_lines;
    uint64_t cut_at;         /* line or byte where it is cut, 0 if whole */
    uint64_t shared_threads; /* threads beyond those that a trace can tell apart */
};

/* Say it in one line: known is what the format never tells (may be ""); unit is what is skipped,
 * "line" or "record". text is "" if nothing is lost. */
void losses_print(const struct losses *losses, const char *known, const char *unit, char *text,
                  size_t size);

#endif
