/* interrupt.h - SIGINT, SIGTERM and SIGHUP ask long work to end in order. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From now on they are noted only. One that is ignored (by nohup, in a job of the background) stays
 * so. */
void interrupt_watch(void);

/* The number of the last one; 0: none has come. */
int interrupt_asked(void);

#endif
