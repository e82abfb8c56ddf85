CREATE TABLE stock (item integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE sale (id serial PRIMARY KEY, item integer NOT NULL REFERENCES stock);
INSERT INTO stock VALUES (7, 1);
