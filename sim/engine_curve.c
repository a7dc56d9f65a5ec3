#include "sim/engine_curve.h"

#include <math.h>

void engine_curve_init(const double knots[CURVE_KNOTS], const double values[CURVE_KNOTS],
                       double end, double end_value, struct engine_curve *curve) {
    double slope = 0;
    curve->start = (float)values[0];
    for (int k = 0; k < CURVE_KNOTS; k++) {
        double next = k + 1 < CURVE_KNOTS ? knots[k + 1] : end;
        double next_value = k + 1 < CURVE_KNOTS ? values[k + 1] : end_value;
        double next_slope = (next_value - values[k]) / (next - knots[k]);
        curve->knot[k] = (float)knots[k];
        curve->bend[k] = (float)(next_slope - slope);
        slope = next_slope;
    }
}

static bool bends(const struct engine_curve *curve, int knot) {
    const float least = 1e-6f * fabsf(curve->bend[0]);
    return fabsf(curve->bend[knot]) > least;
}

int engine_curve_drop_straight(struct engine_curve *one, struct engine_curve *other) {
    const float out_of_reach = 1e30f;
    int left = 0;
    for (int k = 0; k < CURVE_KNOTS; k++) {
        if (!bends(one, k) && !bends(other, k))
            continue;
        one->knot[left] = other->knot[left] = one->knot[k];
        one->bend[left] = one->bend[k];
        other->bend[left++] = other->bend[k];
    }
    for (int k = left; k < CURVE_KNOTS; k++) {
        one->knot[k] = other->knot[k] = out_of_reach;
        one->bend[k] = other->bend[k] = 0;
    }
    return left;
}

bool engine_curve_rises(const struct engine_curve *curve) {
    float most = fabsf(curve->start);
    for (int k = 0; k < CURVE_KNOTS; k++)
        most = fmaxf(most, fabsf(curve->bend[k]));
    return most > 0;
}
