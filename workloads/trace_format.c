/* trace_format.c -- little-endian integers, and the tables of the format. */
#include "workloads/trace_format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint8_t trace_kind_is_birth[HB_OP_KINDS] = {
    [HB_OP_MALLOC] = 1, [HB_OP_CALLOC] = 1, [HB_OP_ALIGNED] = 1};
const uint8_t trace_kind_has_age[HB_OP_KINDS] = {[HB_OP_REALLOC] = 1, [HB_OP_FREE] = 1};
const uint8_t trace_kind_has_size[HB_OP_KINDS] = {
    [HB_OP_MALLOC] = 1, [HB_OP_CALLOC] = 1, [HB_OP_ALIGNED] = 1, [HB_OP_REALLOC] = 1};

const uint8_t trace_column_width_max[TRACE_COLUMNS] = {
    [COLUMN_FORM] = 1,      [COLUMN_THREAD] = 2,         [COLUMN_AGE] = 6,
    [COLUMN_SIZE] = 7,      [COLUMN_ALIGNMENT] = 1,      [COLUMN_TIME] = 8,
    [COLUMN_FORM_TYPE] = 1, [COLUMN_FORM_REFERENCE] = 7, [COLUMN_FORM_SIZE] = 7,
    [COLUMN_SITE] = 2,      [COLUMN_SITE_VALUE] = 8};

void trace_put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

void trace_put_u64(uint8_t *at, uint64_t value) {
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

uint32_t trace_get_u32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint64_t trace_get_u64(const uint8_t *at) {
    return trace_get_u32(at) | (uint64_t)trace_get_u32(at + 4) << 32;
}

void trace_head_print(const struct trace_block_head *head, uint8_t *bytes) {
    uint64_t words[TRACE_BLOCK_HEAD_BYTES / 8];

    memcpy(words, head, sizeof words);
    for (size_t i = 0; i < TRACE_BLOCK_HEAD_BYTES / 8; i++)
        trace_put_u64(bytes + 8 * i, words[i]);
}

void trace_head_parse(struct trace_block_head *head, const uint8_t *bytes, uint32_t version) {
    size_t columns = version == 1 ? TRACE_COLUMNS_V1 : TRACE_COLUMNS;

    memset(head, 0, sizeof *head);
    head->number = trace_get_u64(bytes);
    head->op_count = trace_get_u64(bytes + 8);
    head->births_before = trace_get_u64(bytes + 16);
    head->base_ns = trace_get_u64(bytes + 24);
    head->flags = trace_get_u64(bytes + 32);
    bytes += 40;
    if (version > 1) {
        head->sites_before = trace_get_u64(bytes);
        bytes += 8;
    }
    for (size_t i = 0; i < columns; i++) {
        head->count[i] = trace_get_u64(bytes + 8 * i);
        head->width[i] = trace_get_u64(bytes + 8 * (columns + i));
    }
}

bool trace_fail(char *error, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, HB_TRACE_ERROR_MAX, format, arguments);
    va_end(arguments);
    return false;
}
