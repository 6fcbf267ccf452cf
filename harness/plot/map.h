/* map.h -- what heaps hold, as pictures: addresses against time, and moments as pages of addresses.
 */
#ifndef HB_PLOT_MAP_H
#define HB_PLOT_MAP_H

#include "harness/passes/map.h"
#include "harness/plot/plot.h"

struct hb_plot_map {
    const char *allocator; /* canonical spec */
    struct hb_map map;
};

struct hb_plot_maps {
    const char *trace;
    const struct hb_plot_map *list;
    size_t count;
};

/* Addresses upwards, operations to the right, a panel per allocator on shared axes: map-TRACE. */
enum hb_plot_status hb_plot_map(const struct hb_plots *plots, const struct hb_plot_maps *maps,
                                char *error);

/* One moment (0 to map.moments - 1): addresses from the upper left, line by line, a panel per
 * allocator, all at the same scale: map-TRACE-at-OP. */
enum hb_plot_status hb_plot_map_moment(const struct hb_plots *plots,
                                       const struct hb_plot_maps *maps, uint32_t moment,
                                       char *error);

/* Moments spread over the replay, one after the other, as a GIF that moves: map-TRACE-film. */
enum hb_plot_status hb_plot_map_film(const struct hb_plots *plots, const struct hb_plot_maps *maps,
                                     char *error);

#endif
