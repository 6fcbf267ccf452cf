/* trace_alive.c -- one bit per object: alive or not. */
#include "workloads/trace_alive.h"

#include <stdlib.h>
#include <string.h>

enum { SWEEP_AT_LEAST = 64 };

void trace_alive_init(struct trace_alive *alive) {
    memset(alive, 0, sizeof *alive);
    alive->sweep_at_count = SWEEP_AT_LEAST;
}

void trace_alive_clear(struct trace_alive *alive) {
    for (size_t i = 0; i < alive->page_count; i++)
        if (alive->pages[i] != alive->dead)
            free(alive->pages[i]);
    free(alive->pages);
    trace_alive_init(alive);
}

static bool page_is_empty(const uint64_t *page) {
    uint64_t any = 0;

    for (size_t i = 0; i < ALIVE_PAGE_WORDS; i++)
        any |= page[i];
    return any == 0;
}

/* Drop the empty pages; the last may still take births and stays. */
static void alive_sweep(struct trace_alive *alive) {
    for (size_t i = 0; i + 1 < alive->page_count; i++) {
        if (alive->pages[i] == alive->dead || !page_is_empty(alive->pages[i]))
            continue;
        free(alive->pages[i]);
        alive->pages[i] = alive->dead;
        alive->held_count--;
    }
    alive->sweep_at_count = 2 * alive->held_count + SWEEP_AT_LEAST;
}

static bool alive_add_page(struct trace_alive *alive) {
    uint64_t *page;

    if (alive->page_count == alive->page_capacity) {
        size_t capacity = alive->page_capacity == 0 ? 64 : 2 * alive->page_capacity;
        uint64_t **pages = realloc(alive->pages, capacity * sizeof *pages);

        if (pages == NULL)
            return false;
        alive->pages = pages;
        alive->page_capacity = capacity;
    }
    page = calloc(ALIVE_PAGE_WORDS, sizeof *page);
    if (page == NULL)
        return false;
    alive->pages[alive->page_count++] = page;
    alive->held_count++;
    return true;
}

/* Set count bits of a page from bit first on. */
static void page_set(uint64_t *page, size_t first, size_t count) {
    while (count > 0) {
        size_t bit = first % 64;
        size_t here = count < 64 - bit ? count : 64 - bit;

        page[first / 64] |= (UINT64_MAX >> (64 - here)) << bit;
        first += here;
        count -= here;
    }
}

bool trace_alive_birth(struct trace_alive *alive, uint64_t count) {
    if (alive->held_count >= alive->sweep_at_count)
        alive_sweep(alive);
    while (count > 0) {
        size_t first = alive->born_count % ALIVE_PAGE_OBJECTS;
        size_t room = ALIVE_PAGE_OBJECTS - first;
        size_t here = count < room ? (size_t)count : room;

        if (first == 0 && !alive_add_page(alive))
            return false;
        page_set(alive->pages[alive->page_count - 1], first, here);
        alive->born_count += here;
        count -= here;
    }
    return true;
}
