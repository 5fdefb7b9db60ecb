/* schema.h - identity and versions of the file; private to common/store. */
#ifndef COMMON_STORE_SCHEMA_H
#define COMMON_STORE_SCHEMA_H

#define SCHEMA_APPLICATION_ID 0x67677431 /* "ggt1" */
#define SCHEMA_VERSION	      1

#endif
