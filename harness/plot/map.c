/* map.c -- the script gets a number for each cell: which mixture of live, overhead and free it is.
 * Mixtures are told apart in sixths, so that a palette of 84 colours holds all.
 */
#include "harness/plot/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plot/axis.h"
#include "harness/plot/sheet.h"

enum { STEPS = 6, MIXTURES = (STEPS + 1) * (STEPS + 2) * (STEPS + 3) / 6 };
enum {
    ROWS = 300,
    LINE_CELLS = 128,
    LINES = 64,
    SHADES = 3,
    X_PARTS = 4,
    Y_PARTS = 4,
    FRAMES = 60
};

/* Of live, overhead, free; what is neither stays paper. */
static const unsigned char shades[MAP_PARTS][SHADES] = {
    {0x00, 0x72, 0xB2}, {0x33, 0x33, 0x33}, {0xE6, 0x9F, 0x00}};

/* One mixture a line: sixths of each part. Numbered live first, then overhead, then free. */
static int mixture_number(int live, int overhead, int free_part) {
    int number = 0;
    for (int i = 0; i < live; i++)
        number += (STEPS - i + 1) * (STEPS - i + 2) / 2;
    for (int i = 0; i < overhead; i++)
        number += STEPS - live - i + 1;
    return number + free_part;
}

/* Whole steps that sum to no more than STEPS; what rounds to nothing but is there gets one. */
static int mixture_of(const double *shares) {
    int steps[MAP_PARTS], sum = 0;
    for (int part = 0; part < MAP_PARTS; part++) {
        steps[part] = (int)lround(shares[part] * STEPS);
        sum += steps[part];
    }
    for (int part = MAP_PARTS - 1; part >= 0 && sum > STEPS; part--)
        for (; steps[part] > 0 && sum > STEPS; sum--)
            steps[part]--;
    return mixture_number(steps[MAP_LIVE], steps[MAP_OVERHEAD], steps[MAP_FREE]);
}

static void palette_write(struct hb_plot_sheet *sheet) {
    fputs("colours = \"", sheet->script);
    for (int live = 0; live <= STEPS; live++)
        for (int overhead = 0; live + overhead <= STEPS; overhead++)
            for (int rest = 0; live + overhead + rest <= STEPS; rest++) {
                int parts[MAP_PARTS] = {live, overhead, rest}, colour = 0;
                for (int shade = 0; shade < SHADES; shade++) {
                    int sum = 255 * (STEPS - live - overhead - rest);
                    for (int part = 0; part < MAP_PARTS; part++)
                        sum += parts[part] * shades[part][shade];
                    colour = colour << 8 | sum / STEPS;
                }
                int number = mixture_number(live, overhead, rest);
                fprintf(sheet->script, "%s%d '#%06X'", number ? "," : "", number, (unsigned)colour);
            }
    fprintf(sheet->script, "\"\nmixtures = %d\n", MIXTURES);
}

/* Mean shares of the granules from first up to end at a moment. */
static void shares_mean(const struct hb_map *map, uint32_t moment, double first, double end,
                        double *shares) {
    double weight = 0;
    for (int part = 0; part < MAP_PARTS; part++)
        shares[part] = 0;
    for (uint32_t i = (uint32_t)first; i < map->granules && i < end; i++) {
        double part_of = fmin(end, i + 1.0) - fmax(first, i);
        for (int part = 0; part < MAP_PARTS; part++)
            shares[part] += part_of * hb_map_share(map, moment, i, (enum map_part)part) / 255;
    }
    weight = end - first;
    for (int part = 0; part < MAP_PARTS; part++)
        shares[part] /= weight;
}

static double map_bytes(const struct hb_map *map) {
    return (double)map->granules * (double)map->granule_bytes;
}

static double most_bytes(const struct hb_plot_maps *maps) {
    double most = 1;
    for (size_t i = 0; i < maps->count; i++)
        most = fmax(most, map_bytes(&maps->list[i].map));
    return most;
}

/* A row of cells for each step of address, from the lowest; a column for each moment. */
static void map_write(struct hb_plot_sheet *sheet, const struct hb_map *map, double row_bytes) {
    double row_granules = row_bytes / (double)map->granule_bytes;
    for (int row = 0; row < ROWS && row * row_granules < map->granules; row++)
        for (uint32_t moment = 0; moment < map->moments; moment++) {
            double shares[MAP_PARTS];
            shares_mean(map, moment, row * row_granules, (row + 1) * row_granules, shares);
            fprintf(sheet->data, "%d%c", mixture_of(shares),
                    moment + 1 == map->moments ? '\n' : '\t');
        }
    fputs("\n\n", sheet->data);
}

static uint32_t moment_of_peak(const struct hb_map *map) {
    uint32_t peak = 0;
    for (uint32_t i = 1; i < map->moments; i++)
        if (map->live_bytes[i] > map->live_bytes[peak])
            peak = i;
    return peak;
}

/* Moments that are none. */
#define AT_PEAK      (UINT32_MAX - 1)
#define AT_NO_MOMENT UINT32_MAX

/* How much of all that is shown is live at a moment, or at the peak of live. */
static void note_write(const struct hb_map *map, uint32_t moment, char *note, size_t size) {
    double shares[MAP_PARTS], sum = 0;
    note[0] = '\0';
    if (moment == AT_NO_MOMENT)
        return;
    bool is_peak = moment == AT_PEAK;
    moment = is_peak ? moment_of_peak(map) : moment;
    shares_mean(map, moment, 0, map->granules + !map->granules, shares);
    for (int part = 0; part < MAP_PARTS; part++)
        sum += shares[part];
    snprintf(note, size, "%s%.0f%% live", is_peak ? "at its peak " : "",
             100 * shares[MAP_LIVE] / sum);
}

/* Names and notes of the panels. */
static void panels_write(struct hb_plot_sheet *sheet, const struct hb_plot_maps *maps,
                         uint32_t moment, double panel_width) {
    char text[HB_RESULT_TEXT_MAX], note[128];
    hb_plot_array_begin(sheet, "panel_name", maps->count);
    hb_plot_array_begin(sheet, "panel_note", maps->count);
    for (size_t i = 0; i < maps->count; i++) {
        const struct hb_plot_map *one = &maps->list[i];
        hb_plot_allocator_name(one->allocator, text, sizeof text);
        note_write(&one->map, moment, note, sizeof note);
        hb_plot_note_fit(text, note, panel_width);
        hb_plot_array_add(sheet, "panel_name", i, text);
        hb_plot_array_add(sheet, "panel_note", i, note);
    }
}

static void bytes_axis_write(struct hb_plot_sheet *sheet, double bytes) {
    bool is_mebi = bytes >= 4 << 20;
    double unit = is_mebi ? 1 << 20 : 1024;
    hb_plot_set_text(sheet, "y_title", is_mebi ? "addresses, MiB" : "addresses, KiB");
    hb_plot_set_number(sheet, "y_most", bytes / unit);
    hb_plot_set_number(sheet, "y_step", hb_plot_axis_step(bytes / unit, Y_PARTS));
    hb_plot_set_number(sheet, "y_unit", unit);
}

static void file_name(const struct hb_plot_maps *maps, const char *more, char *name, size_t size) {
    snprintf(name, size, "map-%.80s%.40s", maps->trace, more);
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_=", *at))
            *at = '-';
}

static const char caption[] =
    "Gaps of addresses left out; free of foreign ones: resident, not live";

enum hb_plot_status hb_plot_map(const struct hb_plots *plots, const struct hb_plot_maps *maps,
                                char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid;
    char name[HB_PLOT_NAME_MAX], text[HB_RESULT_TEXT_MAX];
    double row_bytes = most_bytes(maps) / ROWS;

    file_name(maps, "", name, sizeof name);
    if (!hb_plot_sheet_begin(&sheet, plots, name, error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_small(&grid, maps->count);
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    snprintf(text, sizeof text, "What the heap holds while %.200s is replayed", maps->trace);
    hb_plot_set_title(&sheet, text);
    hb_plot_set_subtitle(&sheet, "");
    hb_plot_set_caption(&sheet, plots, caption, false);
    panels_write(&sheet, maps, AT_PEAK, grid.panel_width);
    palette_write(&sheet);
    bytes_axis_write(&sheet, most_bytes(maps));
    hb_plot_set_number(&sheet, "row_bytes", row_bytes);
    const struct hb_map *first = &maps->list[0].map;
    hb_plot_set_number(&sheet, "moments", first->moments);
    double ops = (double)(first->op[first->moments - 1] + 1);
    double unit = ops >= 2e6 ? 1e6 : ops >= 2e3 ? 1e3 : 1;
    hb_plot_set_text(&sheet, "x_title",
                     unit == 1e6   ? "million operations"
                     : unit == 1e3 ? "thousand operations"
                                   : "operations");
    hb_plot_set_number(&sheet, "x_most", ops / unit);
    hb_plot_set_number(&sheet, "x_step", hb_plot_axis_step(ops / unit, X_PARTS));
    for (size_t i = 0; i < maps->count; i++)
        map_write(&sheet, &maps->list[i].map, row_bytes);
    return hb_plot_sheet_finish(&sheet, plots, "map", true, error);
}

/* A line of cells for each line of addresses, the lowest first. */
static void moment_write(struct hb_plot_sheet *sheet, const struct hb_map *map, uint32_t moment,
                         double cell_bytes) {
    double cell_granules = cell_bytes / (double)map->granule_bytes;
    double cells = ceil(map->granules / cell_granules);
    for (double line = 0; line * LINE_CELLS < cells; line++)
        for (int i = 0; i < LINE_CELLS; i++) {
            double first = (line * LINE_CELLS + i) * cell_granules, shares[MAP_PARTS];
            shares_mean(map, moment, first, first + cell_granules, shares);
            fprintf(sheet->data, "%d%c", mixture_of(shares), i + 1 == LINE_CELLS ? '\n' : '\t');
        }
    fputs("\n\n", sheet->data);
}

/* What all pictures of moments share, but for their data. */
static bool lines_begin(struct hb_plot_sheet *sheet, const struct hb_plots *plots,
                        const struct hb_plot_maps *maps, const char *more, const char *title,
                        uint32_t moment, double cell_bytes, char *error) {
    struct hb_plot_grid grid;
    char name[HB_PLOT_NAME_MAX], text[HB_RESULT_TEXT_MAX];

    file_name(maps, more, name, sizeof name);
    if (!hb_plot_sheet_begin(sheet, plots, name, error))
        return false;
    hb_plot_grid_small(&grid, maps->count);
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(sheet, &grid);
    hb_plot_set_title(sheet, title);
    hb_plot_set_subtitle(sheet, "");
    snprintf(text, sizeof text, "A cell is %g bytes, a line %g KiB. %s", cell_bytes,
             cell_bytes * LINE_CELLS / 1024, caption);
    hb_plot_set_caption(sheet, plots, text, false);
    panels_write(sheet, maps, moment, grid.panel_width);
    palette_write(sheet);
    bytes_axis_write(sheet, most_bytes(maps));
    hb_plot_set_number(sheet, "line_cells", LINE_CELLS);
    hb_plot_set_number(sheet, "line_bytes", cell_bytes * LINE_CELLS);
    return true;
}

/* A power of two, so that all of the largest map is in the panel's lines. */
static double cell_bytes_fit(const struct hb_plot_maps *maps, int lines) {
    double cell_bytes = 16;
    while (cell_bytes * LINE_CELLS * lines < most_bytes(maps))
        cell_bytes *= 2;
    return cell_bytes;
}

enum hb_plot_status hb_plot_map_moment(const struct hb_plots *plots,
                                       const struct hb_plot_maps *maps, uint32_t moment,
                                       char *error) {
    struct hb_plot_sheet sheet;
    char more[64], title[HB_RESULT_TEXT_MAX];
    unsigned long long op = maps->list[0].map.op[moment];
    double cell_bytes = cell_bytes_fit(maps, LINES);

    snprintf(more, sizeof more, "-at-%llu", op);
    snprintf(title, sizeof title, "What the heap holds after operation %llu of %.200s", op,
             maps->trace);
    if (!lines_begin(&sheet, plots, maps, more, title, moment, cell_bytes, error))
        return HB_PLOT_STOPPED;
    for (size_t i = 0; i < maps->count; i++)
        moment_write(&sheet, &maps->list[i].map, moment, cell_bytes);
    return hb_plot_sheet_finish(&sheet, plots, "map", true, error);
}

/* Frames end with the last moment. */
static uint32_t frame_moment(const struct hb_map *map, uint32_t frame, uint32_t frames) {
    return (uint32_t)((uint64_t)(frame + 1) * map->moments / frames) - 1;
}

enum hb_plot_status hb_plot_map_film(const struct hb_plots *plots, const struct hb_plot_maps *maps,
                                     char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plots film = *plots;
    const struct hb_map *first = &maps->list[0].map;
    char title[HB_RESULT_TEXT_MAX];
    uint32_t frames = first->moments < FRAMES ? first->moments : FRAMES;
    double cell_bytes = cell_bytes_fit(maps, LINES);

    memset(film.formats, 0, sizeof film.formats);
    film.formats[HB_PLOT_GIF] = true;
    snprintf(title, sizeof title, "What the heap holds while %.200s is replayed", maps->trace);
    if (!lines_begin(&sheet, &film, maps, "-film", title, AT_NO_MOMENT, cell_bytes, error))
        return HB_PLOT_STOPPED;
    hb_plot_set_number(&sheet, "frames", frames);
    fprintf(sheet.script, "format = \"gif\"\narray frame_op[%u]\n", frames);
    for (uint32_t frame = 0; frame < frames; frame++) {
        uint32_t moment = frame_moment(first, frame, frames);
        fprintf(sheet.script, "frame_op[%u] = %llu\n", frame + 1,
                (unsigned long long)first->op[moment]);
        for (size_t i = 0; i < maps->count; i++)
            moment_write(&sheet, &maps->list[i].map, moment, cell_bytes);
    }
    return hb_plot_sheet_finish(&sheet, &film, "map", true, error);
}
