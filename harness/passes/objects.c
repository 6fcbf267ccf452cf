#include "harness/passes/objects.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_OBJECTS = HB_OBJECTS_OF_PAGE, WORD_BITS = 64 };

static bool pages_reach(struct hb_objects *objects, size_t index) {
    if (index < objects->page_count)
        return true;
    size_t count = (index + 1) * 2;
    struct hb_object_page **pages = realloc(objects->pages, count * sizeof *pages);
    if (!pages)
        return false;
    memset(pages + objects->page_count, 0, (count - objects->page_count) * sizeof *pages);
    objects->pages = pages;
    objects->page_count = count;
    return true;
}

bool hb_objects_reach(struct hb_objects *objects, uint64_t object) {
    size_t index = object / PAGE_OBJECTS;
    if (!pages_reach(objects, index))
        return false;
    if (objects->pages[index])
        return true;
    struct hb_object_page *page = objects->pages[index] = malloc(sizeof *page);
    if (!page)
        return false;
    page->left = PAGE_OBJECTS;
    memset(page->live, 0, sizeof page->live);
    return true;
}

bool hb_objects_born(struct hb_objects *objects, uint64_t object, uint64_t value) {
    if (!hb_objects_reach(objects, object))
        return false;
    struct hb_object_page *page = objects->pages[object / PAGE_OBJECTS];
    size_t place = object % PAGE_OBJECTS;
    page->live[place / WORD_BITS] |= UINT64_C(1) << place % WORD_BITS;
    page->value[place] = value;
    return true;
}

void hb_objects_drop_page(struct hb_objects *objects, uint64_t object) {
    struct hb_object_page **page = &objects->pages[object / PAGE_OBJECTS];
    free(*page);
    *page = NULL;
}

uint64_t *hb_objects_at(const struct hb_objects *objects, uint64_t object) {
    return &objects->pages[object / PAGE_OBJECTS]->value[object % PAGE_OBJECTS];
}

void hb_objects_prefetch(const struct hb_objects *objects, uint64_t object) {
    size_t index = object / PAGE_OBJECTS, place = object % PAGE_OBJECTS;
    if (index >= objects->page_count || !objects->pages[index])
        return;
    __builtin_prefetch(&objects->pages[index]->value[place], 1);
    __builtin_prefetch(&objects->pages[index]->live[place / WORD_BITS], 1);
}

void hb_objects_dies(struct hb_objects *objects, uint64_t object) {
    struct hb_object_page *page = objects->pages[object / PAGE_OBJECTS];
    size_t place = object % PAGE_OBJECTS;
    page->live[place / WORD_BITS] &= ~(UINT64_C(1) << place % WORD_BITS);
    if (--page->left == 0)
        hb_objects_drop_page(objects, object);
}

void hb_objects_visit(const struct hb_objects *objects,
                      void (*visit)(void *context, uint64_t value), void *context) {
    for (size_t i = 0; i < objects->page_count; i++) {
        const struct hb_object_page *page = objects->pages[i];
        for (size_t place = 0; page && place < PAGE_OBJECTS; place++)
            if (page->live[place / WORD_BITS] >> place % WORD_BITS & 1)
                visit(context, page->value[place]);
    }
}

void hb_objects_free(struct hb_objects *objects) {
    for (size_t i = 0; i < objects->page_count; i++)
        free(objects->pages[i]);
    free(objects->pages);
    *objects = (struct hb_objects){0};
}
