#include "sim/sweep_mpi.h"

#include <errno.h>
#include <mpi.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TAG_ANSWER = 1, TAG_POINT, NO_POINT = -1 };
enum { PAUSE_NANOSECONDS = 2000000, LAST_WORDS_NANOSECONDS = 500000000 };

/** What a rank tells rank 0: a finished point, or that it is ready, or what went wrong. */
struct answer {
    enum status status;
    int point; /**< NO_POINT: ready */
    struct sweep_row row;
    struct diagnostic diagnostic;
};

/** The number of ranks as mpirun tells it; asked before MPI may be. */
static const char *size_told(void) {
    return getenv("OMPI_COMM_WORLD_SIZE");
}

bool sweep_mpi_present(void) {
    return size_told() != NULL;
}

static bool several(void) {
    const char *size = size_told();
    return size && strtol(size, NULL, 10) > 1;
}

static const char *rank_told(void) {
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    return rank ? rank : "?";
}

/** After its SIGTERM to all, mpirun means to wait for a second; but the first rank that ends wakes
 *  it up, and SIGKILL follows. The others therefore let rank 0 say first what it has saved. */
static void let_rank_0_speak(void) {
    if (strcmp(rank_told(), "0") != 0)
        nanosleep(&(struct timespec){0, LAST_WORDS_NANOSECONDS}, NULL);
}

static int watch(pid_t worker, struct diagnostics *diagnostics) {
    int status;
    /* mpirun signals both; the worker decides what that means. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    while (waitpid(worker, &status, 0) < 0)
        if (errno != EINTR)
            return status_exit(STATUS_SYSTEM);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGTERM) {
        let_rank_0_speak();
        return status_exit(STATUS_EXTERNAL);
    }
    return status_exit(diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                       "rank %s was ended by signal %d (%s)", rank_told(),
                                       WTERMSIG(status), strsignal(WTERMSIG(status))));
}

int sweep_mpi_watch(struct diagnostics *diagnostics) {
    if (!several())
        return -1;
    const pid_t watcher = getpid();
    const pid_t worker = fork();
    if (worker > 0)
        return watch(worker, diagnostics);
    /* Without a fork the process works unwatched. */
    if (worker < 0)
        return -1;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != watcher)
        raise(SIGTERM);
    return -1;
}

bool sweep_mpi_start(void) {
    return !several() || MPI_Init(NULL, NULL) == MPI_SUCCESS;
}

static bool started(void) {
    int yes = 0;
    return MPI_Initialized(&yes) == MPI_SUCCESS && yes;
}

void sweep_mpi_end(void) {
    if (started())
        MPI_Finalize();
}

int sweep_mpi_rank(void) {
    int rank = 0;
    if (started())
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int sweep_mpi_size(void) {
    int size = 1;
    if (started())
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

/** The next point that is not done, from `*next` on; NO_POINT when there is none. */
static int next_point(const struct sweep *sweep, size_t *next) {
    while (*next < sweep->grid.point_count && sweep->rows[*next].done)
        (*next)++;
    return *next < sweep->grid.point_count ? (int)(*next)++ : NO_POINT;
}

static enum status take_answer(struct sweep *sweep, const struct sweep_options *options,
                               const struct answer *answer, struct diagnostics *diagnostics) {
    if (answer->status != STATUS_OK) {
        diagnostics_add(diagnostics, answer->status, NULL, 0, 0, "a rank failed");
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last)
            *last = answer->diagnostic;
        return answer->status;
    }
    if (answer->point == NO_POINT)
        return STATUS_OK;
    return sweep_keep(sweep, options, (size_t)answer->point, &answer->row, diagnostics);
}

/** Wait for an answer, looking up now and then; false: told to stop. */
static bool receive(const struct sweep *sweep, const struct sweep_options *options,
                    struct answer *answer, int *rank) {
    MPI_Status from;
    int ready = 0;
    for (;;) {
        if (options->progress && !options->progress(sweep->done_count, sweep->grid.point_count,
                                                    options->progress_context))
            return false;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG_ANSWER, MPI_COMM_WORLD, &ready, &from);
        if (ready)
            break;
        nanosleep(&(struct timespec){0, PAUSE_NANOSECONDS}, NULL);
    }
    MPI_Recv(answer, sizeof *answer, MPI_BYTE, from.MPI_SOURCE, TAG_ANSWER, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    *rank = from.MPI_SOURCE;
    return true;
}

enum status sweep_mpi_lead(struct sweep *sweep, const struct sweep_options *options,
                           struct diagnostics *diagnostics) {
    struct sweep_input *input = &sweep->input;
    int length = (int)input->length, busy = sweep_mpi_size() - 1, rank;
    char *bytes = arena_copy(&sweep->arena, input->bytes, input->length);
    struct answer answer;
    size_t next = 0;
    if (!bytes)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    MPI_Bcast(&length, 1, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Bcast(bytes, length, MPI_BYTE, 0, MPI_COMM_WORLD);
    while (busy > 0) {
        if (!receive(sweep, options, &answer, &rank))
            return sweep_unfinished(sweep, options, "a rank died, or mpirun was stopped",
                                    diagnostics);
        enum status status = take_answer(sweep, options, &answer, diagnostics);
        if (status != STATUS_OK)
            return status;
        int point = next_point(sweep, &next);
        busy -= point == NO_POINT;
        MPI_Send(&point, 1, MPI_INT, rank, TAG_POINT, MPI_COMM_WORLD);
    }
    if (options->progress)
        options->progress(sweep->done_count, sweep->grid.point_count, options->progress_context);
    return STATUS_OK;
}

/** The scenario from rank 0. */
static enum status take_input(struct arena *arena, struct sweep_input *input,
                              struct diagnostics *diagnostics) {
    int length = 0;
    MPI_Bcast(&length, 1, MPI_INT, 0, MPI_COMM_WORLD);
    char *bytes = arena_take(arena, (size_t)length + 1);
    if (!bytes)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    MPI_Bcast(bytes, length, MPI_BYTE, 0, MPI_COMM_WORLD);
    input->bytes = bytes;
    input->length = (size_t)length;
    return STATUS_OK;
}

/** Send answers and take points until there are none. */
static void work(const struct sweep *sweep, int threads, enum status status,
                 struct diagnostics *diagnostics) {
    struct answer answer;
    memset(&answer, 0, sizeof answer);
    answer.point = NO_POINT;
    answer.status = status;
    for (;;) {
        if (answer.status != STATUS_OK && diagnostics->count > 0)
            answer.diagnostic = diagnostics->items[0];
        MPI_Send(&answer, sizeof answer, MPI_BYTE, 0, TAG_ANSWER, MPI_COMM_WORLD);
        MPI_Recv(&answer.point, 1, MPI_INT, 0, TAG_POINT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (answer.point == NO_POINT)
            return;
        answer.status = sweep_point(sweep, (size_t)answer.point, threads > 0 ? threads : 1, NULL,
                                    NULL, &answer.row, diagnostics);
    }
}

enum status sweep_mpi_follow(const struct sweep_input *input, int threads, enum status status,
                             struct diagnostics *diagnostics) {
    struct sweep_input own = *input;
    struct sweep sweep;
    struct arena arena;
    arena_init(&arena);
    enum status taken = take_input(&arena, &own, diagnostics);
    enum status made = sweep_init(&sweep, &own, diagnostics);
    work(&sweep, threads,
         status != STATUS_OK  ? status
         : taken != STATUS_OK ? taken
                              : made,
         diagnostics);
    sweep_fini(&sweep);
    arena_fini(&arena);
    return STATUS_OK;
}
