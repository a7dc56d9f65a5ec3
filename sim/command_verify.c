/* verify: what runs now against the plan, and with --smoke whether it works. */
#include "sim/command.h"
#include "stack/names.h"
#include "stack/smoke.h"
#include "stack/verify.h"

#include <stdlib.h>

static bool interrupted(void *context) {
    (void)context;
    return program_interrupted();
}

static enum status test_smoke(struct program *program, const struct cluster *cluster,
                              const struct plan_outcome *outcome, struct smoke_answer *answer) {
    struct release_list *releases = arena_take(&program->arena, sizeof *releases);
    if (!releases)
        return diagnostics_out_of_memory(&program->diagnostics, "the smoke test");
    enum status status = releases_list(program->scenario->stack.chart_profile,
                                       outcome->plan.agent_kind, releases, &program->diagnostics);
    const struct smoke_options options = {.cluster = cluster, .releases = releases};
    return status == STATUS_OK ? smoke_test(&options, answer, &program->diagnostics) : status;
}

static enum status print(struct program *program, const struct verify *verify,
                         const struct cluster *cluster, const struct smoke_answer *smoke) {
    enum status status = STATUS_OK;
    if (program->cli.quiet)
        return STATUS_OK;
    if (program->cli.format == CLI_FORMAT_JSON) {
        status = verify_write_json(verify, cluster, smoke, &program->out, &program->diagnostics);
    } else {
        verify_write_text(verify, cluster, program_terminal_width(), program_wants_color(program),
                          &program->out);
        if (smoke)
            verify_write_smoke(smoke, &program->out);
    }
    return status == STATUS_OK ? program_print(program) : status;
}

enum status command_verify(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct cluster cluster = {.kubeconfig = cli->kubeconfig,
                              .context = cli->context,
                              .name_space = STACK_NAMESPACE,
                              .interrupted = interrupted};
    struct verify verify = {.arena = &program->arena};
    struct smoke_answer smoke;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != CLI_FORMAT_JSON)
        return program_usage(program, "verify prints text or json");
    enum status status = cluster_find(&cluster, &program->arena, &program->diagnostics);
    if (status == STATUS_OK)
        status = program_load(program, cli->operands[0]);
    if (status == STATUS_OK)
        status = program_simulate(program, false);
    if (status != STATUS_OK)
        return status;
    const struct plan_outcome *outcome = program_chosen_plan(program->result);
    const struct verify_plan plan = {
        .scenario = program->scenario, .result = program->result, .outcome = outcome};
    status = verify_cluster(&cluster, &plan, &verify, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    /* A smoke test that fails is an error, but what was compared is still worth reading. */
    enum status tested = cli->smoke ? test_smoke(program, &cluster, outcome, &smoke) : STATUS_OK;
    bool smoked = cli->smoke && tested == STATUS_OK;
    status = print(program, &verify, &cluster, smoked ? &smoke : NULL);
    *exit_status = verify.drifts > 0 ? EXIT_MISSED : EXIT_SUCCESS;
    return status == STATUS_OK ? tested : status;
}
