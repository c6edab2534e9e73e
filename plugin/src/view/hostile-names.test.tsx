import { afterEach, describe, expect, test } from '@jest/globals';
import { createTheme } from '@grafana/data';
import type { SummaryAnswer } from '@hpa-watch/agent/contract';
import { MemoryRouter } from 'host-router';
import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { framesOf } from '../datasource/frames';
import { APP_URL } from '../ids';
import { AnomalyRow } from '../pages/anomalies/AnomalyRow';
import { anomalyOf, at, NOON } from '../pages/anomalies/anomaly.fixture';
import { AgentNotices } from '../pages/fleet/AgentNotices';
import { AttentionList } from '../pages/fleet/AttentionList';
import { FleetRow } from '../pages/fleet/FleetRow';
import { lookOf } from './band-chart/look';
import { ReadingTooltip } from './band-chart/ReadingTooltip';
import { fleetItem } from './hpa-item.fixture';
import { HOSTILE_NAMES } from './hostile-names.fixture';
import { exploreUrl } from './links';
import { PromqlBlock } from './PromqlBlock';

const roots: Root[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.unmount();
  document.body.replaceChildren();
});

function drawn(element: ReactElement): HTMLElement {
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  roots.push(root);
  flushSync(() => root.render(<MemoryRouter>{element}</MemoryRouter>));
  return place;
}

/** The elements in their order, each with the names of its attributes: what a name must not change. */
const shapeOf = (place: HTMLElement): string[] =>
  [...place.querySelectorAll('*')].map((one) => `${one.tagName} ${one.getAttributeNames().sort().join(' ')}`);

const hrefsOf = (place: HTMLElement): string[] =>
  [...place.querySelectorAll('[href]')].map((one) => one.getAttribute('href') ?? '');

const item = (name: string) => ({ cluster: name, namespace: name, hpa: name });

/** What shows a name, a sentence with it, or a query with it. */
const SHOWN: Record<string, (name: string) => ReactElement> = {
  'a row of the fleet': (name) => (
    <FleetRow item={fleetItem(item(name))} spark={undefined} rowIndex={2} top={0} isNarrow={false} />
  ),
  'a row of the anomalies': (name) => (
    <AnomalyRow
      anomaly={anomalyOf('1', 0, 5, { ...item(name), sentence: name })}
      isOfEvent={false}
      now={NOON}
      onOpen={() => undefined}
    />
  ),
  'what needs a look': (name) => (
    <AttentionList
      summary={
        {
          worst: [anomalyOf('1', 0, null, { ...item(name), sentence: name })],
          needs_look: {
            total: 1,
            worst: [{ ...item(name), reason: 'no_data', message: name, since: at(0) }],
          },
          forwards: { down: [{ cluster: name, message: name }] },
        } as unknown as SummaryAnswer
      }
      items={[]}
    />
  ),
  'a notice of the agent': (name) => (
    <AgentNotices
      notices={(['database/away', 'database/rebuilt'] as const).map((code) => ({ code, since: null, message: name }))}
    />
  ),
  'a query with its link to Explore': (name) => (
    <PromqlBlock promql={`up{hpa="${name}"}`} exploreHref={exploreUrl(name, name, 0, 1)} />
  ),
  "the tooltip of a band's chart": (name) => (
    <ReadingTooltip
      reading={{
        at: NOON,
        value: 1,
        usual: null,
        references: [],
        anomalies: [{ id: '1', severity: 'warning', start: NOON, end: null, sentence: name }],
      }}
      name={name}
      look={lookOf(createTheme(), {})}
      timeZone="utc"
      format={String}
    />
  ),
};

const LINKS: Record<string, number> = {
  'a row of the fleet': 1,
  'a row of the anomalies': 1,
  'what needs a look': 3,
  'a query with its link to Explore': 1,
};

describe.each(Object.entries(SHOWN))('%s', (_what, show) => {
  test.each(HOSTILE_NAMES)('%j is text', (name) => {
    const place = drawn(show(name));
    expect(place.textContent).toContain(name);
    expect(shapeOf(place)).toEqual(shapeOf(drawn(show('api'))));
  });
});

describe.each(Object.entries(LINKS))('%s', (what, links) => {
  test.each(HOSTILE_NAMES)('%j stays one part of a link within Grafana', (name) => {
    const hrefs = hrefsOf(drawn(SHOWN[what]?.(name) ?? <></>));
    expect(hrefs).toHaveLength(links);
    for (const href of hrefs) {
      const url = new URL(href, 'http://grafana.example');
      expect(url.origin).toBe('http://grafana.example');
      if (url.pathname === '/explore') {
        const panes = JSON.parse(url.searchParams.get('panes') ?? '') as { hpa: { datasource: string } };
        expect([...url.searchParams.keys()].sort()).toEqual(['panes', 'schemaVersion']);
        expect(panes.hpa.datasource).toBe(name);
      } else if (url.pathname !== `${APP_URL}/schedule`) {
        const parts = url.pathname.slice(`${APP_URL}/hpa/`.length).split('/');
        expect(url.pathname.startsWith(`${APP_URL}/hpa/`)).toBe(true);
        expect(parts.map(decodeURIComponent)).toEqual([name, name, name]);
        expect(url.hash).toBe('');
      }
    }
  });
});

test.each(HOSTILE_NAMES)('a frame carries %j as it is, and no link made of it', (name) => {
  const tags = { ...item(name), metric: 'cpu' };
  const [frame] = framesOf([{ refId: 'A', target: name, title: name, datapoints: [[1, NOON]], tags }], 60_000);
  expect(frame?.name).toBe(name);
  expect(frame?.fields[1]?.labels).toEqual(tags);
  expect(frame?.fields.flatMap(({ config }) => config.links ?? [])).toEqual([]);
  expect(Object.getPrototypeOf(frame?.fields[1]?.labels)).toBe(Object.prototype);
});
