#include "harness/run_thp.h"

#include <stdio.h>
#include <string.h>

#include "harness/cmd.h"

static int name_find(const char *name, size_t length) {
    for (int i = 0; hb_thp_names[i]; i++)
        if (strlen(hb_thp_names[i]) == length && strncmp(hb_thp_names[i], name, length) == 0)
            return i;
    return -1;
}

/* What is in force already is not measured twice. */
static void choice_add(struct hb_run_options *options, const struct hb_thp_choice *choice) {
    for (size_t i = 0; i < options->thp_count; i++)
        if (strcmp(options->thps[i].in_force, choice->in_force) == 0)
            return;
    options->thps[options->thp_count++] = *choice;
}

int hb_run_thp_parse(struct hb_run_options *options, const char *text) {
    struct hb_thp_machine machine;
    struct hb_thp_choice choice;
    char refusals[HB_THP_NEVER + 1][HB_THP_ERROR_MAX] = {""};
    int last = -1;
    hb_thp_machine_read(&machine);
    options->thp_count = 0;
    for (size_t length; *text; text += length + (text[length] == ',')) {
        length = strcspn(text, ",");
        int asked = name_find(text, length);
        if (asked < 0)
            return hb_usage_error("--thp: '%.*s' is none of system, always, madvise, never",
                                  (int)length, text);
        if (hb_thp_choose(&machine, (enum hb_thp)asked, &choice, refusals[asked]))
            choice_add(options, &choice);
        else
            last = asked;
    }
    if (!options->thp_count && last < 0)
        return hb_usage_error("--thp: name one of system, always, madvise, never");
    if (!options->thp_count)
        return hb_usage_error("--thp=%s: %s", hb_thp_names[last], refusals[last]);
    for (int i = 0; i <= HB_THP_NEVER; i++)
        if (refusals[i][0])
            fprintf(stderr, "heapbench: --thp=%s is left out: %s\n", hb_thp_names[i], refusals[i]);
    return HB_EXIT_OK;
}

void hb_run_thp_default(struct hb_run_options *options) {
    struct hb_thp_machine machine;
    char error[HB_THP_ERROR_MAX];
    hb_thp_machine_read(&machine);
    options->thp_count = hb_thp_choose(&machine, HB_THP_SYSTEM, &options->thps[0], error);
}
