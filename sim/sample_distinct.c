#include "sim/sample_distinct.h"

#include <math.h>
#include <string.h>

/** The finishing mix of MurmurHash3: every bit of the input changes half of those of the output. */
static uint64_t mix(uint64_t value) {
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ULL;
    return value ^ value >> 33;
}

uint64_t sample_hash(uint64_t seed, const char *bytes, size_t length) {
    uint64_t hash = mix(seed ^ 0x9E3779B97F4A7C15ULL ^ length);
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        hash = mix(hash ^ word) + 0x9E3779B97F4A7C15ULL;
    }
    uint64_t rest = 0;
    if (length > 0)
        memcpy(&rest, bytes, length);
    return mix(hash ^ rest);
}

void sample_distinct_add(struct sample_distinct *distinct, uint64_t hash) {
    size_t index = (size_t)(hash >> (64 - SAMPLE_DISTINCT_BITS));
    /* The bit set here bounds the rank where all others are zero. */
    uint64_t rest = hash << SAMPLE_DISTINCT_BITS | 1ULL << (SAMPLE_DISTINCT_BITS - 1);
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    if (rank > distinct->registers[index])
        distinct->registers[index] = rank;
}

double sample_distinct_count(const struct sample_distinct *distinct) {
    const double registers = SAMPLE_DISTINCT_REGISTERS;
    const double bias = 0.7213 / (1 + 1.079 / registers);
    double sum = 0, untouched = 0;
    for (size_t i = 0; i < SAMPLE_DISTINCT_REGISTERS; i++) {
        sum += ldexp(1, -(int)distinct->registers[i]);
        untouched += distinct->registers[i] == 0;
    }
    double estimate = bias * registers * registers / sum;
    return estimate <= 2.5 * registers && untouched > 0 ? registers * log(registers / untouched)
                                                        : estimate;
}

void sample_streams_add(struct sample_streams *streams, uint64_t hash) {
    const size_t places = sizeof streams->hashes / sizeof *streams->hashes;
    sample_distinct_add(&streams->estimate, hash);
    if (streams->count > SAMPLE_STREAMS_EXACT)
        return;
    uint64_t key = hash ? hash : 1; /* 0 is a free place */
    size_t place = (size_t)(key % places);
    while (streams->hashes[place] && streams->hashes[place] != key)
        place = (place + 1) % places;
    if (streams->hashes[place])
        return;
    if (streams->count < SAMPLE_STREAMS_EXACT)
        streams->hashes[place] = key;
    streams->count++;
}

double sample_streams_count(const struct sample_streams *streams) {
    return streams->count <= SAMPLE_STREAMS_EXACT ? (double)streams->count
                                                  : sample_distinct_count(&streams->estimate);
}
