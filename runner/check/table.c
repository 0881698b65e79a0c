#include "runner/check/check.h"

const struct check_kind *const check_kinds[] = {
    &check_equals,        &check_not,         &check_one_of, &check_contains, &check_matches,
    &check_not_matches,   &check_type,        &check_min,    &check_max,      &check_exclusive_min,
    &check_exclusive_max, &check_close_to,    &check_length, &check_exists,   &check_empty,
    &check_every,         &check_any,         &check_none,   &check_one,      &check_count,
    &check_unique,        &check_schema_kind, &check_json,   &check_base64,   &check_before,
    &check_after,         &check_paths,       NULL,
};
