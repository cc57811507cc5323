// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What happens to an engine by itself. It is told on a thread of its own, with no lock held: to the
// observers of AVAudioEngineConfigurationChangeNotification, and to one listener.
#ifndef PB_EVENTS_H
#define PB_EVENTS_H

#import <Foundation/Foundation.h>

@class AVAudioEngine;

typedef enum PBEvent {
    PB_DEVICE_LOST = 1,
    PB_DEVICE_CHANGED = 2,
    PB_CONFIGURATION_CHANGED = 3, // the engine has stopped: this is the notification
    PB_XRUN = 4
} PBEvent;

typedef struct PBListener {
    void (*tell)(void *context, PBEvent event); // NULL: there is none
    void (*destroy)(void *context);             // or NULL
    void *context;
} PBListener;

typedef struct PBEvents PBEvents;

PBEvents *PBEventsCreate(AVAudioEngine *engine);
// Any thread. Drops the event without memory.
void PBEventsPut(PBEvents *events, PBEvent event);
// Waits for the end of a call of the previous listener, unless called from it, and destroys it.
void PBEventsSetListener(PBEvents *events, PBListener listener);
// No event is told after this returns. May be called by whoever is being told of one.
void PBEventsClose(PBEvents *events);

#endif
