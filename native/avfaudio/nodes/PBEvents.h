// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Events of an engine that no call has caused. They are reported on a thread of their own, with no
// lock held, to one listener and to the observers of AVAudioEngineConfigurationChangeNotification.
#ifndef PB_EVENTS_H
#define PB_EVENTS_H

#import <Foundation/Foundation.h>

@class AVAudioEngine;

typedef enum PBEvent {
    PB_DEVICE_LOST = 1,
    PB_DEVICE_CHANGED = 2,
    PB_CONFIGURATION_CHANGED = 3, // the engine has stopped: this is the notification
    PB_XRUN = 4,
    PB_DECODER_LATE = 5,
    PB_RESTARTED = 6, // never by the engine itself: what restarts it reports this
    PB_INPUT_LOST = 7
} PBEvent;

typedef struct PBListener {
    void (*tell)(void *context, PBEvent event); // NULL: there is none
    void (*destroy)(void *context);             // or NULL
    void *context;
} PBListener;

typedef struct PBEvents PBEvents;

PBEvents *PBEventsCreate(AVAudioEngine *engine);
// Any thread. Cannot fail; without memory, events of a kind that are queued together are reported once.
void PBEventsPut(PBEvents *events, PBEvent event);
// Waits for the end of a call of the previous listener, unless called from it, and destroys it.
void PBEventsSetListener(PBEvents *events, PBListener listener);
// No event is reported after this returns. The listener and observers may call it.
void PBEventsClose(PBEvents *events);

#endif
