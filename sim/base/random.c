#include "sim/base/random.h"

#include <gsl/gsl_cdf.h>

struct random_stream random_stream_at(uint64_t seed, uint64_t replica, uint32_t stream) {
    return (struct random_stream){.seed = seed, .replica = replica, .stream = stream, .used = 4};
}

static uint32_t next_word(struct random_stream *stream) {
    if (stream->used == 4) {
        stream->words =
            random_words(stream->seed, stream->replica, stream->stream, stream->index++);
        stream->used = 0;
    }
    return stream->words.word[stream->used++];
}

double random_stream_uniform(struct random_stream *stream) {
    return random_uniform(next_word(stream));
}

double random_stream_normal(struct random_stream *stream) {
    return gsl_cdf_ugaussian_Pinv(random_stream_uniform(stream));
}

static void gsl_seed(void *state, unsigned long seed) {
    *(struct random_stream *)state = random_stream_at(seed, 0, 0);
}

static unsigned long gsl_word(void *state) {
    return next_word(state);
}

static double gsl_uniform(void *state) {
    return random_stream_uniform(state);
}

static const gsl_rng_type philox = {
    .name = "philox4x32-10",
    .max = 0xFFFFFFFFUL,
    .min = 0,
    .size = sizeof(struct random_stream),
    .set = gsl_seed,
    .get = gsl_word,
    .get_double = gsl_uniform,
};

const gsl_rng_type *const random_gsl_type = &philox;
