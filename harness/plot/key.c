/* key.c -- the key over the panels, in columns. */
#include "harness/plot/key.h"

#include <string.h>

#include "harness/plot/looks.h"

enum { LETTER_PIXELS = 9, LINE_PIXELS = 44, ROW_PIXELS = 20, MARGIN = 12 };

static void number_set(struct hb_plot_sheet *sheet, const char *what, const char *part,
                       size_t index, int value) {
    fprintf(sheet->script, "%s_%s[%zu] = %d\n", what, part, index + 1, value);
}

void hb_plot_looks_begin(struct hb_plot_sheet *sheet, const char *what, size_t count) {
    static const char *const parts[] = {"colour", "mark", "dash"};
    char array[32];
    for (size_t i = 0; i < 3; i++) {
        snprintf(array, sizeof array, "%s_%s", what, parts[i]);
        hb_plot_array_begin(sheet, array, count);
    }
}

void hb_plot_looks_set(struct hb_plot_sheet *sheet, const char *what, size_t index,
                       const struct hb_results_blocks *blocks, const char *allocator) {
    struct hb_plot_look look = hb_plot_look(hb_plot_allocator_number(blocks, allocator));
    number_set(sheet, what, "colour", index, look.colour);
    number_set(sheet, what, "mark", index, look.mark);
    number_set(sheet, what, "dash", index, look.dash);
}

/* Is this the first row of its allocator that is drawn? */
static bool is_first(const struct hb_results_blocks *blocks, size_t row,
                     const struct hb_plot_key *key) {
    for (size_t i = 0; i < row; i++) {
        if (key->is_drawn(blocks->rows[i]) &&
            strcmp(blocks->rows[i]->allocator, blocks->rows[row]->allocator) == 0)
            return false;
    }
    return key->is_drawn(blocks->rows[row]);
}

double hb_plot_key_write(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                         const struct hb_plot_key *key) {
    const struct hb_results_blocks *blocks = &plots->blocks;
    char name[HB_RESULT_TEXT_MAX];
    size_t entries = key->has_floor, longest = strlen("floor"), entry = 0;

    for (size_t i = 0; i < blocks->row_count; i++) {
        if (!is_first(blocks, i, key))
            continue;
        hb_plot_allocator_name(blocks->rows[i]->allocator, name, sizeof name);
        longest = strlen(name) > longest ? strlen(name) : longest;
        entries++;
    }
    size_t pixels = LINE_PIXELS + LETTER_PIXELS * (longest + 2);
    size_t width = (size_t)sheet->width - MARGIN;
    size_t columns = pixels < width ? width / pixels : 1;
    fprintf(sheet->script, "key_columns = %zu\nkey_entries = %zu\n", columns, entries);
    hb_plot_set_number(sheet, "key_pixels", (double)pixels);
    hb_plot_set_number(sheet, "key_has_floor", key->has_floor);
    hb_plot_array_begin(sheet, "key_name", entries);
    hb_plot_looks_begin(sheet, "key", entries);
    for (size_t i = 0; i < blocks->row_count; i++) {
        if (!is_first(blocks, i, key))
            continue;
        hb_plot_allocator_name(blocks->rows[i]->allocator, name, sizeof name);
        hb_plot_array_add(sheet, "key_name", entry, name);
        hb_plot_looks_set(sheet, "key", entry++, blocks, blocks->rows[i]->allocator);
    }
    if (key->has_floor)
        hb_plot_array_add(sheet, "key_name", entry, "floor");
    return ROW_PIXELS * (double)((entries + columns - 1) / columns);
}
