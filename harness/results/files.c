#include "harness/results/files.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ERROR_MAX = 512, MACHINE_MAX = 65536 };

bool hb_results_path(const char *given, char *folder, char *file) {
    struct stat status;
    if (strlen(given) + sizeof "/results.jsonl" > PATH_MAX)
        return false;
    strcpy(folder, given);
    strcpy(file, given);
    if (stat(given, &status) == 0 && S_ISDIR(status.st_mode)) {
        strcat(file, "/results.jsonl");
        return true;
    }
    char *slash = strrchr(folder, '/');
    strcpy(slash == folder ? folder + 1 : slash ? slash : folder, slash ? "" : ".");
    return true;
}

static bool results_add(struct hb_result **results, size_t *count, const char *path, char *error) {
    size_t more_count;
    struct hb_result *more = hb_results_read(path, &more_count, error);
    if (!more)
        return false;

    struct hb_result *all = realloc(*results, (*count + more_count) * sizeof *all);
    if (!all) {
        hb_results_free(more, more_count);
        snprintf(error, ERROR_MAX, "out of memory");
        return false;
    }
    memcpy(all + *count, more, more_count * sizeof *all);
    free(more);
    *results = all;
    *count += more_count;
    return true;
}

struct hb_result *hb_results_gather(char *const *paths, int path_count, size_t *count,
                                    char *error) {
    char folder[PATH_MAX], file[PATH_MAX];
    struct hb_result *results = NULL;
    bool ok = true;

    *count = 0;
    for (int i = 0; ok && i < path_count; i++) {
        ok = hb_results_path(paths[i], folder, file);
        if (ok)
            ok = results_add(&results, count, file, error);
        else
            snprintf(error, ERROR_MAX, "the path is too long: %.100s", paths[i]);
    }
    if (ok)
        return results;
    hb_results_free(results, *count);
    *count = 0;
    return NULL;
}

cJSON *hb_results_machine(const char *given) {
    char folder[PATH_MAX], file[PATH_MAX], path[PATH_MAX + sizeof "/machine.json"];

    if (!hb_results_path(given, folder, file))
        return NULL;
    snprintf(path, sizeof path, "%s/machine.json", folder);
    FILE *stream = fopen(path, "re");
    char *text = stream ? malloc(MACHINE_MAX) : NULL;
    if (text)
        text[fread(text, 1, MACHINE_MAX - 1, stream)] = '\0';
    if (stream)
        fclose(stream);
    cJSON *machine = text ? cJSON_Parse(text) : NULL;
    free(text);
    return machine;
}

void hb_results_caption(char *const *paths, int path_count, char *caption, size_t size) {
    char cpu[256] = "", date[16] = "";
    bool cpus_differ = false;

    for (int i = 0; i < path_count; i++) {
        cJSON *machine = hb_results_machine(paths[i]);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(machine, "cpu"));
        const char *when = cJSON_GetStringValue(cJSON_GetObjectItem(machine, "date"));
        cpus_differ |= i > 0 && strncmp(cpu, name ? name : "", sizeof cpu - 1) != 0;
        snprintf(cpu, sizeof cpu, "%s", name ? name : "");
        snprintf(date, sizeof date, "%.10s", when ? when : "");
        cJSON_Delete(machine);
    }
    snprintf(caption, size, "%s%s%s", cpus_differ ? "several machines" : cpu,
             (cpus_differ || cpu[0] != '\0') && date[0] != '\0' ? ", " : "", date);
}
