#include "harness/worker/frames.h"

#include <string.h>

#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_SHARED  (UINT64_C(1) << 61)
#define ENTRY_FRAME   ((UINT64_C(1) << 55) - 1)

enum { ENTRIES = 512 };

static void frames_fail(struct frames *frames, enum frames_status status) {
    if (frames->status == FRAMES_OK)
        frames->status = status;
}

void frames_open(struct frames *frames, frames_read *read, void *context,
                 struct frames_range *before) {
    *frames = (struct frames){.read = read, .context = context, .before = before};
}

void frames_count(struct frames *frames) {
    frames->is_counting = true;
}

static void before_add(struct frames *frames, uint64_t page) {
    struct frames_range *last =
        frames->before_count ? &frames->before[frames->before_count - 1] : NULL;
    if (last && last->first + last->count == page)
        last->count++;
    else if (frames->before_count < FRAMES_RANGES_MAX)
        frames->before[frames->before_count++] = (struct frames_range){page, 1};
    else
        frames_fail(frames, FRAMES_TOO_MANY);
}

static bool before_has(struct frames *frames, uint64_t page) {
    while (frames->before_next < frames->before_count &&
           frames->before[frames->before_next].first + frames->before[frames->before_next].count <=
               page)
        frames->before_next++;
    return frames->before_next < frames->before_count &&
           frames->before[frames->before_next].first <= page;
}

static void page_count(struct frames *frames, uint64_t page, uint64_t frame) {
    bool follows =
        frames->pages && page == frames->last_page + 1 && frame == frames->last_frame + 1;
    frames->runs += !follows;
    frames->run = follows ? frames->run + 1 : 1;
    if (frames->run > frames->longest)
        frames->longest = frames->run;
    frames->pages++;
    frames->last_page = page;
    frames->last_frame = frame;
}

static void entry_add(struct frames *frames, uint64_t page, uint64_t entry) {
    uint64_t frame = entry & ENTRY_FRAME;
    if (!(entry & ENTRY_PRESENT) || entry & ENTRY_SHARED)
        return;
    if (!frame)
        frames_fail(frames, FRAMES_HIDDEN);
    else if (frame == frames->zero_frame)
        return;
    else if (!frames->is_counting)
        before_add(frames, page);
    else if (!before_has(frames, page))
        page_count(frames, page, frame);
}

/* Whole entries, however they come: their number, 0 at the end or if that fails. */
static size_t entries_read(struct frames *frames, uint64_t page, uint64_t *entries, size_t count) {
    size_t bytes = count * sizeof *entries, have = 0;
    while (have < bytes) {
        ssize_t got = frames->read(frames->context, (char *)entries + have, bytes - have,
                                   page * sizeof *entries + have);
        if (got < 0)
            frames_fail(frames, FRAMES_UNREADABLE);
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have / sizeof *entries;
}

uint64_t frames_of(struct frames *frames, uint64_t address) {
    uint64_t entry;
    if (!entries_read(frames, address / FRAMES_PAGE, &entry, 1) || !(entry & ENTRY_PRESENT))
        return 0;
    return entry & ENTRY_FRAME;
}

void frames_add(struct frames *frames, uint64_t start, uint64_t end) {
    uint64_t entries[ENTRIES];
    uint64_t page = start / FRAMES_PAGE, last = end / FRAMES_PAGE;
    while (page < last && frames->status == FRAMES_OK) {
        size_t wanted = last - page < ENTRIES ? last - page : ENTRIES;
        size_t count = entries_read(frames, page, entries, wanted);
        for (size_t i = 0; i < count; i++)
            entry_add(frames, page + i, entries[i]);
        if (!count)
            return;
        page += count;
    }
}

static uint64_t parse_hexadecimal(const char **text) {
    static const char digits[] = "0123456789abcdef";
    uint64_t value = 0;
    for (const char *digit; **text && (digit = strchr(digits, **text)); (*text)++)
        value = value << 4 | (uint64_t)(digit - digits);
    return value;
}

/* 55f0-56f0 rw-p 0000 00:00 0 [heap] */
void frames_add_maps(struct frames *frames, const char *text) {
    while (*text) {
        uint64_t start = parse_hexadecimal(&text);
        text += *text == '-';
        uint64_t end = parse_hexadecimal(&text);
        if (strnlen(text, 5) == 5 && text[4] == 'p')
            frames_add(frames, start, end);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
}
