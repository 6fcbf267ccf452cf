/* objects.h -- the live objects of a trace in the making, found by the number that they had in the
 * trace that is read. Memory follows the most objects ever alive. */
#ifndef HB_TRANSFORM_OBJECTS_H
#define HB_TRANSFORM_OBJECTS_H

#include "workloads/trace.h"
#include "workloads/trace_sizes.h"

struct hb_object {
    uint64_t key;    /* its number in what is read */
    uint64_t number; /* its number in what is written; also the order of births */
    uint64_t size;   /* as of its birth or last realloc */
    uint32_t thread; /* that gave birth to it */
    uint8_t kind;    /* of its birth */
    uint8_t alignment_log2;
    uint16_t site; /* of its birth */
};

struct hb_objects {
    struct trace_sizes index; /* key: its slot */
    struct hb_object *slots;
    size_t slot_count, slot_capacity;
};

/* Add an object whose key is not there. Returns false if memory ran out. */
bool hb_objects_add(struct hb_objects *objects, const struct hb_object *object);

/* The object, to read or change all but its key, until objects are added or removed; or NULL. */
struct hb_object *hb_objects_find(const struct hb_objects *objects, uint64_t key);

/* Remove an object that is there. The order of the slots changes. */
void hb_objects_remove(struct hb_objects *objects, uint64_t key);

/* The live objects in the order of their births, slot_count of them, which the caller frees; NULL
 * if memory ran out, or there are none. */
struct hb_object *hb_objects_sorted(const struct hb_objects *objects);

void hb_objects_clear(struct hb_objects *objects);

#endif
