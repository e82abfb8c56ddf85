CREATE TABLE stock (item integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE sale (id serial PRIMARY KEY, item integer NOT NULL REFERENCES stock);
CREATE TABLE note (item integer PRIMARY KEY REFERENCES stock, code text, token text);
INSERT INTO stock VALUES (7, 1);
INSERT INTO note VALUES (7, '', '');
