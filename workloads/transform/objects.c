/* objects.c -- the live objects of a trace in the making: an array without gaps, and an index. */
#include "workloads/transform/objects.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_AT_FIRST = 256 };

static bool objects_reserve(struct hb_objects *objects) {
    size_t capacity = objects->slot_capacity == 0 ? SLOTS_AT_FIRST : 2 * objects->slot_capacity;
    struct hb_object *slots;

    if (objects->slot_count < objects->slot_capacity)
        return true;
    slots = realloc(objects->slots, capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    objects->slots = slots;
    objects->slot_capacity = capacity;
    return true;
}

bool hb_objects_add(struct hb_objects *objects, const struct hb_object *object) {
    if (!objects_reserve(objects) ||
        !trace_sizes_add(&objects->index, object->key, objects->slot_count))
        return false;
    objects->slots[objects->slot_count++] = *object;
    return true;
}

struct hb_object *hb_objects_find(const struct hb_objects *objects, uint64_t key) {
    const uint64_t *slot = trace_sizes_find((struct trace_sizes *)&objects->index, key);

    return slot == NULL ? NULL : &objects->slots[*slot];
}

void hb_objects_remove(struct hb_objects *objects, uint64_t key) {
    uint64_t slot = *trace_sizes_find(&objects->index, key);
    struct hb_object *last = &objects->slots[--objects->slot_count];

    objects->slots[slot] = *last;
    *trace_sizes_find(&objects->index, last->key) = slot;
    trace_sizes_remove(&objects->index, key);
}

static int births_compare(const void *a, const void *b) {
    const struct hb_object *one = a, *other = b;

    return (one->number > other->number) - (one->number < other->number);
}

struct hb_object *hb_objects_sorted(const struct hb_objects *objects) {
    size_t bytes = objects->slot_count * sizeof(struct hb_object);
    struct hb_object *sorted = bytes == 0 ? NULL : malloc(bytes);

    if (sorted == NULL)
        return NULL;
    memcpy(sorted, objects->slots, bytes);
    qsort(sorted, objects->slot_count, sizeof *sorted, births_compare);
    return sorted;
}

void hb_objects_clear(struct hb_objects *objects) {
    trace_sizes_clear(&objects->index);
    free(objects->slots);
    memset(objects, 0, sizeof *objects);
}
