/* The folder a server keeps everything in: made when absent, and taken only when it is one. */
#ifndef LOCAL_STATE_FOLDER_H
#define LOCAL_STATE_FOLDER_H

#include "base/err.h"

/*
 * What a server finds in its folders it removes when it does not need it. So a folder that holds
 * anything, but no state.db, is refused (ERR_INPUT): "--state ." would cost a project its code/. Of
 * what there is before the first state.db, the lock and the files of `smokegate local` are known,
 * and hidden files do no harm. Makes the folder when it is not there. ERR_IO.
 */
int state_folder_open(const char *dir, struct err *err);

#endif
