/**
 * Time that passes, for timeouts and durations. Thread safety: reentrant.
 */
#ifndef SIM_BASE_CLOCK_H
#define SIM_BASE_CLOCK_H

/** Seconds since some moment, the same for the whole run; never goes back, whatever is done to the
 *  wall clock. */
double clock_seconds(void);

/** Sleep that long, or until a signal is handled. */
void clock_sleep(double seconds);

#endif
