/* heaptrack_sites.c -- see heaptrack_sites.h. */
#include "workloads/import/heaptrack_sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/import/scan.h"

/* Room for one more item of size bytes. */
static bool items_reserve(void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? 2 * *capacity : 64;
    void *larger = realloc(*items, wanted * size);
    if (!larger)
        return false;
    *items = larger;
    *capacity = wanted;
    return true;
}

/* ` LENGTH TEXT`: where the text begins, NULL if there is none. */
static const char *text_scan(const char **at, size_t *length) {
    uint64_t bytes;
    if (!scan_text(at, " ") || !scan_hex(at, &bytes) || !scan_text(at, " ") ||
        bytes > strlen(*at) || bytes == 0)
        return NULL;
    const char *text = *at;
    *length = (size_t)bytes;
    *at += bytes;
    return text;
}

static bool program_line(struct heaptrack_sites *sites, const char *at) {
    size_t length;
    const char *text = text_scan(&at, &length);
    if (!text)
        return true;
    free(sites->program);
    sites->program = strndup(text, length);
    return sites->program != NULL;
}

static bool module_line(struct heaptrack_sites *sites, const char *at) {
    struct heaptrack_module module = {.start = UINT64_MAX};
    uint64_t start, bytes;
    size_t length;
    const char *text = text_scan(&at, &length);
    if (text && length == 1 && text[0] == '-') {
        sites->module_first = sites->module_count;
        return true;
    }
    if (!text || !scan_text(&at, " ") || !scan_hex(&at, &module.base))
        return true;
    while (scan_text(&at, " ") && scan_hex(&at, &start) && scan_text(&at, " ") &&
           scan_hex(&at, &bytes)) {
        start += module.base;
        module.start = start < module.start ? start : module.start;
        module.end = start + bytes > module.end ? start + bytes : module.end;
    }
    if (length == 1 && text[0] == 'x' && sites->program)
        module.path = strdup(sites->program);
    else
        module.path = strndup(text, length);
    if (!module.path || !items_reserve((void **)&sites->modules, sites->module_count,
                                       &sites->module_capacity, sizeof *sites->modules)) {
        free(module.path);
        return false;
    }
    sites->modules[sites->module_count++] = module;
    return true;
}

/* A line that is not understood counts as a stack, too, whose site is not known. */
static bool stack_line(struct heaptrack_sites *sites, const char *at) {
    struct heaptrack_stack stack = {0};
    uint64_t address = 0;
    if (!scan_text(&at, " ") || !scan_hex(&at, &address))
        address = 0;
    for (size_t i = sites->module_first; i < sites->module_count && !stack.module; i++) {
        const struct heaptrack_module *module = &sites->modules[i];
        if (address < module->start || address >= module->end || i >= UINT32_MAX)
            continue;
        stack.module = (uint32_t)i + 1;
        stack.offset = address - module->base;
    }
    if (!items_reserve((void **)&sites->stacks, sites->stack_count, &sites->stack_capacity,
                       sizeof *sites->stacks))
        return false;
    sites->stacks[sites->stack_count++] = stack;
    return true;
}

bool heaptrack_sites_line(struct heaptrack_sites *sites, const char *line) {
    switch (line[0]) {
    case 'x':
        return program_line(sites, line + 1);
    case 'm':
        return module_line(sites, line + 1);
    case 't':
        return stack_line(sites, line + 1);
    default:
        return true;
    }
}

uint16_t heaptrack_sites_find(struct heaptrack_sites *sites, struct calls *calls, uint64_t number) {
    char name[HB_TRACE_TEXT_MAX];
    if (number == 0 || number > sites->stack_count)
        return 0;
    struct heaptrack_stack *stack = &sites->stacks[number - 1];
    if (stack->site || !stack->module)
        return stack->site;
    snprintf(name, sizeof name, "%.4000s+0x%llx", sites->modules[stack->module - 1].path,
             (unsigned long long)stack->offset);
    stack->site = hb_trace_add_site(calls->writer, name);
    return stack->site;
}

void heaptrack_sites_free(struct heaptrack_sites *sites) {
    for (size_t i = 0; i < sites->module_count; i++)
        free(sites->modules[i].path);
    free(sites->modules);
    free(sites->stacks);
    free(sites->program);
}
