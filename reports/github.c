/* GitHub Actions: a step summary and workflow commands. */
#include "reports/report.h"

#include <string.h>

/** Add the value of a workflow command; in a property `:` and `,` would end it. */
static void add_value(struct text *text, const char *value, bool property) {
    static const char hex[] = "0123456789ABCDEF";
    for (; value && *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (strchr("%\r\n", byte) || (property && strchr(":,", byte)))
            text_print(text, "%%%c%c", hex[byte >> 4], hex[byte & 15]);
        else
            text_add_bytes(text, value, 1);
    }
}

static void add_command(struct text *text, const char *command, const char *file,
                        const char *title) {
    text_print(text, "::%s file=", command);
    add_value(text, file, true);
    text_add(text, ",title=");
    add_value(text, title, true);
    text_add(text, "::");
}

static void add_missed_target(struct text *text, const char *command,
                              const struct scenario *scenario,
                              const struct target_outcome *target) {
    add_command(text, command, scenario->file, target_title(target->kind));
    text_print(text, "%s: ", scenario->name);
    add_value(text, target_title(target->kind), false);
    text_add(text, " missed, found ");
    add_value(text, target->value_text, false);
    text_add(text, ", wanted ");
    add_value(text, target->bound_text, false);
    text_add(text, ". ");
    add_value(text, target->reason, false);
    text_add(text, "\n");
}

enum status report_github(const struct report *report, struct text *summary, struct text *commands,
                          struct diagnostics *diagnostics) {
    const struct result *result = report->result;
    const struct plan_outcome *written = result->as_written;
    const char *command = result->holds && !report->strict ? "warning" : "error";
    for (size_t i = 0; i < written->target_count; i++)
        if (!written->targets[i].holds)
            add_missed_target(commands, command, result->scenario, &written->targets[i]);
    if (written->plan.pending > 0) {
        add_command(commands, command, result->scenario->file, "Pods without a node");
        text_print(commands, "%s: %zu pod%s no node\n", result->scenario->name,
                   written->plan.pending, written->plan.pending == 1 ? " finds" : "s find");
    }
    if (text_failed(commands))
        return diagnostics_out_of_memory(diagnostics, "workflow commands");
    return report_markdown(report, summary, diagnostics);
}

void report_github_diagnostics(const struct diagnostics *list, struct text *commands) {
    for (size_t i = 0; i < list->count; i++) {
        const struct diagnostic *item = &list->items[i];
        text_add(commands, "::error ");
        if (item->file[0]) {
            text_add(commands, "file=");
            add_value(commands, item->file, true);
            text_add(commands, ",");
        }
        if (item->line > 0)
            text_print(commands, "line=%u,", item->line);
        if (item->column > 0)
            text_print(commands, "col=%u,", item->column);
        text_add(commands, "title=");
        add_value(commands, status_text(item->code), true);
        text_add(commands, "::");
        if (item->path[0]) {
            add_value(commands, item->path, false);
            text_add(commands, ": ");
        }
        add_value(commands, item->message, false);
        if (item->hint[0]) {
            text_add(commands, "; ");
            add_value(commands, item->hint, false);
        }
        text_add(commands, "\n");
    }
}
