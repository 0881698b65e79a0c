/* HTTP headers of our own: what `lambda/` sends to the local Lambda and Lambda itself does not
 * know.
 */
#ifndef BASE_HEADER_H
#define BASE_HEADER_H

/* Of an invocation: "true" asks for a new execution environment, and the answer says so. */
#define HEADER_FRESH "x-smokegate-fresh"

#endif
