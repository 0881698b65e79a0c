/*
 * Text that somebody else made, on its way to a log that a CI system reads for commands. GitHub
 * Actions and Azure Pipelines look for them in whatever a step prints, TeamCity as well; what a
 * function says must not set a variable of the job.
 */
#ifndef BASE_NEUTRAL_H
#define BASE_NEUTRAL_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Appends `bytes` as utf8_visible() does, and with one character of each command shown as \u{3a} or
 * \u{23}: "::" where a line begins (blanks before it do not help), and "##[", "##vso[",
 * "##teamcity[" or the like anywhere.
 */
void neutral_text(struct buf *out, struct str bytes);

#endif
