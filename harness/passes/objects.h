/* objects.h -- what a compiler knows of each object of a trace while it lives: one number. Objects
 * are numbered in the order of their births; memory is in proportion to those live at once, as far
 * as they die in about the order in which they were born.
 */
#ifndef HB_OBJECTS_H
#define HB_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HB_OBJECTS_OF_PAGE = 512 };

/* A page goes when all its objects are dead. Who has no use for hb_objects_visit may keep value and
 * left by hand, and leave live alone: hb_objects_reach, then hb_objects_drop_page once left is 0.
 */
struct hb_object_page {
    uint32_t left; /* live, or not born yet */
    uint64_t live[HB_OBJECTS_OF_PAGE / 64];
    uint64_t value[HB_OBJECTS_OF_PAGE];
};

struct hb_objects {
    struct hb_object_page **pages;
    size_t page_count;
};

/* The next object is born. False without memory. Births come in order, each once. */
bool hb_objects_born(struct hb_objects *objects, uint64_t object, uint64_t value);

/* The page of the next object to be born is made, if it is not there. False without memory. */
bool hb_objects_reach(struct hb_objects *objects, uint64_t object);

/* Give back the page of an object, all of which are dead. */
void hb_objects_drop_page(struct hb_objects *objects, uint64_t object);

/* The number of a live object, to read and to change; valid until its death. */
uint64_t *hb_objects_at(const struct hb_objects *objects, uint64_t object);

/* The number of an object will be asked for soon. The object need not be born yet. */
void hb_objects_prefetch(const struct hb_objects *objects, uint64_t object);

void hb_objects_dies(struct hb_objects *objects, uint64_t object);

/* Visit those still live, in the order of their births. */
void hb_objects_visit(const struct hb_objects *objects,
                      void (*visit)(void *context, uint64_t value), void *context);

void hb_objects_free(struct hb_objects *objects);

#endif
