#include "lambda/arn.h"

bool lambda_arn_split(struct str arn, struct lambda_arn *ret)
{
    struct str part[8] = {{0}};
    size_t count = 0;

    while (count < 8 && str_cut(&arn, ':', &part[count]))
        count++;
    if (count < 7 || arn.len || !str_eq(part[0], STR("arn")) || !str_eq(part[2], STR("lambda")) ||
        !str_eq(part[5], STR("function")) || !part[6].len || (count == 8 && !part[7].len))
        return false;
    *ret = (struct lambda_arn){part[3], part[4], part[6], part[7]};
    return true;
}
