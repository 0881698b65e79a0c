/*
 * Is there room for smokegate's line in the descriptions of the aliases, beside what the user wrote
 * there? Asked before anything is changed: when Live is to move it is too late to find out. Pure.
 */
#ifndef PROMOTE_ROOM_H
#define PROMOTE_ROOM_H

#include "promote/view.h"

/* ERR_REFUSED: there is not, on the alias it names. */
int room_check(const struct environment_view *v, struct err *err);

#endif
