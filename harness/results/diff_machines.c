/* diff_machines.c -- do two machines differ in what bears on results? */
#include "harness/results/diff.h"

#include <cjson/cJSON.h>
#include <string.h>

/* A value of machine.json in a few words. */
static void value_text(const cJSON *machine, const char *key, char *text, size_t size) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(machine, key);
    if (cJSON_IsString(value))
        snprintf(text, size, "%s", value->valuestring);
    else if (cJSON_IsNumber(value))
        snprintf(text, size, "%.15g", value->valuedouble);
    else
        snprintf(text, size, "unknown");
}

void hb_diff_machines(const cJSON *old_machine, const cJSON *new_machine, char *text, size_t size) {
    static const char *const keys[] = {
        "cpu",      "architecture",           "cores",    "pus", "memory_bytes", "kernel", "libc",
        "compiler", "transparent_huge_pages", "governor", "smt"};
    char old_text[256], new_text[256];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; old_machine && new_machine && i < sizeof keys / sizeof *keys; i++) {
        value_text(old_machine, keys[i], old_text, sizeof old_text);
        value_text(new_machine, keys[i], new_text, sizeof new_text);
        if (strcmp(old_text, new_text) == 0 || used >= size)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s: %s, now %s", used > 0 ? "; " : "",
                                 keys[i], old_text, new_text);
    }
}
