/* account.c -- the figures of HEAPBENCH_STATS, and the table of live requests: open addressing with
 * linear probing, at most half full.
 */
#include "allocators/account.h"

enum { FIRST_CAPACITY = 4096 };

void hb_account_open(struct hb_account *account) {
    *account = (struct hb_account){.memory = {.limit = HB_OFF, .fail_at = HB_OFF}};
}

static size_t entry_home(const struct hb_account *account, const void *payload) {
    uint64_t hash = (uintptr_t)payload / 16 * UINT64_C(0x9e3779b97f4a7c15); /* Knuth 6.4 */
    return (size_t)(hash >> 32) & (account->capacity - 1);
}

static void table_put(struct hb_account *account, struct hb_account_entry entry) {
    size_t at = entry_home(account, entry.payload);
    while (account->entries[at].payload)
        at = (at + 1) & (account->capacity - 1);
    account->entries[at] = entry;
    account->count++;
}

static void table_release(struct hb_account *account, struct hb_account_entry *entries,
                          size_t capacity) {
    if (entries)
        hb_backend_unmap(&account->memory, entries, capacity * sizeof *entries);
}

static void table_grow(struct hb_account *account) {
    struct hb_account_entry *old = account->entries;
    size_t old_capacity = account->capacity;
    account->capacity = old_capacity ? 2 * old_capacity : FIRST_CAPACITY;
    account->entries =
        hb_backend_map(&account->memory, account->capacity * sizeof *account->entries);
    account->count = 0;
    account->is_blind = !account->entries;
    for (size_t i = 0; i < old_capacity && !account->is_blind; i++)
        if (old[i].payload)
            table_put(account, old[i]);
    table_release(account, old, old_capacity);
}

/* Close the gap at an entry: those behind it that may not stay there move up. */
static void table_remove(struct hb_account *account, size_t gap) {
    size_t mask = account->capacity - 1, at = gap;
    for (;;) {
        account->entries[gap].payload = NULL;
        do {
            at = (at + 1) & mask;
            if (!account->entries[at].payload)
                return;
        } while (((at - entry_home(account, account->entries[at].payload)) & mask) <
                 ((at - gap) & mask));
        account->entries[gap] = account->entries[at];
        gap = at;
    }
}

void hb_account_born(struct hb_account *account, enum hb_call call, const void *payload,
                     size_t request, uint64_t held_bytes) {
    account->calls[call]++;
    account->failed += !payload;
    if (held_bytes > account->peak_footprint_bytes)
        account->peak_footprint_bytes = held_bytes;
    if (!payload || account->is_blind)
        return;
    if (2 * (account->count + 1) > account->capacity)
        table_grow(account);
    if (account->is_blind)
        return;
    table_put(account, (struct hb_account_entry){payload, request});
    account->live_bytes += request;
    if (account->live_bytes > account->peak_live_bytes)
        account->peak_live_bytes = account->live_bytes;
}

void hb_account_died(struct hb_account *account, const void *payload, bool by_realloc) {
    account->frees += !by_realloc;
    if (account->is_blind || !account->count)
        return;
    size_t at = entry_home(account, payload);
    for (; account->entries[at].payload != payload; at = (at + 1) & (account->capacity - 1))
        if (!account->entries[at].payload)
            return;
    account->live_bytes -= account->entries[at].request;
    account->count--;
    table_remove(account, at);
}

static void figure_add(struct hb_text *text, const char *name, uint64_t value, bool is_known) {
    hb_text_add(text, " ");
    hb_text_add(text, name);
    hb_text_add(text, "=");
    if (is_known)
        hb_text_add_number(text, value);
}

/* peak footprint ÷ peak live, with three decimals; nothing where live is too small to divide by, as
 * in the bench. */
static void ratio_add(const struct hb_account *account, struct hb_text *text) {
    hb_text_add(text, " frag_peak_ratio=");
    if (account->is_blind || account->peak_live_bytes < 64 << 10)
        return;
    unsigned __int128 scaled = (unsigned __int128)account->peak_footprint_bytes * 1000;
    uint64_t thousandths =
        (uint64_t)((scaled + account->peak_live_bytes / 2) / account->peak_live_bytes);
    hb_text_add_number(text, thousandths / 1000);
    hb_text_add(text, thousandths % 1000 < 10 ? ".00" : thousandths % 1000 < 100 ? ".0" : ".");
    hb_text_add_number(text, thousandths % 1000);
}

void hb_account_add(const struct hb_account *account, const struct hb_backend *heap,
                    struct hb_text *text) {
    static const char *const names[HB_CALLS] = {"mallocs", "callocs", "reallocs", "aligned"};
    for (int call = 0; call < HB_CALLS; call++)
        figure_add(text, names[call], account->calls[call], true);
    figure_add(text, "frees", account->frees, true);
    figure_add(text, "failed", account->failed, true);
    figure_add(text, "live_bytes", account->live_bytes, !account->is_blind);
    figure_add(text, "peak_live_bytes", account->peak_live_bytes, !account->is_blind);
    figure_add(text, "footprint_bytes", heap->held_bytes, true);
    figure_add(text, "peak_footprint_bytes", account->peak_footprint_bytes, true);
    ratio_add(account, text);
    figure_add(text, "brk_calls", heap->brk_calls, true);
    figure_add(text, "mmap_calls", heap->mmap_calls, true);
    figure_add(text, "munmap_calls", heap->munmap_calls, true);
    figure_add(text, "mremap_calls", heap->mremap_calls, true);
}
