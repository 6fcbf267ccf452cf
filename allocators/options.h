/* options.h -- the options of a strategy's spec, `name:key=value:…`, as one table.
 *
 * A value is written as a choice's name, a number, or bytes with K, M or G; `off` stands for the
 * value no size reaches. `\:` in a spec stands for a colon, `\\` for a backslash.
 */
#ifndef HB_OPTIONS_H
#define HB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_allocator;
struct hb_family;

#define HB_OFF UINT64_MAX
enum { HB_SPEC_MAX = 512, HB_OPTION_ERROR_MAX = 512, HB_LIBRARY_MAX = 4096 };

enum hb_order { HB_ORDER_ADDRESS, HB_ORDER_LIFO, HB_ORDER_FIFO };
enum hb_index { HB_INDEX_TREE, HB_INDEX_LIST };
enum hb_buddy_system { HB_BUDDY_BINARY, HB_BUDDY_FIBONACCI, HB_BUDDY_WEIGHTED, HB_BUDDY_DOUBLE };
enum hb_coalesce { HB_COALESCE_IMMEDIATE, HB_COALESCE_DEFERRED, HB_COALESCE_NONE };
enum hb_fit { HB_FIT_BEST, HB_FIT_FIRST, HB_FIT_SEGREGATED, HB_FIT_TLSF };
enum hb_refill { HB_REFILL_FIT, HB_REFILL_TAIL };
enum hb_classes { HB_CLASSES_POW2, HB_CLASSES_POW2X3, HB_CLASSES_GEOMETRIC };
enum hb_source { HB_SOURCE_SBRK, HB_SOURCE_MMAP };
enum hb_guard { HB_GUARD_OFF, HB_GUARD_ON };
enum hb_preset { HB_PRESET_DEFAULT, HB_PRESET_PAPER };

struct hb_config {
    uint64_t order;          /* enum hb_order */
    uint64_t index;          /* enum hb_index */
    uint64_t coalesce;       /* enum hb_coalesce: when a freed block merges with its neighbours */
    uint64_t split;          /* bytes: a remainder this large becomes a free block */
    uint64_t fit;            /* enum hb_fit: quickfit's general fit */
    uint64_t quick;          /* bytes: the largest block on quickfit's lists */
    uint64_t refill;         /* enum hb_refill: where a block comes from when its list is empty */
    uint64_t sl;             /* log2 of tlsf's lists for each power of two */
    uint64_t system;         /* enum hb_buddy_system */
    uint64_t classes;        /* enum hb_classes */
    uint64_t backend;        /* enum hb_source */
    uint64_t grow;           /* bytes: steps in which the break grows */
    uint64_t trim;           /* bytes: a free tail this large lowers the break, or HB_OFF */
    uint64_t mmap_threshold; /* bytes: requests this large get a span of their own, or HB_OFF */
    uint64_t decay;          /* allocations: see mechanism/decay.h */
    uint64_t preset;         /* enum hb_preset; only while parsing */
    uint64_t scale;          /* the harness multiplies requests by it and divides sizes by it */
    uint64_t limit;          /* bytes: the backend holds no more, or HB_OFF */
    uint64_t fail_at;        /* the backend's call with this number fails, or HB_OFF */
    uint64_t guard;          /* enum hb_guard */
    /* Not options; set by the harness. */
    uint64_t largest_request; /* bytes: the largest the null allocator will see */
    uint64_t base_offset;     /* bytes: heap_base is this far above a multiple of 2 MiB */
    /* Not an option; set by hb_guard_choose. */
    const struct hb_allocator *guarded; /* the one that the guard stands before, or NULL */
};

enum hb_option_kind { HB_OPTION_CHOICE, HB_OPTION_BYTES, HB_OPTION_NUMBER };

struct hb_option {
    const char *key;
    const char *help;
    enum hb_option_kind kind;
    size_t offset;    /* of the value in struct hb_config */
    uint64_t initial; /* the default */
    uint64_t minimum, maximum, multiple;
    bool may_be_off;
    const char *const *choices; /* NULL-terminated */
};

extern const struct hb_option hb_option_order, hb_option_index, hb_option_fit, hb_option_quick,
    hb_option_refill, hb_option_sl, hb_option_system, hb_option_classes, hb_option_backend,
    hb_option_coalesce, hb_option_split, hb_option_grow, hb_option_trim, hb_option_mmap_threshold,
    hb_option_decay, hb_option_preset, hb_option_scale, hb_option_limit, hb_option_fail_at,
    hb_option_guard;

/* Set every option to its default. */
void hb_config_init(struct hb_config *config);

/* Apply `key=value:key=value…` (may be empty) for family, left to right. False, with one line in
 * error (HB_OPTION_ERROR_MAX bytes), for an unknown key (the known ones are listed) or a bad value
 * (what is accepted is said). */
bool hb_config_apply(struct hb_config *config, const struct hb_family *family, const char *options,
                     char *error);

/* Write the canonical spec: family, then keys that differ from their defaults in the option
 * table's order, presets expanded, plain decimal bytes or `off`. text holds HB_SPEC_MAX bytes. */
void hb_config_canonical(const struct hb_config *config, const struct hb_family *family,
                         char *text);

/* Write one value as a spec would (text holds 32 bytes). */
void hb_option_text(const struct hb_option *option, uint64_t value, char *text);

#endif
