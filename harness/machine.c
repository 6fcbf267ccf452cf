/* machine.c -- the machine as hwloc and the kernel see it. */
#include "harness/machine.h"

#include <cjson/cJSON.h>
#include <gnu/libc-version.h>
#include <hwloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "harness/measure/core.h"
#include "hb_revision.h"

enum { TEXT_MAX = 256 };

void hb_machine_line(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "re");
    text[0] = '\0';
    if (!file)
        return;
    if (!fgets(text, (int)size, file))
        text[0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    fclose(file);
}

void hb_machine_cpu_model(char *text, size_t size) {
    char line[TEXT_MAX];
    FILE *file = fopen("/proc/cpuinfo", "re");

    text[0] = '\0';
    while (file && text[0] == '\0' && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon)
            snprintf(text, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
    }
    text[strcspn(text, "\n")] = '\0';
    if (file)
        fclose(file);
}

void hb_machine_choice(const char *path, char *text, size_t size) {
    char line[TEXT_MAX];
    hb_machine_line(path, line, sizeof line);

    const char *open = strchr(line, '[');
    size_t length = open ? strcspn(open + 1, "]") : 0;
    snprintf(text, size, "%.*s", (int)length, open ? open + 1 : "");
}

static void add_text(cJSON *object, const char *key, const char *text) {
    if (text && text[0] != '\0')
        cJSON_AddStringToObject(object, key, text);
    else
        cJSON_AddNullToObject(object, key);
}

static void add_objects(cJSON *object, const char *key, hwloc_topology_t topology,
                        hwloc_obj_type_t type) {
    int count = hwloc_get_nbobjs_by_type(topology, type);
    if (count > 0)
        cJSON_AddNumberToObject(object, key, count);
    else
        cJSON_AddNullToObject(object, key);
}

static void add_cache(cJSON *caches, hwloc_topology_t topology, hwloc_obj_type_t type,
                      const char *name) {
    int count = hwloc_get_nbobjs_by_type(topology, type);
    hwloc_obj_t first = hwloc_get_obj_by_type(topology, type, 0);
    if (count <= 0 || !first)
        return;

    const struct hwloc_cache_attr_s *attributes = &first->attr->cache;
    cJSON *cache = cJSON_CreateObject();
    add_text(cache, "name", name);
    cJSON_AddNumberToObject(cache, "count", count);
    cJSON_AddNumberToObject(cache, "size_bytes", (double)attributes->size);
    cJSON_AddNumberToObject(cache, "line_bytes", attributes->linesize);
    cJSON_AddNumberToObject(cache, "associativity", attributes->associativity);
    cJSON_AddItemToArray(caches, cache);
}

static void add_caches(cJSON *machine, hwloc_topology_t topology) {
    cJSON *caches = cJSON_AddArrayToObject(machine, "caches");
    add_cache(caches, topology, HWLOC_OBJ_L1CACHE, "L1d");
    add_cache(caches, topology, HWLOC_OBJ_L1ICACHE, "L1i");
    add_cache(caches, topology, HWLOC_OBJ_L2CACHE, "L2");
    add_cache(caches, topology, HWLOC_OBJ_L3CACHE, "L3");
    add_cache(caches, topology, HWLOC_OBJ_L4CACHE, "L4");
}

/* With the caches of instructions, which hwloc leaves out otherwise. NULL if it cannot be seen. */
static hwloc_topology_t topology_load(void) {
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0)
        return NULL;
    hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (hwloc_topology_load(topology) == 0)
        return topology;
    hwloc_topology_destroy(topology);
    return NULL;
}

static void add_topology(cJSON *machine) {
    hwloc_topology_t topology = topology_load();
    if (!topology)
        return;
    add_objects(machine, "packages", topology, HWLOC_OBJ_PACKAGE);
    add_objects(machine, "cores", topology, HWLOC_OBJ_CORE);
    add_objects(machine, "pus", topology, HWLOC_OBJ_PU);
    add_objects(machine, "numa_nodes", topology, HWLOC_OBJ_NUMANODE);
    add_caches(machine, topology);
    hwloc_topology_destroy(topology);
}

bool hb_machine_write_topology(FILE *file) {
    hwloc_topology_t topology = topology_load();
    char *text = NULL;
    int length = 0;
    bool ok = topology && hwloc_topology_export_xmlbuffer(topology, &text, &length, 0) == 0;
    ok = ok && fwrite(text, 1, (size_t)length - 1, file) == (size_t)length - 1; /* less its NUL */
    if (text)
        hwloc_free_xmlbuffer(topology, text);
    if (topology)
        hwloc_topology_destroy(topology);
    return ok;
}

static void add_cpus(cJSON *object, const char *key, const cpu_set_t *cpus) {
    char text[TEXT_MAX];
    hb_cpus_text(cpus, text, sizeof text);
    add_text(object, key, text);
}

static void add_ratio(cJSON *object, const char *key, double ratio) {
    if (isfinite(ratio))
        cJSON_AddNumberToObject(object, key, ratio);
    else
        cJSON_AddNullToObject(object, key);
}

static void add_number(cJSON *object, const char *key, int number) {
    if (number >= 0)
        cJSON_AddNumberToObject(object, key, number);
    else
        cJSON_AddNullToObject(object, key);
}

static void add_core(cJSON *machine, const struct hb_core *core) {
    if (!core) {
        cJSON_AddNullToObject(machine, "workers");
        return;
    }
    cJSON *workers = cJSON_AddObjectToObject(machine, "workers");
    add_number(workers, "cpu", core->cpu);
    add_cpus(workers, "smt_siblings", &core->siblings);
    cJSON_AddBoolToObject(workers, "is_isolated", core->is_isolated);
    add_number(workers, "numa_node", core->node);
    cJSON_AddBoolToObject(workers, "binds_memory", core->binds_memory);
    add_ratio(workers, "busy_ratio", core->busy_ratio);
    add_ratio(workers, "sibling_busy_ratio", core->sibling_busy_ratio);
    add_cpus(workers, "heapbench_cpus", CPU_COUNT(&core->others) ? &core->others : &core->allowed);
}

/* MemTotal of /proc/meminfo, whatever part of it this process may use. */
static void add_memory(cJSON *machine) {
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page_bytes > 0)
        cJSON_AddNumberToObject(machine, "memory_bytes", (double)pages * (double)page_bytes);
    else
        cJSON_AddNullToObject(machine, "memory_bytes");
}

static void add_system(cJSON *machine) {
    char text[TEXT_MAX];
    struct utsname name;

    hb_machine_cpu_model(text, sizeof text);
    add_text(machine, "cpu", text);
    if (uname(&name) == 0) {
        add_text(machine, "architecture", name.machine);
        snprintf(text, sizeof text, "%.64s %.64s", name.sysname, name.release);
        add_text(machine, "kernel", text);
        add_text(machine, "kernel_version", name.version);
    }
    snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
    add_text(machine, "libc", text);
    hb_machine_choice("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text);
    add_text(machine, "transparent_huge_pages", text);
    hb_machine_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof text);
    add_text(machine, "governor", text);
    hb_machine_line("/sys/devices/system/cpu/smt/control", text, sizeof text);
    add_text(machine, "smt", text);
}

static void add_build(cJSON *machine, const struct hb_run_record *record) {
    add_text(machine, "heapbench_version", HB_VERSION);
    add_text(machine, "git_revision", HB_REVISION);
#ifdef __clang__
    add_text(machine, "compiler", "clang " __clang_version__);
#else
    add_text(machine, "compiler", "gcc " __VERSION__);
#endif
    cJSON *line = cJSON_AddArrayToObject(machine, "command_line");
    for (int i = 0; i < record->argc; i++)
        cJSON_AddItemToArray(line, cJSON_CreateString(record->argv[i]));

    char date[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    add_text(machine, "date", date);
}

const char *hb_machine_revision(void) {
    return HB_REVISION;
}

bool hb_machine_write_json(FILE *file, const struct hb_run_record *record) {
    cJSON *machine = cJSON_CreateObject();
    if (!machine)
        return false;
    add_system(machine);
    add_memory(machine);
    add_topology(machine);
    add_core(machine, record->core);
    add_build(machine, record);
    add_text(machine, "interruption", record->interruption);

    char *text = cJSON_Print(machine);
    bool ok = text && fprintf(file, "%s\n", text) > 0 && !ferror(file);
    cJSON_free(text);
    cJSON_Delete(machine);
    return ok;
}
