/**
 * How long a billing period is. Pure; thread-safe.
 */
#ifndef SIM_INVOICE_PERIOD_H
#define SIM_INVOICE_PERIOD_H

/** Hours and calendar months from `start` to `end`, written as YYYY-MM-DD or YYYY-MM-DDTHH:MM in
 *  UTC. A whole February is one month, its first half is half of one. An end at :59 is the end of
 *  that minute, as some reports write it. */
void invoice_period(const char *start, const char *end, double *hours, double *months);

#endif
