/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A control with its automation as it should be heard, in double precision, next to an engine that
 *  renders it. */
#ifndef AUTOMATION_H
#define AUTOMATION_H

#include "check.h"

enum { LONGEST = 512, MOST = 20000, RAMP = 480 };

extern uint64_t seed;
uint32_t any(uint32_t below);

/* A control that is on its way, and what it is to do later. */
typedef struct Course {
    double from, value; /* value: the target in the last frame */
    perbus_automation_point now;
    perbus_automation_point *points; /* room for MOST */
    size_t next, count;
} Course;

/* Left, right, and what a channel in the middle would get. */
enum { SIDES = 3 };
typedef struct Gains {
    double side[SIDES];
} Gains;

/* What a gain of volume and pan is to do: see perbus_connection_automate and fade.h. */
typedef struct Model {
    Course volume, pan;
    Gains heard, left; /* left: of the difference when the ramp began */
    Gains low, high;
    int ramped;
    bool confined;
} Model;

/* What is automated: each by its own functions. */
typedef enum What { CONNECTION, BUS, PARAMETER, OUTPUT, MASTER, WHATS } What;

/* A source of 0.5 in a sub-mixer, a matrix between them if a parameter is automated. */
typedef struct Stage {
    What what;
    perbus_engine *engine;
    perbus_node *main_mixer, *sub, *voice, *matrix;
    perbus_master *master;
    int64_t time;
    Model model;
} Stage;

void stage_make(Stage *stage, What what);
void stage_end(Stage *stage);
perbus_status stage_automate(Stage *stage, perbus_control control, int64_t from,
                             const perbus_automation_point *points, size_t count,
                             perbus_error *error);
/* The engine and the model. */
void automate(Stage *stage, perbus_control control, int64_t from,
              const perbus_automation_point *points, size_t count);
/* A set or fade right now. */
void move_now(Stage *stage, perbus_control control, float value, uint64_t frames,
              perbus_curve curve);
/* Renders a block and compares it with the model. */
bool stage_render(Stage *stage, uint32_t frames);

#endif
