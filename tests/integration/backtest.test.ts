import { afterAll, describe, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import {
  backtest,
  backtestJson,
  covers,
  cpuAt,
  csvOf,
  dir,
  file,
  INCIDENT,
  iso,
  minutes,
  START,
  usualCpu,
} from '../rig/backtest-rig.ts';

/** `hpa-watch backtest` as a person runs it, over a file, and with what it cannot use. */

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a file', () => {
  const incident = file('api.csv', csvOf(minutes(5), cpuAt));

  test('an incident is found, with points of the documented shape', async () => {
    const { points, anomalies } = await backtestJson(['--csv', incident]);
    expect(anomalies).toHaveLength(1);
    const [anomaly] = anomalies;
    expect(Object.keys(anomaly!).sort()).toEqual(['end', 'kind', 'score', 'start']);
    expect(anomaly!.kind).toBe('cpu_deviation');
    expect(covers(anomaly!.start, anomaly!.end)).toBe(true);
    expect(points).toHaveLength(5 * 1440);
    expect(points.every((point) => Object.keys(point).join() === 'timestamp,value,expected,lower,upper,score')).toBe(
      true,
    );
    const early = points.filter(({ timestamp }) => Date.parse(timestamp) < START + 3 * DAY);
    expect(early.every(({ expected, score }) => expected === null && score === null)).toBe(true);
    const during = points.find(({ timestamp }) => timestamp === iso(INCIDENT.from + 30 * MINUTE))!;
    expect(during.value).toBeGreaterThan(during.upper!);
    expect(during.expected).toBeGreaterThan(during.lower!);
  });

  test('nothing after a point has any part in it', async () => {
    const cut = INCIDENT.from + 20 * MINUTE;
    const all = await backtestJson(['--csv', incident]);
    const until = await backtestJson(['--csv', incident, '--to', iso(cut)]);
    expect(until.points).toEqual(all.points.filter(({ timestamp }) => timestamp <= iso(cut)));
  });

  test('the table says what it is, and a summary', async () => {
    const { code, stdout } = await backtest(['--csv', incident, '--timezone', 'Europe/Berlin']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^KIND +START +END +LASTED +SCORE +WHAT\ncpu_deviation +2026-06-05 10:\d\dZ .*CPU of csv\/api is \d+ %/,
    );
    expect(stdout).toContain('since 12:');
    expect(stdout).toMatch(
      /\n7200 points of cpu, 2026-06-01 00:00Z to 2026-06-05 23:59Z: 1 anomaly\. Its baseline begins at 2026-06-04 00:00Z/,
    );
  });

  test('from, to and step choose what is told, not what is learned', async () => {
    const args = ['--from', iso(INCIDENT.from), '--to', iso(INCIDENT.to), '--step', '15m'];
    const { points, anomalies } = await backtestJson(['--csv', incident, ...args]);
    expect(points.map(({ timestamp }) => timestamp.slice(11, 16))).toEqual([
      '10:14',
      '10:29',
      '10:44',
      '10:59',
      '11:00',
    ]);
    expect(points.every(({ expected }) => expected !== null)).toBe(true);
    expect(anomalies).toHaveLength(1);
    const before = await backtestJson(['--csv', incident, '--to', iso(INCIDENT.from - MINUTE)]);
    expect(before.anomalies).toEqual([]);
  });

  test('stdin serves as well, with epoch seconds, and values five minutes apart off the hour', async () => {
    const times = minutes(5, 5 * MINUTE).map((at) => at + 2 * MINUTE);
    const text = times.map((at) => `${at / 1_000},${cpuAt(at)}`).join('\n');
    const { points, anomalies } = await backtestJson(['--csv', '-'], text);
    expect(points.map(({ timestamp }) => Date.parse(timestamp))).toEqual(times);
    expect(anomalies).toHaveLength(1);
    expect(covers(anomalies[0]!.start, anomalies[0]!.end)).toBe(true);
  });

  test.each(['cpu', 'memory', 'replicas', 'pressure'])('a constant %s has no anomaly', async (metric) => {
    const { points, anomalies } = await backtestJson(
      ['--csv', '-', '--metric', metric],
      csvOf(minutes(5), () => 4),
    );
    expect(anomalies).toEqual([]);
    expect(points.at(-1)).toMatchObject({ value: 4, expected: 4, score: 0 });
  });

  test('limits of the settings count', async () => {
    const settings = (limits: unknown) =>
      file('settings.yaml', JSON.stringify({ detect: { hpas: { 'shop/web': limits } } }));
    const config = settings({ cpu_deviation: { enabled: false } });
    const named = ['--namespace', 'shop', '--hpa', 'web'];
    expect((await backtestJson(['--csv', incident, '--config', config])).anomalies).toHaveLength(1);
    expect((await backtestJson(['--csv', incident, '--config', config, ...named])).anomalies).toEqual([]);
    const wrong = await backtest(['--csv', incident, '--config', settings({ cpu_deviation: { patience: 1 } })]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/detect\.hpas\.shop\/web\.cpu_deviation\.patience: found 1; allowed: one of enabled,/);
  });

  test('ten days of minutes are judged within seconds', async () => {
    const startedAt = performance.now();
    const { points } = await backtestJson(['--csv', '-'], csvOf(minutes(10), usualCpu));
    expect(points).toHaveLength(14_400);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});

describe('bad input is refused with exit code 1 and a sentence', () => {
  const good = file('good.csv', csvOf(minutes(1), usualCpu));
  const database = ['--cluster', 'prod', '--namespace', 'shop', '--hpa', 'api'];
  const text = file('text.txt', 'this is no database at all, and long enough to be looked at as one '.repeat(80));
  test.each<[string, string[], RegExp]>([
    ['no source', [], /found none; allowed: one of --csv FILE, --prometheus URL, --database FILE/],
    ['two sources', ['--csv', good, '--prometheus', 'http://127.0.0.1:1'], /found --csv and --prometheus/],
    ['a missing file', ['--csv', 'nowhere.csv'], /Cannot read .*nowhere\.csv/],
    ['a directory', ['--csv', '.'], /Cannot read /],
    [
      'a bad line',
      ['--csv', file('a.csv', '1772373900,1\n1772373960,x\n')],
      /a\.csv, line 2: found value "x"; allowed/,
    ],
    ['an empty file', ['--csv', file('b.csv', '')], /holds no values; allowed: lines of timestamp,value/],
    ['values an hour apart', ['--csv', file('c.csv', csvOf(minutes(1, HOUR), usualCpu))], /60m|1h apart; allowed: 5m/],
    ['another metric', ['--csv', good, '--metric', 'disk'], /Allowed choices are cpu, memory, replicas, pressure/],
    ['another format', ['--csv', good, '--format', 'xml'], /Allowed choices are table, json/],
    ['no time', ['--csv', good, '--from', 'tomorrow'], /--from.*allowed: an ISO 8601 time/],
    ['an end before the beginning', ['--csv', good, '--from', '1d ago', '--to', '2d ago'], /is not before --to/],
    ['nothing in between', ['--csv', good, '--to', '2020-01-01'], /holds no sample between/],
    ['a step of seconds', ['--csv', good, '--step', '90s'], /allowed: whole minutes up to a day/],
    ['a baseline too short', ['--csv', good, '--baseline', '1h'], /allowed: whole minutes from 9h to 28d/],
    ['an unknown time zone', ['--csv', good, '--timezone', 'Mars/Olympus'], /allowed: an IANA time zone/],
    ['no address', ['--prometheus', 'localhost:9090'], /allowed: an http or https address/],
    ['no HPA', ['--prometheus', 'http://127.0.0.1:1', '--namespace', 'shop'], /--prometheus needs --hpa/],
    [
      'a name that none can be',
      ['--prometheus', 'http://127.0.0.1:1', '--namespace', 'Shop!'],
      /a Kubernetes namespace/,
    ],
    ['a dead address', ['--prometheus', 'http://127.0.0.1:1', ...database.slice(2)], /127\.0\.0\.1:1/],
    ['no cluster', ['--database', text, ...database.slice(2)], /--database needs --cluster/],
    ['a missing database', ['--database', 'nowhere.db', ...database], /There is no database .*nowhere\.db\./],
    ['what is no database', ['--database', text, ...database], /text\.txt/],
    ['missing settings', ['--csv', good, '--config', '/nowhere.yaml'], /\/nowhere\.yaml/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await backtest(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('an HPA that the database does not hold', async () => {
    const path = join(dir, 'other.db');
    const store = await openSqliteStore({ path, now: () => START });
    await store.enrol([{ cluster: 'prod', namespace: 'shop', hpa: 'web' }], START);
    await store.close();
    const { code, stderr } = await backtest(['--database', path, ...database]);
    expect(code).toBe(1);
    expect(stderr).toContain('holds nothing of prod/shop/api; it holds prod/shop/web.');
  });

  test.each([
    [0, /is no database of HPA Watch; allowed: the monitoring\.db/],
    [1, /has schema 1 and this version reads \d+: start this version's agent on it once/],
    [999, /has schema 999, and this version of HPA Watch knows \d+ at most/],
  ])('a database of schema %i, which stays as it is', async (schema, message) => {
    const path = join(dir, `schema-${schema}.db`);
    const db = new Sqlite(path);
    db.exec('CREATE TABLE some (x)');
    db.pragma(`user_version = ${schema}`);
    db.close();
    const before = readFileSync(path);
    const { code, stderr } = await backtest(['--database', path, ...database]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
