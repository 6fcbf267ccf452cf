/* figures.c -- the figures of a block of results as a table. */
#include "harness/results/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/table.h"

enum group {
    GROUP_TIME,
    GROUP_MEMORY,
    GROUP_FRAGMENTATION,
    GROUP_MALLOC,
    GROUP_FREE,
    GROUP_CACHE,
    GROUP_CHECK
};

enum figure_kind {
    FIGURE_REAL,
    FIGURE_SIMULATED, /* a real; not shown where it is what the columns before it are made from */
    FIGURE_RATIO,     /* always three decimals */
    FIGURE_PERCENT,   /* of a ratio */
    FIGURE_BYTES,     /* a count, in the unit that suits the column */
    FIGURE_INTERVAL,  /* offset is the low end, high the other; digits as for the middle */
    FIGURE_VERDICT,   /* of an interval of a ratio to the baseline */
    FIGURE_TIME_RATIO,
    FIGURE_LATENCY, /* tenths of a ns at most */
    FIGURE_CHECK
};

struct figure {
    enum group group;
    enum figure_kind kind;
    const char *upper, *lower;
    size_t offset, high;
};

#define AT(field) offsetof(struct hb_result, field)

static const struct figure figures[] = {
    {GROUP_TIME, FIGURE_REAL, "warm", "ns/op", AT(ns_per_op), 0},
    {GROUP_TIME, FIGURE_INTERVAL, "95%", "interval", AT(ns_per_op_ci95_low),
     AT(ns_per_op_ci95_high)},
    {GROUP_TIME, FIGURE_REAL, "cold", "ns/op", AT(cold_ns_per_op), 0},
    {GROUP_TIME, FIGURE_TIME_RATIO, "warm /", NULL, AT(time_ratio), 0},
    {GROUP_TIME, FIGURE_INTERVAL, "95%", "interval", AT(time_ratio_ci95_low),
     AT(time_ratio_ci95_high)},
    {GROUP_TIME, FIGURE_VERDICT, "", "", AT(time_ratio_ci95_low), AT(time_ratio_ci95_high)},
    {GROUP_TIME, FIGURE_PERCENT, "waits", "%", AT(wait_ratio), 0},
    {GROUP_TIME, FIGURE_REAL, "threads", "at work", AT(overlap_ratio), 0},
    {GROUP_TIME, FIGURE_REAL, "late", "max ns", AT(late_max_ns), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "resident", NULL, AT(peak_resident_bytes), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "mean", NULL, AT(mean_resident_bytes), 0},
    {GROUP_MEMORY, FIGURE_RATIO, "resident", "/ live", AT(resident_peak_ratio), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "footprint", NULL, AT(peak_footprint_bytes), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "kept 0 s", NULL, AT(end_resident_bytes), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "0.1 s", NULL, AT(end_resident_100ms_bytes), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "1 s", NULL, AT(end_resident_1s_bytes), 0},
    {GROUP_MEMORY, FIGURE_PERCENT, "in huge", "pages %", AT(huge_ratio), 0},
    {GROUP_MEMORY, FIGURE_BYTES, "frame run", NULL, AT(frame_run_max_bytes), 0},
    {GROUP_FRAGMENTATION, FIGURE_RATIO, "frag", "mean", AT(frag_mean_ratio), 0},
    {GROUP_FRAGMENTATION, FIGURE_RATIO, "frag", "peak", AT(frag_peak_ratio), 0},
    {GROUP_FRAGMENTATION, FIGURE_PERCENT, "internal", "%", AT(internal_frag_ratio), 0},
    {GROUP_FRAGMENTATION, FIGURE_PERCENT, "external", "%", AT(external_frag_ratio), 0},
    {GROUP_FRAGMENTATION, FIGURE_REAL, "search", "steps/op", AT(search_steps_per_op), 0},
    {GROUP_MALLOC, FIGURE_LATENCY, "malloc", "p50 ns", AT(latency_malloc_p50_ns), 0},
    {GROUP_MALLOC, FIGURE_LATENCY, "malloc", "p99 ns", AT(latency_malloc_p99_ns), 0},
    {GROUP_MALLOC, FIGURE_LATENCY, "malloc", "p99.9 ns", AT(latency_malloc_p999_ns), 0},
    {GROUP_MALLOC, FIGURE_LATENCY, "malloc", "max ns", AT(latency_malloc_max_ns), 0},
    {GROUP_FREE, FIGURE_LATENCY, "free", "p50 ns", AT(latency_free_p50_ns), 0},
    {GROUP_FREE, FIGURE_LATENCY, "free", "p99 ns", AT(latency_free_p99_ns), 0},
    {GROUP_FREE, FIGURE_LATENCY, "free", "p99.9 ns", AT(latency_free_p999_ns), 0},
    {GROUP_FREE, FIGURE_LATENCY, "free", "max ns", AT(latency_free_max_ns), 0},
    {GROUP_CACHE, FIGURE_REAL, "instr.", "/op", AT(instructions_per_op), 0},
    {GROUP_CACHE, FIGURE_REAL, "L1d", "misses/op", AT(l1d_misses_per_op), 0},
    {GROUP_CACHE, FIGURE_REAL, "LLC", "misses/op", AT(llc_misses_per_op), 0},
    {GROUP_CACHE, FIGURE_REAL, "dTLB", "misses/op", AT(dtlb_misses_per_op), 0},
    {GROUP_CACHE, FIGURE_SIMULATED, "sim", "instr.", AT(sim_instructions_per_op), 0},
    {GROUP_CACHE, FIGURE_SIMULATED, "sim L1d", "misses/op", AT(sim_l1d_misses_per_op), 0},
    {GROUP_CACHE, FIGURE_SIMULATED, "sim LLC", "misses/op", AT(sim_llc_misses_per_op), 0},
    {GROUP_CHECK, FIGURE_CHECK, "", "check", AT(check), 0},
};

enum { FIGURES = sizeof figures / sizeof figures[0] };

/* The figure as a double, NaN if it was not measured. */
static double figure_value(const struct figure *figure, const struct hb_result *result) {
    const char *place = (const char *)result + figure->offset;

    if (figure->kind == FIGURE_BYTES) {
        uint64_t count = *(const uint64_t *)place;
        return count == HB_COUNT_NULL ? NAN : (double)count;
    }
    if (figure->kind == FIGURE_SIMULATED && strcmp(result->cache_source, "sim") == 0)
        return NAN;
    double value = *(const double *)place;
    return figure->kind == FIGURE_PERCENT ? 100 * value : value;
}

/* The figures of the null allocator, that the results of all others carry. False if there are
 * none. */
static bool floor_gather(const struct hb_results_block *block, struct hb_result *floor) {
    static const size_t places[][2] = {
        {AT(ns_per_op), AT(floor_ns_per_op)},
        {AT(instructions_per_op), AT(floor_instructions_per_op)},
        {AT(l1d_misses_per_op), AT(floor_l1d_misses_per_op)},
        {AT(llc_misses_per_op), AT(floor_llc_misses_per_op)},
        {AT(sim_instructions_per_op), AT(floor_sim_instructions_per_op)},
        {AT(sim_l1d_misses_per_op), AT(floor_sim_l1d_misses_per_op)},
        {AT(sim_llc_misses_per_op), AT(floor_sim_llc_misses_per_op)},
        {AT(latency_malloc_p50_ns), AT(latency_floor_malloc_p50_ns)},
        {AT(latency_malloc_p99_ns), AT(latency_floor_malloc_p99_ns)},
        {AT(latency_malloc_p999_ns), AT(latency_floor_malloc_p999_ns)},
        {AT(latency_malloc_max_ns), AT(latency_floor_malloc_max_ns)},
        {AT(latency_free_p50_ns), AT(latency_floor_free_p50_ns)},
        {AT(latency_free_p99_ns), AT(latency_floor_free_p99_ns)},
        {AT(latency_free_p999_ns), AT(latency_floor_free_p999_ns)},
        {AT(latency_free_max_ns), AT(latency_floor_free_max_ns)},
    };
    bool has_any = false;
    hb_result_init(floor);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        double *value = (double *)((char *)floor + places[i][0]);
        for (size_t row = 0; row < block->count && isnan(*value); row++)
            *value = *(const double *)((const char *)block->rows[row] + places[i][1]);
        has_any |= !isnan(*value);
    }
    for (size_t row = 0; row < block->count && !floor->cache_source[0]; row++)
        strcpy(floor->cache_source, block->rows[row]->cache_source);
    return has_any;
}

static double figure_largest(const struct figure *figure, const struct hb_results_block *block) {
    double largest = 0;
    for (size_t i = 0; figure->kind != FIGURE_CHECK && i < block->count; i++)
        largest = fmax(largest, figure_value(figure, block->rows[i]));
    return largest;
}

/* All figures of a column have the same decimals, so that they stand under each other. */
static int figure_decimals(const struct figure *figure, double largest) {
    if (figure->kind == FIGURE_PERCENT)
        return 1;
    if (figure->kind == FIGURE_LATENCY)
        return largest < 1000 ? 1 : 0;
    if (figure->kind == FIGURE_RATIO || figure->kind == FIGURE_TIME_RATIO ||
        figure->offset == AT(time_ratio_ci95_low) || largest < 1)
        return 3;
    return largest < 100 ? 2 : largest < 1000 ? 1 : 0;
}

const char *hb_ratio_verdict(double low, double high) {
    if (isnan(low) || isnan(high))
        return "";
    return high < 1 ? "faster" : low > 1 ? "slower" : "same";
}

static void interval_format(const struct figure *figure, const struct hb_result *result,
                            int decimals, char *text, size_t size) {
    double low = *(const double *)((const char *)result + figure->offset);
    double high = *(const double *)((const char *)result + figure->high);

    if (figure->kind == FIGURE_VERDICT)
        snprintf(text, size, "%s", hb_ratio_verdict(low, high));
    else if (isnan(low) || isnan(high))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "[%.*f, %.*f]", decimals, low, decimals, high);
}

static void figure_format(const struct figure *figure, const struct hb_result *result, double unit,
                          int decimals, char *text, size_t size) {
    if (figure->kind == FIGURE_CHECK) {
        const char *check = result->check;
        bool is_ok = strcmp(check, "ok") == 0;
        snprintf(text, size, "%s", check[0] == '\0' ? "-" : is_ok ? "ok" : "FAILED");
    } else if (figure->kind == FIGURE_INTERVAL || figure->kind == FIGURE_VERDICT) {
        interval_format(figure, result, decimals, text, size);
    } else if (isnan(figure_value(figure, result))) {
        snprintf(text, size, "-");
    } else {
        snprintf(text, size, "%.*f", decimals, figure_value(figure, result) / unit);
    }
}

static void figure_fill(const struct figure *figure, size_t column,
                        const struct hb_results_block *block, struct hb_table *table) {
    double unit = 1, largest = figure_largest(figure, block);
    const char *lower = figure->lower;
    char text[64];

    if (figure->kind == FIGURE_BYTES)
        lower = hb_bytes_unit(largest, &unit);
    if (figure->kind == FIGURE_TIME_RATIO)
        lower = block->rows[0]->baseline;
    hb_table_set_heading(table, column, (int)figure->group, figure->upper, lower);
    int decimals = figure_decimals(figure, largest / unit);
    for (size_t i = 0; i < block->count; i++) {
        figure_format(figure, block->rows[i], unit, decimals, text, sizeof text);
        bool is_one = figure->kind == FIGURE_TIME_RATIO && i == 0 &&
                      hb_result_is_baseline(block->rows[i]) && !isnan(block->rows[i]->ns_per_op);
        hb_table_set(table, i, column, is_one ? "1" : text);
    }
}

/* As a table of the rows of a block. */
static void rows_print(const struct hb_results_block *block, bool has_floor, size_t width,
                       FILE *file) {
    const char **names = calloc(block->count, sizeof *names);
    struct hb_table *table = names ? hb_table_create(block->count, FIGURES, names) : NULL;

    for (size_t i = 0; table && i < block->count; i++)
        names[i] = block->rows[i]->allocator;
    for (size_t i = 0; table && i < FIGURES; i++)
        figure_fill(&figures[i], i, block, table);
    if (table && has_floor)
        hb_table_set_last_optional(table);
    if (table)
        hb_table_print(table, "allocator", width, file);
    hb_table_free(table);
    free(names);
}

void hb_results_print_figures(const struct hb_results_block *block, size_t width, FILE *file) {
    static struct hb_result floor;
    struct hb_results_block with_floor = {calloc(block->count + 1, sizeof *block->rows),
                                          block->count};

    if (!with_floor.rows)
        return;
    memcpy(with_floor.rows, block->rows, block->count * sizeof *block->rows);
    bool has_floor = floor_gather(block, &floor);
    if (has_floor) {
        snprintf(floor.allocator, sizeof floor.allocator, "(floor: null)");
        with_floor.rows[with_floor.count++] = &floor;
    }
    rows_print(&with_floor, has_floor, width, file);
    free(with_floor.rows);
}
