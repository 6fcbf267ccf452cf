#include "tests/allocators/buddy_model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_power(uint64_t units) {
    return units && !(units & (units - 1));
}

static bool is_size(enum buddy_model_system system, uint64_t units) {
    uint64_t a = 1, b = 2;
    switch (system) {
    case MODEL_BINARY:
        return is_power(units);
    case MODEL_FIBONACCI:
        while (b < units) {
            uint64_t sum = a + b;
            a = b;
            b = sum;
        }
        return units == 1 || units == b;
    default:
        return is_power(units) || (units % 3 == 0 && is_power(units / 3));
    }
}

uint64_t buddy_model_size(enum buddy_model_system system, uint64_t units) {
    while (!is_size(system, units))
        units++;
    return units;
}

/* Units of the left part, 0 if a block of units does not split. */
static uint64_t left_part(enum buddy_model_system system, uint64_t units) {
    uint64_t before = units - 1;
    switch (system) {
    case MODEL_BINARY:
        return units > 2 ? units / 2 : 0;
    case MODEL_DOUBLE:
        return units > 3 ? units / 2 : 0;
    case MODEL_FIBONACCI:
        while (units > 2 && !is_size(system, before))
            before--;
        return units > 2 ? before : 0;
    default:
        if (units < 3)
            return 0;
        return is_power(units) ? units / 4 * 3 : units / 3 * 2;
    }
}

static bool leads(enum buddy_model_system system, uint64_t units, uint64_t target) {
    if (units <= target)
        return units == target;
    uint64_t left = left_part(system, units);
    if (!left)
        return false;
    if (system == MODEL_FIBONACCI || system == MODEL_WEIGHTED)
        return true; /* sizes above follow each other without a gap on the way down to 2 */
    return leads(system, left, target);
}

void buddy_model_init(struct buddy_model *model, enum buddy_model_system system, uint64_t grow,
                      uint64_t trim, uint64_t threshold, uint64_t decay) {
    *model = (struct buddy_model){.system = system,
                                  .grow = grow,
                                  .trim = trim,
                                  .threshold = threshold,
                                  .decay = decay,
                                  .due = decay};
}

void buddy_model_clear(struct buddy_model *model) {
    free(model->nodes);
}

uint64_t buddy_model_footprint(const struct buddy_model *model) {
    return (model->end ? model->end + 8 : 0) + model->span_bytes;
}

static int node_new(struct buddy_model *model, struct buddy_model_node node) {
    int index = 0;
    while (index < model->count && model->nodes[index].exists)
        index++;
    if (index == model->capacity) {
        model->capacity = model->capacity ? 2 * model->capacity : 64;
        model->nodes = realloc(model->nodes, (size_t)model->capacity * sizeof *model->nodes);
    }
    if (index == model->count)
        model->count++;
    node.exists = true;
    model->nodes[index] = node;
    return index;
}

static bool is_leaf(const struct buddy_model_node *node) {
    return node->exists && node->left < 0;
}

static void node_free(struct buddy_model *model, int index) {
    model->nodes[index].is_free = true;
    model->nodes[index].freed = ++model->freeings;
}

/* Where the whole free roots at the end begin. */
static uint64_t tail_start(const struct buddy_model *model) {
    uint64_t start = 8;
    for (int i = 0; i < model->count; i++) {
        const struct buddy_model_node *node = &model->nodes[i];
        uint64_t end = node->at + node->units * 16;
        if (is_leaf(node) && !(node->is_free && node->parent < 0) && end > start)
            start = end;
    }
    return start;
}

/* The last freed of the smallest free blocks, roots or others, that lead to target and lie below
 * the free tail; or -1. */
static int find(const struct buddy_model *model, bool roots, uint64_t target) {
    uint64_t tail = tail_start(model);
    int best = -1;
    for (int i = 0; i < model->count; i++) {
        const struct buddy_model_node *node = &model->nodes[i];
        if (!is_leaf(node) || !node->is_free || (node->parent < 0) != roots || node->at >= tail ||
            !leads(model->system, node->units, target))
            continue;
        if (best < 0 || node->units < model->nodes[best].units ||
            (node->units == model->nodes[best].units && node->freed > model->nodes[best].freed))
            best = i;
    }
    return best;
}

/* The lowest root of the free tail that leads to target; or -1. */
static int find_in_tail(const struct buddy_model *model, uint64_t target) {
    uint64_t tail = tail_start(model);
    int best = -1;
    for (int i = 0; i < model->count; i++) {
        const struct buddy_model_node *node = &model->nodes[i];
        if (is_leaf(node) && node->at >= tail && leads(model->system, node->units, target) &&
            (best < 0 || node->at < model->nodes[best].at))
            best = i;
    }
    return best;
}

/* Roots from one offset to another are freed anew, by their addresses. */
static void step_over(struct buddy_model *model, uint64_t from, uint64_t to) {
    while (from < to)
        for (int i = 0; i < model->count; i++)
            if (is_leaf(&model->nodes[i]) && model->nodes[i].at == from) {
                node_free(model, i);
                from += model->nodes[i].units * 16;
                break;
            }
}

static int grow(struct buddy_model *model, uint64_t target) {
    uint64_t units = target;
    while (units * 16 < model->grow || !leads(model->system, units, target))
        units = buddy_model_size(model->system, units + 1);
    if (!model->end)
        model->end = 8;
    int root = node_new(model, (struct buddy_model_node){
                                   .at = model->end, .units = units, .parent = -1, .left = -1});
    model->end += units * 16;
    return root;
}

/* The last window needed nothing above model->highest: free roots there go, all but `grow` bytes.
 */
static void trim(struct buddy_model *model) {
    uint64_t start = tail_start(model), kept = start + model->grow;
    if (model->allocs < model->due)
        return;
    if (model->highest > kept)
        kept = model->highest;
    if (model->end - start >= model->trim)
        for (int i = 0; i < model->count; i++) {
            struct buddy_model_node *node = &model->nodes[i];
            if (!node->exists || node->at < kept)
                continue;
            node->exists = false;
            if (node->at < model->end)
                model->end = node->at;
        }
    model->due = model->decay == UINT64_MAX ? UINT64_MAX : model->allocs + model->decay;
    model->highest = start;
}

/* Split a leaf; its left part is used on, or its right one. */
static int split(struct buddy_model *model, int index, bool keep_left) {
    struct buddy_model_node whole = model->nodes[index];
    uint64_t units = left_part(model->system, whole.units);
    int left = node_new(model, (struct buddy_model_node){
                                   .at = whole.at, .units = units, .parent = index, .left = -1});
    int right = node_new(model, (struct buddy_model_node){.at = whole.at + units * 16,
                                                          .units = whole.units - units,
                                                          .parent = index,
                                                          .left = -1});
    model->nodes[index].left = left;
    model->nodes[index].right = right;
    node_free(model, keep_left ? right : left);
    return keep_left ? left : right;
}

static int carve(struct buddy_model *model, int index, uint64_t target) {
    while (model->nodes[index].units != target) {
        uint64_t left = left_part(model->system, model->nodes[index].units);
        uint64_t right = model->nodes[index].units - left;
        bool left_leads = leads(model->system, left, target);
        bool right_leads = leads(model->system, right, target);
        index = split(model, index, left_leads && (!right_leads || left <= right));
    }
    return index;
}

static int take(struct buddy_model *model, uint64_t bytes) {
    uint64_t units = (bytes + 15) / 16;
    uint64_t target = buddy_model_size(model->system, units < 2 ? 2 : units);
    int index = find(model, false, target);
    bool direct = index >= 0 && model->nodes[index].units == target;
    if (index < 0)
        index = find(model, true, target);
    uint64_t tail = tail_start(model);
    if (index < 0)
        index = find_in_tail(model, target);
    if (index >= 0)
        model->allocs++;
    else
        index = grow(model, target);
    step_over(model, tail, model->nodes[index].at);
    model->nodes[index].is_free = false;
    index = carve(model, index, target);
    if (tail_start(model) > model->highest)
        model->highest = tail_start(model);
    if (!direct)
        trim(model);
    return index;
}

uint64_t buddy_model_alloc(struct buddy_model *model, uint64_t alignment, uint64_t request) {
    if (alignment <= 16 && request >= model->threshold) {
        model->span_bytes += (request + 16 + 4095) / 4096 * 4096;
        return BUDDY_MODEL_SPAN;
    }
    int index = take(model, request + 8 + (alignment > 16 ? alignment : 0));
    uint64_t payload = model->nodes[index].at + 8;
    return alignment > 16 ? (payload + alignment - 1) / alignment * alignment : payload;
}

static int node_of(const struct buddy_model *model, uint64_t payload) {
    for (int i = 0; i < model->count; i++) {
        const struct buddy_model_node *node = &model->nodes[i];
        if (is_leaf(node) && node->at < payload && payload < node->at + node->units * 16)
            return i;
    }
    assert(!"a payload of no block");
    return -1;
}

void buddy_model_free(struct buddy_model *model, uint64_t payload, uint64_t request) {
    if (payload == BUDDY_MODEL_SPAN) {
        model->span_bytes -= (request + 16 + 4095) / 4096 * 4096;
        return;
    }
    int index = node_of(model, payload);
    for (int parent; (parent = model->nodes[index].parent) >= 0; index = parent) {
        struct buddy_model_node *whole = &model->nodes[parent];
        int buddy = whole->left == index ? whole->right : whole->left;
        if (!is_leaf(&model->nodes[buddy]) || !model->nodes[buddy].is_free)
            break;
        model->nodes[whole->left].exists = model->nodes[whole->right].exists = false;
        whole->left = whole->right = -1;
    }
    node_free(model, index);
    if (model->nodes[index].at >= tail_start(model))
        trim(model);
}

static bool resize(struct buddy_model *model, uint64_t payload, uint64_t request) {
    int index = node_of(model, payload);
    uint64_t need = payload - model->nodes[index].at + request;
    if (need > model->nodes[index].units * 16)
        return false;
    for (;;) {
        uint64_t left = left_part(model->system, model->nodes[index].units);
        if (left < 2 || left * 16 < need)
            return true;
        index = split(model, index, true);
    }
}

uint64_t buddy_model_realloc(struct buddy_model *model, uint64_t payload, uint64_t old_request,
                             uint64_t request) {
    bool is_span = payload == BUDDY_MODEL_SPAN, wants_span = request >= model->threshold;
    if (is_span && wants_span) {
        model->span_bytes -= (old_request + 16 + 4095) / 4096 * 4096;
        model->span_bytes += (request + 16 + 4095) / 4096 * 4096;
        return payload;
    }
    if (!is_span && !wants_span && resize(model, payload, request))
        return payload;
    uint64_t moved = buddy_model_alloc(model, 16, request);
    buddy_model_free(model, payload, old_request);
    return moved;
}
