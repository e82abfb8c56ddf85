INSERT INTO concurrency_limit_v2
    (id, name, "limit", active, active_slots, denied_slots, slot_decay_per_second, avg_slot_occupancy_seconds)
VALUES ('00000000-0000-4000-8000-000000000001', 'one', 1, true, 0, 0, 0, 2);
