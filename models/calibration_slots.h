/**
 * Rows of the slot tables in models/calibration_*.c, to which this is private.
 */
#ifndef MODELS_CALIBRATION_SLOTS_H
#define MODELS_CALIBRATION_SLOTS_H

#include "models/calibration.h"

#include <stddef.h>

/** The double `member.field` of struct calibration, under the field's name. */
#define SLOT(model, member, field, unit, meaning)                                                  \
    {                                                                                              \
        model, #field, offsetof(struct calibration, member.field), COEFFICIENT_NO_ERROR, unit,     \
            meaning                                                                                \
    }

/** The fitted coefficient `index` of the model `member`, with its standard error. */
#define SLOT_FITTED(model, member, index, name, unit, meaning)                                     \
    {                                                                                              \
        model, #name, offsetof(struct calibration, member.coefficient[index]),                     \
            offsetof(struct calibration, member.standard_error[index]), unit, meaning              \
    }

#endif
