/* names.c -- what stands beside and under pictures. */
#include "harness/plot/sheet.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Add the first length bytes of more, as far as there is room. */
static void text_add_part(char *text, size_t size, const char *separator, const char *more,
                          size_t length) {
    size_t used = strlen(text);
    if (used > 0)
        used = (size_t)(stpncpy(text + used, separator, size - 1 - used) - text);
    if (length > size - 1 - used)
        length = size - 1 - used;
    memcpy(text + used, more, length);
    text[used + length] = '\0';
}

static void text_add(char *text, size_t size, const char *separator, const char *more) {
    text_add_part(text, size, separator, more, strlen(more));
}

/* A value that is a word says what it is about; a number needs its key. */
static void option_add(const char *option, size_t length, char *text, size_t size) {
    const char *equals = memchr(option, '=', length);
    bool is_word = equals && strchr("0123456789", equals[1]) == NULL &&
                   strncmp(equals + 1, "off", 3) != 0 && strncmp(equals + 1, "on", 2) != 0;
    const char *start = is_word ? equals + 1 : option;
    text_add_part(text, size, " ", start, length - (size_t)(start - option));
}

void hb_plot_allocator_name(const char *spec, char *text, size_t size) {
    const char *slash = strrchr(spec, '/');
    text[0] = '\0';
    if (slash && slash[1] != '\0') {
        text_add(text, size, "", slash + 1);
        return;
    }
    size_t length = strcspn(spec, ":");
    text_add_part(text, size, "", spec, length);
    for (spec += length; *spec == ':'; spec += length) {
        spec++;
        length = strcspn(spec, ":");
        option_add(spec, length, text, size);
    }
}

void hb_plot_note_fit(const char *name, char *note, double panel_width) {
    const double name_pixels = 9.7, note_pixels = 6.9; /* of a letter */
    if (name_pixels * (double)strlen(name) + note_pixels * (double)strlen(note) > panel_width)
        note[0] = '\0';
}

static bool trace_is_once(const struct hb_results_blocks *blocks, size_t block) {
    for (size_t i = 0; i < blocks->count; i++) {
        const char *other = blocks->blocks[i].rows[0]->trace;
        if (i != block && strcmp(other, blocks->blocks[block].rows[0]->trace) == 0)
            return false;
    }
    return true;
}

void hb_plot_block_name(const struct hb_results_blocks *blocks, size_t block, char *text,
                        size_t size) {
    const struct hb_result *first = blocks->blocks[block].rows[0];

    text[0] = '\0';
    text_add(text, size, "", first->trace);
    if (trace_is_once(blocks, block))
        return;
    text_add(text, size, ", ", first->mode);
    text_add(text, size, " touch=", first->touch);
    if (first->thp[0] != '\0')
        text_add(text, size, " thp=", first->thp);
    if (first->repeats != HB_COUNT_NULL) {
        char repeats[40];
        snprintf(repeats, sizeof repeats, "%" PRIu64 " repeats", first->repeats);
        text_add(text, size, ", ", repeats);
    }
}

void hb_plot_file_name(const struct hb_results_blocks *blocks, size_t block, const char *kind,
                       char *text, size_t size) {
    const char *trace = blocks->blocks[block].rows[0]->trace;
    size_t same = 0;

    int used = snprintf(text, size, "%s-%.80s", kind, trace);
    for (char *byte = text; *byte != '\0'; byte++) {
        if (!isalnum((unsigned char)*byte) && strchr("-_.=", *byte) == NULL)
            *byte = '_';
    }
    for (size_t i = 0; i < block; i++)
        same += strcmp(blocks->blocks[i].rows[0]->trace, trace) == 0;
    if (same > 0)
        snprintf(text + used, size - (size_t)used, "-%zu", same + 1);
}

static bool repeats_are_shared(const struct hb_results_blocks *blocks) {
    for (size_t i = 1; i < blocks->count; i++) {
        if (blocks->blocks[i].rows[0]->repeats != blocks->blocks[0].rows[0]->repeats)
            return false;
    }
    return blocks->count > 0 && blocks->blocks[0].rows[0]->repeats != HB_COUNT_NULL;
}

static bool touch_is_shared(const struct hb_results_blocks *blocks) {
    for (size_t i = 1; i < blocks->count; i++) {
        if (strcmp(blocks->blocks[i].rows[0]->touch, blocks->blocks[0].rows[0]->touch) != 0)
            return false;
    }
    return blocks->count > 0 && blocks->blocks[0].rows[0]->touch[0] != '\0';
}

static void conditions_add(const struct hb_results_blocks *blocks, char *text, size_t size) {
    char part[64];

    if (repeats_are_shared(blocks)) {
        snprintf(part, sizeof part, "%" PRIu64 " repeats", blocks->blocks[0].rows[0]->repeats);
        text_add(text, size, "; ", part);
    }
    if (touch_is_shared(blocks)) {
        snprintf(part, sizeof part, "touch=%.40s", blocks->blocks[0].rows[0]->touch);
        text_add(text, size, "; ", part);
    }
}

void hb_plot_set_caption(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const char *what, bool with_conditions) {
    char text[1024] = "";

    text_add(text, sizeof text, "", what);
    if (with_conditions)
        conditions_add(&plots->blocks, text, sizeof text);
    if (plots->caption[0] != '\0')
        text_add(text, sizeof text, "; ", plots->caption);
    hb_plot_set_caption_text(sheet, text);
}
