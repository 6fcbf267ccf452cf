/* runs.c -- what was measured on, and how to do it again: each run's machine and its command. */
#include "harness/report/report.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/command.h"
#include "harness/report/html.h"
#include "harness/results/files.h"
#include "harness/results/table.h"

enum { COMMAND_MAX = 65536 };

static void term_write(FILE *file, const char *key, const char *value) {
    fputs("<dt>", file);
    for (; *key != '\0'; key++)
        fputc(*key == '_' ? ' ' : *key, file);
    fputs("</dt><dd>", file);
    hb_html_text(file, value);
    fputs("</dd>\n", file);
}

/* "L1d 2 × 32 KiB, L2 …" */
static void caches_write(FILE *file, const cJSON *caches) {
    char text[512] = "";
    const cJSON *cache;
    double unit;

    cJSON_ArrayForEach(cache, caches) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(cache, "name"));
        double bytes = cJSON_GetNumberValue(cJSON_GetObjectItem(cache, "size_bytes"));
        const char *unit_name = hb_bytes_unit(bytes, &unit);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.20s %.0f × %g %s", used > 0 ? ", " : "",
                 name ? name : "", cJSON_GetNumberValue(cJSON_GetObjectItem(cache, "count")),
                 bytes / unit, unit_name);
    }
    term_write(file, "caches", text);
}

static void item_write(FILE *file, const cJSON *item) {
    const char *key = item->string;
    char text[64];
    double unit;

    if (strcmp(key, "caches") == 0) {
        caches_write(file, item);
    } else if (strcmp(key, "memory_bytes") == 0 && cJSON_IsNumber(item)) {
        const char *name = hb_bytes_unit(item->valuedouble, &unit);
        snprintf(text, sizeof text, "%.1f %s", item->valuedouble / unit, name);
        term_write(file, "memory", text);
    } else if (cJSON_IsString(item)) {
        term_write(file, key, item->valuestring);
    } else if (cJSON_IsNumber(item)) {
        snprintf(text, sizeof text, "%g", item->valuedouble);
        term_write(file, key, text);
    } else if (cJSON_IsObject(item)) {
        char *json = cJSON_PrintUnformatted(item);
        term_write(file, key, json ? json : "");
        cJSON_free(json);
    }
}

/* The keys are ours, yet the file may be anybody's: only such as are words are shown. */
static bool key_is_plain(const char *key) {
    return key && key[strspn(key, "abcdefghijklmnopqrstuvwxyz_0123456789")] == '\0';
}

static void machine_write(FILE *file, const char *path) {
    cJSON *machine = hb_results_machine(path);
    const cJSON *item;

    if (!machine) {
        fputs("<p>No machine.json lies beside these results.</p>\n", file);
        return;
    }
    fputs("<dl class=\"machine\">\n", file);
    cJSON_ArrayForEach(item, machine) {
        if (key_is_plain(item->string))
            item_write(file, item);
    }
    fputs("</dl>\n", file);
    cJSON_Delete(machine);
}

/* The command line as it was typed; false if it is not kept beside the results. */
static bool typed_write(FILE *file, const char *path) {
    char folder[PATH_MAX], results[PATH_MAX], name[PATH_MAX + 16];
    static char text[COMMAND_MAX];

    if (!hb_results_path(path, folder, results))
        return false;
    snprintf(name, sizeof name, "%s/command.txt", folder);
    FILE *stream = fopen(name, "re");
    if (!stream)
        return false;
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    text[strcspn(text, "\n")] = '\0';
    fputs("<p>It was started by</p>\n", file);
    fputs("<pre tabindex=\"0\">", file);
    hb_html_text(file, text);
    fputs("</pre>\n", file);
    return true;
}

static bool run_is_new(const struct hb_report *report, size_t first) {
    for (size_t i = 0; i < first; i++)
        if (strcmp(report->results[i].run_id, report->results[first].run_id) == 0)
            return false;
    return true;
}

/* Of each run the command line that its results name, whatever was typed. */
static void canonical_write(FILE *file, const struct hb_report *report) {
    fputs("<h3>Commands that repeat the results</h3>\n"
          "<p>As the results name what was measured; <code>--touch</code> is left out where it is "
          "that "
          "of the time pass by default.</p>\n",
          file);
    for (size_t i = 0; i < report->result_count; i++) {
        char *command = NULL;
        size_t size;
        FILE *memory = run_is_new(report, i) ? open_memstream(&command, &size) : NULL;
        if (!memory)
            continue;
        hb_report_command(memory, report->results, report->result_count, report->results[i].run_id);
        if (fclose(memory) == 0) {
            fputs("<p>", file);
            hb_html_text(file, report->results[i].run_id[0] != '\0' ? report->results[i].run_id
                                                                    : "(no run id)");
            fputs("</p>\n<pre tabindex=\"0\">", file);
            hb_html_text(file, command);
            fputs("</pre>\n", file);
        }
        free(command);
    }
}

void hb_report_runs(FILE *file, const struct hb_report *report) {
    fputs("<section id=\"machine\">\n<h2>Machine and commands</h2>\n", file);
    for (int i = 0; i < report->path_count; i++) {
        hb_html_element(file, "h3", report->paths[i]);
        typed_write(file, report->paths[i]);
        machine_write(file, report->paths[i]);
    }
    canonical_write(file, report);
    fputs("</section>\n", file);
}
