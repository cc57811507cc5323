/* The runner in C: scenes. */
#include "lines.h"

/* The words from one on: seven a bus. */
static size_t read_entries(size_t word, perbus_desk_bus_config *entries) {
    size_t count = 0;
    for (; word + 7 <= word_count; word += 7, count++) {
        perbus_desk_bus_config *it = &entries[count];
        *it = (perbus_desk_bus_config){.bus = number(word)};
        for (int i = 0; i < 4; i++) {
            if (words[word + 1 + i][0] != '-' || words[word + 1 + i][1] != '\0') {
                it->set |= 1u << i; /* PERBUS_DESK_SET_VOLUME, PAN, MUTED, SOLOED */
            }
        }
        if (words[word + 6][0] != '-') {
            it->set |= PERBUS_DESK_SET_SOLO_SAFE;
        }
        it->volume = real(word + 1);
        it->pan = real(word + 2);
        it->muted = on(word + 3);
        it->soloed = on(word + 4);
        it->label = words[word + 5][0] == '=' ? words[word + 5] + 1 : NULL;
        it->solo_safe = on(word + 6);
    }
    return count;
}

static void show_scene(perbus_desk_scene *scene) {
    size_t count = 0;
    perbus_desk_scene_get_count(scene, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        perbus_desk_bus_config it;
        perbus_desk_scene_get_bus(scene, i, &it, NULL);
        fprintf(out, " %u", it.bus);
        it.set &PERBUS_DESK_SET_VOLUME ? bits(it.volume) : (void)fputs(" -", out);
        it.set &PERBUS_DESK_SET_PAN ? bits(it.pan) : (void)fputs(" -", out);
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_MUTED ? it.muted ? "1" : "0" : "-");
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_SOLOED ? it.soloed ? "1" : "0" : "-");
        fprintf(out, it.label != NULL ? " =%s" : " -", it.label);
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_SOLO_SAFE ? it.solo_safe ? "1" : "0" : "-");
        fprintf(out, it.set & PERBUS_DESK_SET_SEND_TAP ? " %d" : " -", it.send_tap);
    }
    float volume;
    perbus_pan_law law;
    bool is_set;
    perbus_desk_scene_get_output_volume(scene, &volume, &is_set, NULL);
    is_set ? bits(volume) : (void)fputs(" -", out);
    perbus_desk_scene_get_pan_law(scene, &law, &is_set, NULL);
    fprintf(out, is_set ? " %d" : " -", (int)law);
}

static void show_group(const perbus_desk_group_config *it) {
    fprintf(out, " group %u:", it->group);
    it->set &PERBUS_DESK_SET_VOLUME ? bits(it->volume) : (void)fputs(" -", out);
    fprintf(out, " %s", it->set & PERBUS_DESK_SET_MUTED ? it->muted ? "1" : "0" : "-");
    fprintf(out, " %s", it->set & PERBUS_DESK_SET_SOLOED ? it->soloed ? "1" : "0" : "-");
    fprintf(out, it->name != NULL ? " =%s" : " -", it->name);
    fputs(it->set & PERBUS_DESK_SET_MEMBERS ? " [" : " [-", out);
    for (size_t i = 0; i < it->member_count; i++) {
        const perbus_desk_group_member *member = &it->members[i];
        fprintf(out, "%s%s/%u", i > 0 ? "," : "", member->mixer, member->bus);
    }
    fputs(it->set & PERBUS_DESK_SET_INNER_GROUPS ? "] [" : "] [-", out);
    for (size_t i = 0; i < it->inner_group_count; i++) {
        fprintf(out, "%s%u", i > 0 ? "," : "", it->inner_groups[i]);
    }
    fputs("]", out);
}

static void show_engine_scene(perbus_desk_engine_scene *scene) {
    size_t count = 0, groups = 0;
    perbus_desk_engine_scene_get_count(scene, &count, NULL);
    perbus_desk_engine_scene_get_group_count(scene, &groups, NULL);
    for (size_t i = 0; i < count; i++) {
        char *name;
        perbus_desk_scene *mixer;
        perbus_desk_engine_scene_copy_mixer(scene, i, &name, &mixer, NULL);
        fprintf(out, " %s:", name);
        show_scene(mixer);
        fputs(i + 1 < count + groups ? ";" : "", out);
        perbus_desk_text_free(name);
        perbus_desk_scene_release(mixer);
    }
    for (size_t i = 0; i < groups; i++) {
        perbus_desk_group_config group;
        perbus_desk_engine_scene_get_group(scene, i, &group, NULL);
        show_group(&group);
        fputs(i + 1 < groups ? ";" : "", out);
    }
}

bool run_scenes(void) {
    perbus_desk_scene *scene;
    perbus_desk_bus_config entries[MAX_WORDS / 6];

    DO("configure", mixer_configure(find(1), entries, read_entries(2, entries), &error))
    GET("scene", scene_create(entries, read_entries(2, entries), &scene, &error),
        keep(words[1], scene, 0))
    GET("snapshot", mixer_snapshot(find(2), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    GET("snapshot_with_solo", mixer_snapshot_with_solo(find(2), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    DO("fade_to_scene", mixer_fade_to_scene(find(1), find(2), seconds(3), curve(4), &error))
    GET("scene_only", scene_copy_only(find(2), number(3), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    if (is("scene_buses")) {
        uint32_t numbers[] = {number(3), number(4)};
        GET("scene_buses", scene_copy_only_buses(find(2), numbers, 2, &scene, &error),
            (show_scene(scene), keep(words[1], scene, 0)))
    }
    perbus_desk_engine_scene *all;
    GET("engine_snapshot", engine_snapshot(find(2), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    GET("engine_snapshot_with_solo", engine_snapshot_with_solo(find(2), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    DO("engine_apply", engine_apply(find(1), find(2), &error))
    DO("engine_fade", engine_fade_to_scene(find(1), find(2), seconds(3), curve(4), &error))
    GET("engine_only", engine_scene_copy_only(find(2), number(3), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    if (is("engine_buses")) {
        perbus_desk_bus *one = bus(3);
        GET("engine_buses", engine_scene_copy_only_buses(find(2), &one, 1, &all, &error),
            (show_engine_scene(all), keep(words[1], all, 0)))
    }
    DO("apply", mixer_apply(find(1), find(2), &error))
    return false;
}
