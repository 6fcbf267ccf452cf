/* account.h -- what a process's calls of malloc add up to: HEAPBENCH_STATS=1.
 *
 * The requests of live payloads are kept in a table of their own, so that live is the sum of what
 * was asked for, as in the bench. The table's memory is not the heap's and in none of its figures.
 */
#ifndef HB_ACCOUNT_H
#define HB_ACCOUNT_H

#include "allocators/backend/backend.h"
#include "allocators/text.h"

enum hb_call { HB_CALL_MALLOC, HB_CALL_CALLOC, HB_CALL_REALLOC, HB_CALL_ALIGNED, HB_CALLS };

struct hb_account_entry {
    const void *payload; /* NULL: the place is free */
    size_t request;
};

struct hb_account {
    uint64_t calls[HB_CALLS]; /* failed ones too */
    uint64_t frees;           /* of live payloads */
    uint64_t failed;
    uint64_t live_bytes, peak_live_bytes, peak_footprint_bytes;
    bool is_blind; /* the table had no memory: what is live is unknown */
    struct hb_account_entry *entries;
    size_t capacity, count; /* of the table; capacity a power of two */
    struct hb_backend memory;
};

void hb_account_open(struct hb_account *account);

/* A call returned payload for request bytes; NULL if it failed. held_bytes: the footprint then. */
void hb_account_born(struct hb_account *account, enum hb_call call, const void *payload,
                     size_t request, uint64_t held_bytes);

/* payload was freed, by a call of free or, if by_realloc, by one that is counted already. */
void hb_account_died(struct hb_account *account, const void *payload, bool by_realloc);

/* Append the figures to text, NAME=VALUE each. */
void hb_account_add(const struct hb_account *account, const struct hb_backend *heap,
                    struct hb_text *text);

#endif
