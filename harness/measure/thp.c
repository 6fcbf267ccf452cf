#include "harness/measure/thp.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#ifndef PR_SET_THP_DISABLE
#define PR_SET_THP_DISABLE 41
#define PR_GET_THP_DISABLE 42
#endif
#ifndef PR_THP_DISABLE_EXCEPT_ADVISED
#define PR_THP_DISABLE_EXCEPT_ADVISED (1 << 1)
#endif
#define SETTING_FILE "/sys/kernel/mm/transparent_hugepage/enabled"

const char *const hb_thp_names[] = {"system", "always", "madvise", "never", NULL};

static bool limit_set(uint32_t limit) {
    unsigned long disable = limit & 1;
    unsigned long flags = limit & PR_THP_DISABLE_EXCEPT_ADVISED;
    return prctl(PR_SET_THP_DISABLE, disable, flags, 0UL, 0UL) == 0;
}

/* The word in brackets. */
static void setting_read(char *setting) {
    char line[64] = "";
    FILE *file = fopen(SETTING_FILE, "re");
    setting[0] = '\0';
    if (!file)
        return;
    const char *start = fgets(line, sizeof line, file) ? strchr(line, '[') : NULL;
    if (start)
        snprintf(setting, HB_THP_TEXT_MAX, "%.*s", (int)strcspn(start + 1, "]"), start + 1);
    fclose(file);
}

void hb_thp_machine_read(struct hb_thp_machine *machine) {
    *machine = (struct hb_thp_machine){.limit = HB_THP_FREE};
    setting_read(machine->setting);
    int limit = prctl(PR_GET_THP_DISABLE, 0UL, 0UL, 0UL, 0UL);
    if (limit < 0)
        return;
    machine->limit = (uint32_t)limit;
    machine->can_advised = limit_set(HB_THP_ADVISED);
    machine->can_limit = limit_set(HB_THP_NONE);
    limit_set(machine->limit);
}

static bool machine_is(const struct hb_thp_machine *machine, const char *setting) {
    return strcmp(machine->setting, setting) == 0;
}

/* What a process with a limit has. */
static const char *in_force(const struct hb_thp_machine *machine, uint32_t limit) {
    if (machine->setting[0] == '\0')
        return "none";
    if (limit == HB_THP_NONE)
        return "never";
    return limit == HB_THP_ADVISED && machine_is(machine, "always") ? "madvise" : machine->setting;
}

static bool refuse(const struct hb_thp_machine *machine, enum hb_thp asked, char *error) {
    const char *name = hb_thp_names[asked];
    if (machine->setting[0] == '\0')
        snprintf(error, HB_THP_ERROR_MAX, "this kernel has no transparent huge pages");
    else if (asked == HB_THP_NEVER)
        snprintf(error, HB_THP_ERROR_MAX,
                 "this kernel cannot keep one process from huge pages; as root: "
                 "echo never >" SETTING_FILE);
    else
        snprintf(error, HB_THP_ERROR_MAX,
                 "the system's setting is %s; as root: echo %s >" SETTING_FILE, machine->setting,
                 name);
    return false;
}

bool hb_thp_choose(const struct hb_thp_machine *machine, enum hb_thp asked,
                   struct hb_thp_choice *choice, char *error) {
    bool is_always = machine_is(machine, "always"), is_madvise = machine_is(machine, "madvise");
    bool may_be_never = machine->can_limit || machine_is(machine, "never") ||
                        machine->limit == HB_THP_NONE || machine->setting[0] == '\0';
    uint32_t limit = HB_THP_FREE;
    if (asked == HB_THP_SYSTEM) {
        limit = machine->limit;
    } else if (asked == HB_THP_NEVER) {
        limit = HB_THP_NONE;
        if (!may_be_never)
            return refuse(machine, asked, error);
    } else if (asked == HB_THP_MADVISE) {
        limit = is_always ? HB_THP_ADVISED : HB_THP_FREE;
        if (!is_madvise && !(is_always && machine->can_advised))
            return refuse(machine, asked, error);
    } else if (!is_always) {
        return refuse(machine, asked, error);
    }
    *choice = (struct hb_thp_choice){.changes = limit != machine->limit && machine->can_limit,
                                     .limit = limit};
    snprintf(choice->in_force, sizeof choice->in_force, "%s", in_force(machine, limit));
    return true;
}

bool hb_thp_enter(const struct hb_thp_choice *choice) {
    return !choice->changes || limit_set(choice->limit);
}
