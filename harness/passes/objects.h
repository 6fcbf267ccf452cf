/* objects.h -- what a compiler knows of each object of a trace while it lives: one number. Objects
 * are numbered in the order of their births; memory is in proportion to those live at once, as far
 * as they die in about the order in which they were born.
 */
#ifndef HB_OBJECTS_H
#define HB_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_objects {
    struct hb_object_page **pages;
    size_t page_count;
};

/* The next object is born. False without memory. Births come in order, each once. */
bool hb_objects_born(struct hb_objects *objects, uint64_t object, uint64_t value);

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
