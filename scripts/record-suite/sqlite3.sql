-- The task of the sqlite3 trace: a database of the Unicode characters and a dictionary, imported,
-- indexed, joined, grouped, searched and changed.
PRAGMA temp_store = MEMORY;
CREATE TABLE character(code TEXT, name TEXT, category TEXT, combining, bidi TEXT, decomposition,
    decimal, digit, number, mirrored, old_name, comment, upper, lower, title);
CREATE TABLE word(word TEXT);
.mode csv
.separator ;
.import /usr/share/unicode/UnicodeData.txt character
.separator "\t"
.import /usr/share/dict/american-english-small word
.mode list
CREATE INDEX character_name ON character(name);
CREATE INDEX character_category ON character(category, code);
CREATE INDEX word_word ON word(word COLLATE NOCASE);
SELECT category, count(*), max(length(name)) FROM character GROUP BY category ORDER BY 2 DESC;
SELECT length(word), count(*) FROM word WHERE word < 'd' GROUP BY 1 ORDER BY 1;
SELECT substr(word, 1, 2) AS start, group_concat(word, ' ') FROM word
    WHERE word LIKE 'qu%' OR word LIKE 'x%' GROUP BY start;
SELECT count(*) FROM word a JOIN word b ON b.word = a.word || 's' COLLATE NOCASE
    WHERE a.word < 'd';
SELECT a.name, b.name FROM character a JOIN character b ON b.code = a.lower
    WHERE a.category = 'Lu' ORDER BY b.name LIMIT 40;
WITH RECURSIVE part(rest, first) AS (
    SELECT name || ' ', '' FROM character WHERE category = 'Nl'
    UNION ALL
    SELECT substr(rest, instr(rest, ' ') + 1), substr(rest, 1, instr(rest, ' ') - 1)
        FROM part WHERE rest <> '')
SELECT first, count(*) FROM part WHERE first <> '' GROUP BY first ORDER BY 2 DESC LIMIT 30;
BEGIN;
UPDATE character SET comment = lower(name) WHERE category = 'So';
DELETE FROM word WHERE word LIKE 'a%''s';
COMMIT;
SELECT count(*), sum(length(word)) FROM word;
SELECT name, json_object('code', code, 'names', json_array(name, old_name)) FROM character
    WHERE old_name <> '' ORDER BY name LIMIT 500;
