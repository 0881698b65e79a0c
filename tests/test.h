/* cmocka with the headers it wants before it, and what every test needs. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

/* The text contains the part; shows both when it does not. */
#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        const char *t_ = (text), *p_ = (part);                                                     \
        if (!strstr(t_, p_))                                                                       \
            fail_msg("\"%s\" does not contain \"%s\"", t_, p_);                                    \
    } while (0)

#endif
