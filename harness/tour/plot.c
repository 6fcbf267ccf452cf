/* plot.c -- the pictures of the tour. */
#include "harness/tour/plot.h"

#include <math.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/sheet.h"

enum { PARTS = 6, ROW_PIXELS = 34 };

static void panels_name(struct hb_plot_sheet *sheet, const struct tour_seen *seen, size_t count) {
    hb_plot_array_begin(sheet, "panel_name", count);
    for (size_t i = 0; i < count; i++)
        hb_plot_array_add(sheet, "panel_name", i, seen[i].name);
}

static void sizes_write(struct hb_plot_sheet *sheet, struct hb_plot_grid *grid,
                        const struct tour_seen *seen, size_t count) {
    double most = 0;
    hb_plot_grid_small(grid, count);
    panels_name(sheet, seen, count);
    fputs("# request\tblock\n", sheet->data);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < TOUR_SIZES; j++) {
            double bytes = seen[i].facts.sizes.block_bytes[j];
            most = fmax(most, bytes);
            hb_plot_write_number(sheet, (double)(j + 1), '\t');
            hb_plot_write_number(sheet, bytes > 0 ? bytes : NAN, '\n');
        }
        fputs("\n\n", sheet->data);
    }
    hb_plot_set_title(sheet, "Sizes are rounded up: the staircase of request against block");
    hb_plot_set_subtitle(sheet, "Shaded: header and rounding, what a block has beyond its "
                                "request (internal fragmentation).");
    hb_plot_set_number(sheet, "x_most", TOUR_SIZES);
    hb_plot_set_number(sheet, "y_most", most * 1.05);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(TOUR_SIZES, PARTS));
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(most * 1.05, PARTS));
}

/* Runs of resident pages, each a box. */
static void pinned_write(struct hb_plot_sheet *sheet, struct hb_plot_grid *grid,
                         const struct tour_seen *seen, size_t count) {
    uint64_t most = 1;
    *grid = (struct hb_plot_grid){.panels = count,
                                  .columns = 1,
                                  .left = 130,
                                  .right = 30,
                                  .top = 105,
                                  .bottom = 105,
                                  .gap_y = 50,
                                  .panel_height = 130};
    panels_name(sheet, seen, count);
    fputs("# step\tfirst page\tend of the run\tpages of the heap\n", sheet->data);
    for (size_t i = 0; i < count; i++) {
        const struct tour_pinned *pinned = &seen[i].facts.pinned;
        most = pinned->pages > most ? pinned->pages : most;
        for (size_t step = 0; step < TOUR_PINNED_STEPS; step++)
            for (uint64_t page = 0; page < pinned->pages; page++) {
                uint64_t first = page;
                while (page < pinned->pages && pinned->steps[step].is_resident[page])
                    page++;
                if (page > first)
                    fprintf(sheet->data, "%zu\t%llu\t%llu\t%llu\n", step, (unsigned long long)first,
                            (unsigned long long)page, (unsigned long long)pinned->pages);
            }
        fputs("\n\n", sheet->data);
    }
    hb_plot_set_title(sheet, "The pinned heap: which pages are resident");
    hb_plot_set_subtitle(
        sheet, "256 blocks of 16000 bytes; all but the last are freed; the whole free pages "
               "are madvised; 64000 bytes are used again.");
    hb_plot_set_number(sheet, "x_most", (double)most);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step((double)most, PARTS));
}

static void isolated_write(struct hb_plot_sheet *sheet, struct hb_plot_grid *grid,
                           const struct tour_seen *seen, size_t count) {
    double most = 1;
    *grid = (struct hb_plot_grid){.panels = 1,
                                  .columns = 1,
                                  .left = 130,
                                  .right = 40,
                                  .top = 75,
                                  .bottom = 105,
                                  .panel_height = ROW_PIXELS * (double)count};
    fputs("# allocator\tlive\theld before\theld after\n", sheet->data);
    for (size_t i = 0; i < count; i++) {
        const struct tour_isolated *isolated = &seen[i].facts.isolated;
        double live = (double)(isolated->live * isolated->block_bytes);
        most = fmax(most, (double)isolated->held_after);
        fprintf(sheet->data, "%s\t", seen[i].name);
        hb_plot_write_number(sheet, live / 1e6, '\t');
        hb_plot_write_number(sheet, (double)isolated->held_before / 1e6, '\t');
        hb_plot_write_number(sheet, (double)isolated->held_after / 1e6, '\n');
    }
    hb_plot_set_title(sheet, "Isolated deaths: a heap that is mostly free, and of no use");
    hb_plot_set_subtitle(sheet,
                         "Of 20001 blocks of 120 bytes one in ten lives (blue), the rest is free "
                         "(pale); then 1000 blocks of 1200 bytes: growth (orange).");
    hb_plot_set_number(sheet, "rows", (double)count);
    hb_plot_set_number(sheet, "x_most", most / 1e6 * 1.05);
    hb_plot_set_number(sheet, "x_step", hb_plot_axis_step(most / 1e6 * 1.05, PARTS));
}

static const struct picture {
    const char *claim, *name;
    void (*write)(struct hb_plot_sheet *sheet, struct hb_plot_grid *grid,
                  const struct tour_seen *seen, size_t count);
} pictures[] = {{"sizes", "tour-sizes", sizes_write},
                {"pinned", "tour-pinned", pinned_write},
                {"isolated", "tour-isolated", isolated_write}};

static const struct picture *picture_of(const struct tour_claim *claim) {
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (strcmp(pictures[i].claim, claim->name) == 0)
            return &pictures[i];
    return NULL;
}

bool tour_has_plot(const struct tour_claim *claim) {
    return picture_of(claim) != NULL;
}

enum hb_plot_status tour_plot(const struct tour_claim *claim, const struct tour_seen *seen,
                              size_t count, const struct hb_plots *plots, char *error) {
    const struct picture *picture = picture_of(claim);
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    if (!hb_plot_sheet_begin(&sheet, plots, picture->name, error))
        return HB_PLOT_STOPPED;
    picture->write(&sheet, &grid, seen, count);
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_caption_text(&sheet, plots->caption);
    return hb_plot_sheet_finish(&sheet, plots, picture->name, true, error);
}
