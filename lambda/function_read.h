/* Private to lambda/: a FunctionConfiguration object as a value. */
#ifndef LAMBDA_FUNCTION_READ_H
#define LAMBDA_FUNCTION_READ_H

#include "lambda/function.h"

int function_read_object(const json_t *object, struct function_info *ret, struct err *err);

#endif
