import { expect, test } from '@jest/globals';
import type { DataFrame } from '@grafana/data';
import { bandFrame, valueFrame } from './frames.fixture';
import { baselineSuggestions } from './suggestions';

/** The names that are suggested: as Grafana 12 asks, and as Grafana 13 does. */
function suggested(frames: DataFrame[]): string[][] {
  const appended: string[] = [];
  baselineSuggestions.getSuggestionsForData({
    data: { series: frames },
    getListAppender: ({ pluginId }) => ({ append: () => appended.push(pluginId) }),
  });
  return [appended, baselineSuggestions({ rawFrames: frames }).map(({ pluginId }) => pluginId)];
}

test('the panel is suggested for data with a band', () => {
  const frames = [valueFrame('cpu_current', [1, 2]), bandFrame('cpu')];
  expect(suggested(frames)).toEqual([['hpawatch-baseline-panel'], ['hpawatch-baseline-panel']]);
});

test('it is not for values alone, which other panels draw as well', () => {
  expect(suggested([valueFrame('cpu_current', [1, 2])])).toEqual([[], []]);
});
