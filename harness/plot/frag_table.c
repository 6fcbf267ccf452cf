/* frag_table.c -- fragmentation of each policy on each trace: a table whose cells are the darker
 * the more is held beyond what is live. It is deterministic, so that all runs of a cell say the
 * same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/measure/bootstrap.h"
#include "harness/plot/sheet.h"

enum { CELL_HEIGHT = 26, LETTER_PIXELS = 9, TOP = 150 };

/* Rows are allocators, columns traces; the last column is the geometric mean of whole rows. */
struct table {
    const char **allocators, **traces;
    size_t rows, columns;
    double *values;
    double *means;
    size_t *order; /* of rows, least mean first */
};

static size_t name_index(const char **names, size_t *count, const char *name) {
    size_t i = 0;
    while (i < *count && strcmp(names[i], name) != 0)
        i++;
    if (i == *count)
        names[(*count)++] = name;
    return i;
}

static bool table_make(struct table *table, const struct hb_plots *plots) {
    size_t count = plots->result_count;
    *table = (struct table){.allocators = calloc(count, sizeof *table->allocators),
                            .traces = calloc(count, sizeof *table->traces),
                            .means = calloc(count, sizeof *table->means),
                            .order = calloc(count, sizeof *table->order)};
    if (!table->allocators || !table->traces || !table->means || !table->order)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (isnan(plots->results[i].frag_peak_ratio))
            continue;
        name_index(table->allocators, &table->rows, plots->results[i].allocator);
        name_index(table->traces, &table->columns, plots->results[i].trace);
    }
    table->values = calloc(table->rows * table->columns + 1, sizeof *table->values);
    return table->values != NULL;
}

static void table_free(struct table *table) {
    free(table->allocators);
    free(table->traces);
    free(table->values);
    free(table->means);
    free(table->order);
}

static void table_fill(struct table *table, const struct hb_plots *plots) {
    for (size_t i = 0; i < table->rows * table->columns; i++)
        table->values[i] = NAN;
    for (size_t i = 0; i < plots->result_count; i++) {
        const struct hb_result *result = &plots->results[i];
        if (isnan(result->frag_peak_ratio))
            continue;
        size_t row = name_index(table->allocators, &table->rows, result->allocator);
        size_t column = name_index(table->traces, &table->columns, result->trace);
        table->values[row * table->columns + column] = result->frag_peak_ratio;
    }
    for (size_t row = 0; row < table->rows; row++)
        table->means[row] = hb_geometric_mean(table->values + row * table->columns, table->columns);
}

/* Rows without a mean, as a trace is missing, come last. */
static void table_sort(struct table *table) {
    for (size_t i = 0; i < table->rows; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            double mean = table->means[i], before = table->means[table->order[at - 1]];
            if (isnan(mean) || mean >= before)
                break;
            table->order[at] = table->order[at - 1];
        }
        table->order[at] = i;
    }
}

static double longest_name(const struct table *table) {
    char name[HB_RESULT_TEXT_MAX];
    size_t longest = 0;
    for (size_t i = 0; i < table->rows; i++) {
        hb_plot_allocator_name(table->allocators[i], name, sizeof name);
        longest = strlen(name) > longest ? strlen(name) : longest;
    }
    return LETTER_PIXELS * (double)longest + 20;
}

static double table_most(const struct table *table) {
    double most = 1.05;
    for (size_t i = 0; i < table->rows * table->columns; i++)
        most = fmax(most, table->values[i]);
    return most;
}

/* Traces' names are cut where they would not fit between table and title. */
static void names_write(struct hb_plot_sheet *sheet, const struct table *table) {
    char name[HB_RESULT_TEXT_MAX];

    hb_plot_array_begin(sheet, "row_name", table->rows);
    for (size_t i = 0; i < table->rows; i++) {
        hb_plot_allocator_name(table->allocators[table->order[i]], name, sizeof name);
        hb_plot_array_add(sheet, "row_name", i, name);
    }
    hb_plot_array_begin(sheet, "column_name", table->columns + 1);
    for (size_t i = 0; i < table->columns; i++) {
        bool is_long = strlen(table->traces[i]) > 18;
        snprintf(name, sizeof name, "%.*s%s", is_long ? 16 : 18, table->traces[i],
                 is_long ? "…" : "");
        hb_plot_array_add(sheet, "column_name", i, name);
    }
    hb_plot_array_add(sheet, "column_name", table->columns, "geomean");
}

static void cells_write(struct hb_plot_sheet *sheet, const struct table *table) {
    fputs("# column\trow\tpeak footprint / peak live\n", sheet->data);
    for (size_t i = 0; i < table->rows; i++) {
        size_t row = table->order[i];
        for (size_t column = 0; column <= table->columns; column++) {
            double value = column < table->columns ? table->values[row * table->columns + column]
                                                   : table->means[row];
            fprintf(sheet->data, "%zu\t%zu\t", column, i);
            hb_plot_write_number(sheet, value, '\n');
        }
    }
}

static enum hb_plot_status draw(const struct hb_plots *plots, const struct table *table,
                                char *error) {
    struct hb_plot_sheet sheet;
    struct hb_plot_grid grid = {.panels = 1,
                                .columns = 1,
                                .left = fmin(longest_name(table), 0.4 * hb_plot_width(plots)),
                                .right = 50,
                                .top = TOP,
                                .bottom = 65,
                                .panel_height = CELL_HEIGHT * (double)table->rows};

    if (!hb_plot_sheet_begin(&sheet, plots, "frag-table", error))
        return HB_PLOT_STOPPED;
    hb_plot_grid_fit(&grid, plots);
    hb_plot_set_grid(&sheet, &grid);
    hb_plot_set_title(&sheet, "Fragmentation: peak footprint over peak live");
    hb_plot_set_subtitle(&sheet, "1 is perfect; the darker, the more is held beyond what is live. "
                                 "Best policies first.");
    hb_plot_set_caption(&sheet, plots,
                        "Space pass, deterministic; foreign allocators do not tell their footprint",
                        false);
    fprintf(sheet.script, "rows = %zu\ntraces = %zu\n", table->rows, table->columns);
    hb_plot_set_number(&sheet, "value_most", table_most(table));
    names_write(&sheet, table);
    cells_write(&sheet, table);
    return hb_plot_sheet_finish(&sheet, plots, "frag-table", true, error);
}

enum hb_plot_status hb_plot_frag_table(const struct hb_plots *plots, char *error) {
    enum hb_plot_status status = HB_PLOT_EMPTY;
    struct table table;
    bool ok = table_make(&table, plots);

    if (!ok) {
        snprintf(error, HB_PLOT_ERROR_MAX, "out of memory");
        status = HB_PLOT_STOPPED;
    } else if (table.rows > 0) {
        table_fill(&table, plots);
        table_sort(&table);
        status = draw(plots, &table, error);
    }
    table_free(&table);
    return status;
}
