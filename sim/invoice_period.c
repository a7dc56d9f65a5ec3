#include "sim/invoice_period.h"

#include <stdbool.h>
#include <stdio.h>

/** A moment: months since year 0, and minutes in its month. */
struct moment {
    int month;
    double minutes;
};

static int days_of(int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = month / 12;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month % 12] + (month % 12 == 1 && leap);
}

static double minutes_of(int month) {
    return days_of(month) * 24.0 * 60;
}

static struct moment read_moment(const char *text, bool is_end) {
    int year = 0, month = 1, day = 1, hour = 0, minute = 0;
    sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d", &year, &month, &day, &hour, &minute);
    month = month < 1 ? 1 : month > 12 ? 12 : month;
    if (is_end && minute == 59)
        minute++;
    return (struct moment){year * 12 + month - 1, ((day - 1) * 24.0 + hour) * 60 + minute};
}

void invoice_period(const char *start, const char *end, double *hours, double *months) {
    const struct moment from = read_moment(start, false), to = read_moment(end, true);
    double minutes = to.minutes - from.minutes;
    *months = to.month - from.month + to.minutes / minutes_of(to.month) -
              from.minutes / minutes_of(from.month);
    for (int month = from.month; month < to.month; month++)
        minutes += minutes_of(month);
    *hours = minutes / 60;
}
