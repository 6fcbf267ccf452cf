/* sites.c -- see sites.h. */
#include "workloads/recorder/sites.h"
#include "workloads/recorder/log.h"
#include "workloads/recorder/rawfile.h"
#include "workloads/recorder/sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#define SITES_EXPORT __attribute__((visibility("default")))

enum { TEXT_BYTES_A_WORD = 7 };

uint64_t site_generation;
__thread const void *site_caller;

struct sites *sites_map(void) {
    struct sites *sites = mmap(NULL, sizeof *sites, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (sites == MAP_FAILED)
        return NULL;
    madvise(sites, sizeof *sites, MADV_DONTFORK);
    return sites;
}

void sites_reset(struct log *log) {
    memset(log->sites, 0, sizeof *log->sites);
    log->site_key = 0;
}

void sites_pretend(struct log *log) {
    for (int i = 0; i < 2; i++) {
        uint64_t key = (uintptr_t)sites_fake(i) | site_generation;
        *sites_slot(log->sites, key) = (struct site_cached){key, raw_escape(RAW_SITE, 0)};
    }
}

/* Room for so many words and what else may come before the next flush. */
static bool log_make_room(struct log *log, uint64_t words) {
    if ((uint64_t)(log->limit - log->cursor) > words && log->cursor < log->limit)
        return true;
    if (!rawfile_flush(log->path, log->header))
        return false;
    log->cursor = rawfile_ring(log->header);
    log->header->latest = ticks_instant();
    return true;
}

static bool module_write(struct log *log, uint32_t number, const char *path) {
    size_t length = strnlen(path, SITES_PATH_BYTES - 1);
    if (!log_make_room(log, 2 + length / TEXT_BYTES_A_WORD))
        return false;
    log_put(log, raw_escape(RAW_MODULE, (uint64_t)length << RAW_MODULE_BITS | number));
    for (size_t done = 0; done < length; done += TEXT_BYTES_A_WORD) {
        uint64_t text = 0;
        size_t part = length - done < TEXT_BYTES_A_WORD ? length - done : TEXT_BYTES_A_WORD;
        memcpy(&text, path + done, part);
        log_put(log, raw_escape(RAW_TEXT, text));
    }
    return true;
}

static uint64_t text_hash(const char *text) {
    uint64_t hash = 0xcbf29ce484222325;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash;
}

static bool module_is_same(const struct site_module *a, const struct site_module *b) {
    return a->number && a->start == b->start && a->end == b->end && a->base == b->base &&
           a->name_hash == b->name_hash;
}

/* The main program has no name of its own. */
static const char *module_path(const struct link_map *map, char *path) {
    if (map->l_name && map->l_name[0])
        return map->l_name;
    long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", path, SITES_PATH_BYTES - 1);
    path[length > 0 ? length : 0] = '\0';
    return path;
}

/* The module that address lies in, NULL if there is none. */
static const struct link_map *module_ask(uint64_t address, struct site_module *module) {
#ifdef DLFO_STRUCT_HAS_EH_DBASE
    struct dl_find_object found;
    if (_dl_find_object((void *)(uintptr_t)address, &found) || !found.dlfo_link_map)
        return NULL;
    module->start = (uintptr_t)found.dlfo_map_start;
    module->end = (uintptr_t)found.dlfo_map_end;
    module->base = found.dlfo_link_map->l_addr;
    return found.dlfo_link_map;
#else /* Before glibc 2.35 nothing can be asked without a lock. */
    (void)address, (void)module;
    return NULL;
#endif
}

/* What glibc says of the module that address lies in, as the log knows it. */
static struct site_module *module_look_up(struct log *log, uint64_t address) {
    struct site_module module = {.generation = site_generation};
    const struct link_map *map = module_ask(address, &module);
    if (!map)
        return NULL;
    const char *name = module_path(map, log->sites->path);
    module.name_hash = text_hash(name);
    for (size_t i = 0; i < SITES_MODULES; i++)
        if (module_is_same(&log->sites->modules[i], &module)) {
            log->sites->modules[i].generation = module.generation;
            return &log->sites->modules[i];
        }
    module.number = log->sites->module_count + 1;
    if (!name[0] || module.number >> RAW_MODULE_BITS || !module_write(log, module.number, name))
        return NULL;
    struct site_module *slot = &log->sites->modules[log->sites->module_count++ % SITES_MODULES];
    *slot = module;
    return slot;
}

static struct site_module *module_find(struct log *log, uint64_t address) {
    for (size_t i = 0; i < SITES_MODULES && log->sites->modules[i].number; i++) {
        struct site_module *module = &log->sites->modules[i];
        if (address - module->start < module->end - module->start &&
            module->generation == site_generation)
            return module;
    }
    return module_look_up(log, address);
}

/* The byte before the return address is the call's, also where nothing of the caller follows it. */
void log_site_slowly(struct log *log, uint64_t key, uint64_t caller) {
    int error = errno;
    uint64_t address = caller - 1, value = 0;
    const struct site_module *module = module_find(log, address);
    if (module && !((address - module->base) >> RAW_OFFSET_BITS))
        value = (uint64_t)module->number << RAW_OFFSET_BITS | (address - module->base);
    log_put(log, raw_escape(RAW_SITE, value));
    *sites_slot(log->sites, key) = (struct site_cached){key, raw_escape(RAW_SITE, value)};
    errno = error;
}

static void generation_begin(void) {
    __atomic_fetch_add(&site_generation, UINT64_C(1) << SITES_GENERATION_SHIFT, __ATOMIC_SEQ_CST);
}

/* Before it, so that what is unloaded now is not taken for what is loaded into its place by another
 * thread; after it, as destructors may allocate. */
SITES_EXPORT int dlclose(void *handle) {
    static int (*next)(void *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "dlclose");
    if (!next)
        return -1;
    generation_begin();
    int status = next(handle);
    generation_begin();
    return status;
}
