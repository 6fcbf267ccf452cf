/* trace_pick.c -- see trace_pick.h.
 *
 * 1. Count how often each malloc, calloc or aligned call of a size occurs, and each free or realloc
 *    of an age. The most frequent become forms, up to FORMS_FIRST.
 * 2. Of the frees and reallocs that are left, count how often each step occurs: a program that
 *    takes a structure apart frees what was born together, whatever its age. The most frequent
 *    become forms, up to FORMS_MAX; room that is left goes to those that 1. left out.
 * 3. The rest uses a form of its kind that leaves everything open.
 * FORMS_FIRST was chosen by trying 180, 200, 220 and 250 on the bundled traces: they differ by less
 * than 2%.
 */
#include "workloads/trace_pick.h"

#include <stdlib.h>
#include <string.h>

enum {
    FORMS_FIRST = 200,
    FREQUENT = 4,          /* a row of the table takes about as many bytes as 3 open values */
    COUNT_SLOTS = 1 << 17, /* at most half full */
    CHOSEN_SLOTS = 1 << 10,
    FREQUENT_MAX = HB_TRACE_BLOCK_OPS / FREQUENT,
    VALUE_BITS = 50
};

/* A form in one word: what it settles << 6 | its type, plus one. 0 is none. */
typedef uint64_t form_key;

struct count {
    form_key key;
    uint32_t count;
};

struct chosen {
    form_key key;
    uint32_t form;
};

struct trace_picker {
    struct count counts[COUNT_SLOTS];
    struct count firsts[FREQUENT_MAX];  /* of 1., most frequent first */
    struct count seconds[FREQUENT_MAX]; /* of 2. */
    struct chosen chosen[CHOSEN_SLOTS];
    form_key forms[FORMS_MAX];
    size_t form_count;
    size_t op_count;
    form_key first[HB_TRACE_BLOCK_OPS];  /* each operation's form by size or age */
    form_key second[HB_TRACE_BLOCK_OPS]; /* a free's or realloc's by step, else 0 */
    form_key open[HB_TRACE_BLOCK_OPS];
    uint64_t ages[HB_TRACE_BLOCK_OPS];
    uint64_t last[HB_TRACE_THREADS_MAX]; /* the object of each thread's last free or realloc */
};

struct trace_picker *trace_picker_create(void) {
    return calloc(1, sizeof(struct trace_picker));
}

void trace_picker_destroy(struct trace_picker *picker) {
    free(picker);
}

static form_key key_make(uint8_t kind, unsigned settles, uint64_t value) {
    if (value >> VALUE_BITS)
        return 0;
    return (value << 6 | settles | kind) + 1;
}

static uint8_t key_type(form_key key) {
    return (uint8_t)((key - 1) & (FORM_TYPE_END - 1));
}

static size_t key_slot(form_key key, size_t slots) {
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (slots - 1);
}

/* Every form that each operation could have. */
static void keys_fill(struct trace_picker *picker, const struct hb_op *ops, uint64_t births) {
    for (size_t i = 0; i < HB_TRACE_THREADS_MAX; i++)
        picker->last[i] = births;
    for (size_t i = 0; i < picker->op_count; i++) {
        const struct hb_op *op = &ops[i];
        uint64_t *last = &picker->last[op->thread % HB_TRACE_THREADS_MAX];

        picker->open[i] = key_make(op->kind, 0, 0);
        picker->first[i] = picker->second[i] = 0;
        if (trace_kind_is_birth[op->kind])
            picker->first[i] = key_make(op->kind, FORM_SETTLES_SIZE, op->size);
        births += trace_kind_is_birth[op->kind];
        if (!trace_kind_has_age[op->kind])
            continue;
        picker->ages[i] = births - 1 - op->object;
        picker->first[i] = key_make(op->kind, FORM_SETTLES_AGE, picker->ages[i]);
        picker->second[i] = key_make(op->kind, FORM_SETTLES_STEP, trace_zigzag(op->object - *last));
        *last = op->object;
    }
}

static void count_add(struct trace_picker *picker, form_key key) {
    size_t slot = key_slot(key, COUNT_SLOTS);

    if (key == 0)
        return;
    while (picker->counts[slot].key != key && picker->counts[slot].key != 0)
        slot = (slot + 1) % COUNT_SLOTS;
    picker->counts[slot].key = key;
    picker->counts[slot].count++;
}

/* Most frequent first; a total order, so that equal operations make equal files. */
static int count_compare(const void *left, const void *right) {
    const struct count *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return (a->key > b->key) - (a->key < b->key);
}

/* Sort the frequent of what was counted. Returns how many there are, and forgets the counts. */
static size_t counts_take(struct trace_picker *picker, struct count *frequent) {
    size_t taken = 0;

    for (size_t i = 0; i < COUNT_SLOTS; i++)
        if (picker->counts[i].count >= FREQUENT)
            frequent[taken++] = picker->counts[i];
    memset(picker->counts, 0, sizeof picker->counts);
    qsort(frequent, taken, sizeof *frequent, count_compare);
    return taken;
}

static struct chosen *chosen_find(struct trace_picker *picker, form_key key) {
    size_t slot = key_slot(key, CHOSEN_SLOTS);

    while (picker->chosen[slot].key != key && picker->chosen[slot].key != 0)
        slot = (slot + 1) % CHOSEN_SLOTS;
    return &picker->chosen[slot];
}

static void choose(struct trace_picker *picker, form_key key, size_t limit) {
    struct chosen *chosen = chosen_find(picker, key);

    if (chosen->key != 0 || picker->form_count >= limit)
        return;
    chosen->key = key;
    picker->forms[picker->form_count++] = key;
}

static bool is_chosen(struct trace_picker *picker, form_key key) {
    return key != 0 && chosen_find(picker, key)->key == key;
}

/* By kind and what is settled, then by value: what the columns of the table compress best in. */
static int form_compare(const void *left, const void *right) {
    form_key a = *(const form_key *)left, b = *(const form_key *)right;
    uint8_t type_a = key_type(a), type_b = key_type(b);

    if (type_a != type_b)
        return type_a < type_b ? -1 : 1;
    return (a > b) - (a < b);
}

static void forms_number(struct trace_picker *picker) {
    qsort(picker->forms, picker->form_count, sizeof *picker->forms, form_compare);
    for (size_t i = 0; i < picker->form_count; i++)
        chosen_find(picker, picker->forms[i])->form = (uint32_t)i;
}

void trace_pick(struct trace_picker *picker, const struct hb_op *ops, size_t count,
                uint64_t births) {
    size_t first_count, second_count;

    picker->op_count = count;
    picker->form_count = 0;
    memset(picker->chosen, 0, sizeof picker->chosen);
    keys_fill(picker, ops, births);
    for (size_t i = 0; i < count; i++) {
        choose(picker, picker->open[i], FORMS_MAX);
        count_add(picker, picker->first[i]);
    }
    first_count = counts_take(picker, picker->firsts);
    for (size_t i = 0; i < first_count; i++)
        choose(picker, picker->firsts[i].key, FORMS_FIRST);
    for (size_t i = 0; i < count; i++)
        if (!is_chosen(picker, picker->first[i]))
            count_add(picker, picker->second[i]);
    second_count = counts_take(picker, picker->seconds);
    for (size_t i = 0; i < second_count; i++)
        choose(picker, picker->seconds[i].key, FORMS_MAX);
    for (size_t i = 0; i < first_count; i++)
        choose(picker, picker->firsts[i].key, FORMS_MAX);
    forms_number(picker);
}

bool trace_picked_form(const struct trace_picker *picker, size_t i, uint8_t *type,
                       uint64_t *reference, uint64_t *size) {
    uint64_t value;

    if (i >= picker->form_count)
        return false;
    value = (picker->forms[i] - 1) / FORM_TYPE_END;
    *type = key_type(picker->forms[i]);
    *reference = *size = value;
    return true;
}

uint8_t trace_picked(struct trace_picker *picker, size_t i, uint8_t *type, uint64_t *age) {
    form_key key = picker->open[i];

    if (is_chosen(picker, picker->first[i]))
        key = picker->first[i];
    else if (is_chosen(picker, picker->second[i]))
        key = picker->second[i];
    *type = key_type(key);
    *age = picker->ages[i];
    return (uint8_t)chosen_find(picker, key)->form;
}
