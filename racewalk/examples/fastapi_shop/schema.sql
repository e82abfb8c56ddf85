CREATE TABLE customer (id serial PRIMARY KEY, name text UNIQUE NOT NULL, token text);
CREATE TABLE stock (item integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE sale (
    id serial PRIMARY KEY,
    item integer NOT NULL REFERENCES stock,
    customer integer NOT NULL REFERENCES customer,
    at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO customer (name) VALUES ('alice'), ('bob');
INSERT INTO stock VALUES (7, 1);
