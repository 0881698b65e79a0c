/* Any bytes: told apart without a step beyond them, and a text that is a case file is taken for
 * one. */
#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "cli/casefile_guess.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = {(const char *)data, size};
    const bool guess = casefile_guess(text);
    json_t *value;

    if (size == 0 || memchr(data, '\\', size)) /* a key may be written with escapes; nobody does */
        return 0;
    value = json_loadb(text.data, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(value) &&
        (json_object_get(value, "cases") || json_object_get(value, "suite")))
        assert(guess);
    if (json_is_object(value) && json_object_size(value) == 0)
        assert(!guess);
    json_decref(value);
    return 0;
}
