/* sim.h -- the fields of a simulation of caches, and of the counters beside it; see
 * results.h.
 */
#ifndef HB_RESULTS_SIM_H
#define HB_RESULTS_SIM_H

#define HB_SIM_FIELDS(X)                                                                           \
    X(COUNT, counters_ops, "", "operations that succeeded while these events were counted")        \
    X(COUNT, sim_ops, "", "operations that succeeded in the simulation, of a prefix")              \
    X(REAL, sim_instructions_per_op, "", "instructions of the simulation")                         \
    X(REAL, sim_l1d_misses_per_op, "", "first-level data cache misses, simulated")                 \
    X(REAL, sim_llc_misses_per_op, "", "last-level cache misses of data, simulated")               \
    X(REAL, floor_sim_instructions_per_op, "", "of the same simulation with the null allocator")   \
    X(REAL, floor_sim_l1d_misses_per_op, "", "of the same simulation with the null allocator")     \
    X(REAL, floor_sim_llc_misses_per_op, "", "of the same simulation with the null allocator")     \
    X(REAL, sim_spread_ratio, "",                                                                  \
      "largest difference of two simulations of a foreign allocator / their mean")

#endif
