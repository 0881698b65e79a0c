#include "aws/pace.h"

static double tokens_at(const struct pace *p, int64_t now_ms)
{
    const int64_t passed = now_ms > p->at_ms ? now_ms - p->at_ms : 0;
    const double tokens = p->tokens + (double)passed * p->rate / 1000;

    return tokens < p->burst ? tokens : p->burst;
}

void pace_init(struct pace *p, double rate, double burst, double reserve, int64_t now_ms)
{
    *p = (struct pace){rate, burst, reserve, burst, now_ms};
}

int64_t pace_wait_ms(const struct pace *p, int64_t now_ms, bool urgent)
{
    const double missing = 1 + (urgent ? 0 : p->reserve) - tokens_at(p, now_ms);

    if (missing <= 1e-9)
        return 0;
    return (int64_t)(missing * 1000 / p->rate) + 1;
}

void pace_take(struct pace *p, int64_t now_ms)
{
    p->tokens = tokens_at(p, now_ms) - 1;
    p->at_ms = now_ms;
}

void pace_throttled(struct pace *p, int64_t now_ms)
{
    p->tokens = tokens_at(p, now_ms);
    if (p->tokens > p->reserve)
        p->tokens = p->reserve;
    p->at_ms = now_ms;
}
