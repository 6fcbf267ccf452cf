/* thp.h -- transparent huge pages: what the machine gives a process, and what a process may ask.
 *
 * The system's setting is always, madvise (only where a program advises it) or never. A process can
 * be kept from huge pages altogether (PR_SET_THP_DISABLE, Linux 3.15), and from those that it does
 * not advise (Linux 6.18), not given more than the system's setting.
 */
#ifndef HB_MEASURE_THP_H
#define HB_MEASURE_THP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hb_thp { HB_THP_SYSTEM, HB_THP_ALWAYS, HB_THP_MADVISE, HB_THP_NEVER };
enum { HB_THP_TEXT_MAX = 16, HB_THP_ERROR_MAX = 256 };

extern const char *const hb_thp_names[]; /* in the order of the enum, then NULL */

/* What prctl gave: 0 no limit, 1 no huge pages, 3 only those advised. */
enum hb_thp_limit { HB_THP_FREE = 0, HB_THP_NONE = 1, HB_THP_ADVISED = 3 };

struct hb_thp_machine {
    char setting[HB_THP_TEXT_MAX]; /* of the system; "": the kernel has none */
    uint32_t limit;                /* of this process, enum hb_thp_limit */
    bool can_limit, can_advised;   /* limits that this kernel takes */
};

/* What workers do before they start. */
struct hb_thp_choice {
    bool changes;   /* the limit, or leaves the inherited one */
    uint32_t limit; /* enum hb_thp_limit */
    char
        in_force[HB_THP_TEXT_MAX]; /* always, madvise or never, then; "none": the kernel has none */
};

void hb_thp_machine_read(struct hb_thp_machine *machine);

/* How to have what is asked for. False if the machine refuses: error then says why and what helps
 * (HB_THP_ERROR_MAX bytes). */
bool hb_thp_choose(const struct hb_thp_machine *machine, enum hb_thp asked,
                   struct hb_thp_choice *choice, char *error);

/* Make the choice this process's and that of what it executes. Async-signal-safe. */
bool hb_thp_enter(const struct hb_thp_choice *choice);

#endif
