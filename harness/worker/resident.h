/* resident.h -- private resident memory of this process: (resident - shared) pages of
 * /proc/self/statm. Kernels that batch these counters would hide some pages: at the start we touch
 * a known number, and where the reading is not that number, smaps_rollup is read instead: exact,
 * but slow.
 */
#ifndef HB_RESIDENT_H
#define HB_RESIDENT_H

#include <stdbool.h>
#include <stdint.h>

struct resident {
    int file;
    bool uses_smaps;
    uint64_t before; /* bytes; subtracted from every reading */
    int rollup;      /* for huge pages, or -1 */
    uint64_t huge_before;
};

/* False if neither file can be read. */
bool resident_open(struct resident *resident);

/* Get ready to tell of huge pages, too. False if smaps_rollup cannot be read. */
bool resident_open_huge(struct resident *resident);

/* From now on readings are relative to the memory resident now. */
void resident_start(struct resident *resident);

/* Bytes more than at the start; 0 if less. */
uint64_t resident_bytes(const struct resident *resident);

/* The same of bytes in transparent huge pages (2 MiB on x86-64). The kernel walks all page tables.
 */
uint64_t resident_huge_bytes(const struct resident *resident);

#endif
