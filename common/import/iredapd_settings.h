/* iredapd_settings.h - what settings.py of iRedAPD would be in our configuration. Private to
 * common/import. */
#ifndef COMMON_IMPORT_IREDAPD_SETTINGS_H
#define COMMON_IMPORT_IREDAPD_SETTINGS_H

#include "common/import/source.h"

/* Tells the lines NAME = literal that are known, as notes; nothing is executed. */
int iredapd_read_settings(struct import *import, struct lines *lines);

#endif
