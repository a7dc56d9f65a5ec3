/* deploy: install the plan with helm, or remove it. Asks on the terminal; everything else is
 * stack/deploy.h's. */
#include "sim/command.h"
#include "stack/deploy.h"
#include "stack/emit.h"
#include "stack/preflight.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_BYTES = 300, POLL_MS = 100 };

/** helm runs in a group of its own: whoever ends this program means helm as well. */
static void pass_on(int number) {
    (void)number;
    raise(SIGINT);
}

static bool is_interrupted(void *context) {
    (void)context;
    return program_interrupted();
}

static bool prints(const struct program *program) {
    return !program->cli.quiet && program->cli.format != CLI_FORMAT_JSON;
}

static bool asks(const struct program *program) {
    return !program->cli.yes && !program->cli.dry_run;
}

/** Lines go out as they come: a deployment takes minutes. */
static void say(enum deploy_line kind, const char *line, void *context) {
    const struct program *program = context;
    if (kind == DEPLOY_LINE_NOW) {
        char words[128];
        snprintf(words, sizeof words, "  %.*s", (int)program_terminal_width() - 4, line);
        program_progress_line(program, words);
        return;
    }
    program_progress_line(program, NULL);
    if (!prints(program))
        return;
    if (kind == DEPLOY_LINE_DIFF)
        for (const char *at = line; *at; at += *at == '\n') {
            int length = (int)strcspn(at, "\n");
            printf("    %.*s\n", length, at);
            at += length;
        }
    else
        printf("%s\n", line);
    fflush(stdout);
}

static void print_text(const struct program *program, FILE *stream, struct text *text) {
    program_progress_line(program, NULL);
    if (stream && text->data) {
        fputs(text->data, stream);
        fflush(stream);
    }
    text_fini(text);
}

/** What a person is asked about they must see, whatever goes to standard output. */
static void print_overview(const struct program *program, struct text *text) {
    text_add(text, "\n");
    print_text(program, prints(program) ? stdout : asks(program) ? stderr : NULL, text);
}

static enum status check_usage(struct program *program) {
    const struct cli *cli = &program->cli;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != CLI_FORMAT_JSON &&
        cli->format != CLI_FORMAT_GITHUB)
        return program_usage(program, "deploy prints text or json");
    if (cli->delete_data && !cli->uninstall)
        return program_usage(program, "--delete-data goes with --uninstall");
    if (cli->context && !kubectl_context_is_valid(cli->context))
        return program_usage(program, "--context takes the name of a context in the kubeconfig");
    if (asks(program) && !(isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return program_usage(program,
                             "deploy asks before it changes a cluster, and here is no terminal to "
                             "ask on: say --yes, or --dry-run to look only");
    return STATUS_OK;
}

/** A line from the terminal. False at its end, or when interrupted: a read would go on. */
static bool read_answer(char answer[ANSWER_BYTES]) {
    struct pollfd end = {STDIN_FILENO, POLLIN, 0};
    while (!program_interrupted()) {
        int ready = poll(&end, 1, POLL_MS);
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready <= 0)
            continue;
        if (!fgets(answer, ANSWER_BYTES, stdin))
            return false;
        answer[strcspn(answer, "\r\n")] = '\0';
        return true;
    }
    return false;
}

/** Ask for `word`; any other answer, and none, means no. */
static enum status confirm(struct program *program, const char *question, const char *word) {
    char answer[ANSWER_BYTES];
    if (!asks(program))
        return STATUS_OK;
    fprintf(stderr, "%s ", question);
    fflush(stderr);
    if (read_answer(answer) &&
        (strcmp(answer, word) == 0 || (strcmp(word, "y") == 0 && strcasecmp(answer, "yes") == 0)))
        return STATUS_OK;
    if (program_interrupted())
        fputs("\n", stderr);
    return program_usage(program, "not confirmed; nothing was changed");
}

static struct deploy_options options_of(struct program *program) {
    const struct cli *cli = &program->cli;
    return (struct deploy_options){.cluster = {.kubeconfig = cli->kubeconfig,
                                               .context = cli->context,
                                               .interrupted = is_interrupted},
                                   .charts_folder = cli->charts_folder,
                                   .timeout_seconds = cli->timeout_seconds,
                                   .width = program_terminal_width(),
                                   .dry_run = cli->dry_run,
                                   .smoke = !cli->no_smoke,
                                   .delete_data = cli->delete_data,
                                   .say = say,
                                   .say_context = program};
}

/** The folder the files are in, as kubectl and helm read them: never taken for an option. */
static enum status write_files(struct program *program, struct deployment *deployment) {
    const char *folder = program_output_folder(program);
    const struct plan_outcome *outcome = program_chosen_plan(program->result);
    if (folder && folder[0] == '-')
        folder = arena_print(&program->arena, "./%s", folder);
    deployment->options.folder = folder;
    if (!folder)
        return diagnostics_out_of_memory(&program->diagnostics, "the output folder");
    if (!outcome->holds)
        deploy_warn(deployment, "no plan meets every target; this is the stack as written.");
    return emit_plan(program->scenario, outcome, folder, &program->diagnostics);
}

static enum status want(struct program *program, struct deployment *deployment) {
    const struct plan_outcome *outcome = program_chosen_plan(program->result);
    struct release_list releases;
    enum status status = releases_list(program->scenario->stack.chart_profile,
                                       outcome->plan.agent_kind, &releases, &program->diagnostics);
    return status == STATUS_OK ? deploy_want(deployment, &outcome->plan, outcome->label, &releases,
                                             &program->diagnostics)
                               : status;
}

static enum status change(struct program *program, struct deployment *deployment) {
    struct text text;
    char question[400];
    text_init(&text);
    deploy_overview(deployment, &text);
    print_overview(program, &text);
    if (program->cli.dry_run)
        return deploy_rehearse(deployment, &program->diagnostics);
    snprintf(question, sizeof question, "Deploy to context %s? [y/N]", deployment->cluster.context);
    enum status status = confirm(program, question, "y");
    if (status == STATUS_OK)
        status = deploy_apply(deployment, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    /* How to look at Grafana helps most when the smoke test fails. */
    if (!program->cli.no_smoke)
        status = deploy_smoke(deployment, &program->diagnostics);
    text_init(&text);
    deploy_summary(deployment, &text);
    print_text(program, prints(program) ? stdout : NULL, &text);
    return status;
}

static enum status install(struct program *program, struct deployment *deployment) {
    enum status status = program_simulate(program, false);
    if (status == STATUS_OK)
        status = write_files(program, deployment);
    if (status == STATUS_OK)
        status = want(program, deployment);
    if (status == STATUS_OK)
        status = preflight_check(deployment, &program->diagnostics);
    return status == STATUS_OK ? change(program, deployment) : status;
}

static enum status uninstall(struct program *program, struct deployment *deployment) {
    const struct scenario_stack *stack = &program->scenario->stack;
    struct release_list releases;
    struct text text;
    char question[400];
    const char *context = deployment->cluster.context;
    bool data = program->cli.delete_data;
    enum status status =
        releases_list(stack->chart_profile, stack->agent_kind, &releases, &program->diagnostics);
    if (status == STATUS_OK)
        status = preflight_server(deployment, &program->diagnostics);
    if (status == STATUS_OK)
        status = deploy_find_removals(deployment, &releases, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    text_init(&text);
    deploy_removals_overview(deployment, &text);
    print_overview(program, &text);
    if (deployment->removal_count == 0)
        return STATUS_OK;
    snprintf(question, sizeof question,
             data ? "All logs, traces and dashboards of context %s are deleted for good.\nType the "
                    "context's name to go on:"
                  : "Remove these from context %s? [y/N]",
             context);
    status = confirm(program, question, data ? context : "y");
    return status == STATUS_OK ? deploy_uninstall(deployment, &program->diagnostics) : status;
}

/** The JSON summary also tells of what failed; before the cluster is known there is none. */
static enum status finish(struct program *program, const struct deployment *deployment,
                          enum status status) {
    program_progress_line(program, NULL);
    if (program->cli.format != CLI_FORMAT_JSON || program->cli.quiet ||
        !deployment->server_version[0])
        return status;
    enum status printed = deploy_json(deployment, &program->out, &program->diagnostics);
    if (printed == STATUS_OK)
        printed = program_print(program);
    return status == STATUS_OK ? printed : status;
}

enum status command_deploy(struct program *program, int *exit_status) {
    struct deployment deployment;
    (void)exit_status;
    enum status status = check_usage(program);
    if (status == STATUS_OK)
        status = program_load(program, program->cli.operands[0]);
    if (status != STATUS_OK)
        return status;
    signal(SIGTERM, pass_on);
    /* Under nohup it stays ignored. */
    if (signal(SIGHUP, pass_on) == SIG_IGN)
        signal(SIGHUP, SIG_IGN);
    const struct deploy_options options = options_of(program);
    status = deploy_begin(&deployment, &options, &program->diagnostics);
    if (status == STATUS_OK)
        status = program->cli.uninstall ? uninstall(program, &deployment)
                                        : install(program, &deployment);
    status = finish(program, &deployment, status);
    deploy_fini(&deployment);
    return status;
}
