import { dateTime, rangeUtil, type DataQuery, type DataSourceApi } from '@grafana/data';
import { getDataSourceSrv, locationService } from '@grafana/runtime';
import { RadioButtonGroup, Stack } from '@grafana/ui';
import { useLocation } from 'host-router';
import { useMemo } from 'react';
import { Loaded } from '../chrome/Loaded';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { Grid } from '../dashboard/Grid';
import type { PanelModel } from '../dashboard/model';

const VIEWS = [
  { label: 'Chart', value: 'timeseries' },
  { label: 'Table', value: 'table' },
];
const HEIGHT = 14;

/** `/explore`: one query by the data source's own editor, its answer as a chart or a table. The query stands in the address. */
export function ExploreRoute() {
  const load = useMemo(() => getDataSourceSrv().get(), []);
  return <Loaded load={load}>{(source) => <Explore source={source} />}</Loaded>;
}

function Explore({ source }: { source: DataSourceApi }) {
  const { search } = useLocation();
  const { query, view } = useMemo(() => asked(search, source), [search, source]);
  const range = useMemo(() => rangeUtil.convertRawToRange({ from: dateTime().subtract(6, 'hours'), to: 'now' }), []);
  const panel = useMemo(
    (): PanelModel => ({
      id: 1,
      type: view,
      title: 'Answer',
      gridPos: { x: 0, y: 0, w: 24, h: HEIGHT },
      datasource: source.getRef(),
      targets: [query],
      options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] } },
    }),
    [query, view, source],
  );
  const Editor = source.components?.QueryEditor;
  return (
    <PreviewPluginPage
      pageNav={{ text: 'Explore' }}
      subTitle="The query editor of the data source; the last six hours."
      actions={
        <RadioButtonGroup
          aria-label="Shown as"
          options={VIEWS}
          value={view}
          onChange={(chosen) => locationService.partial({ view: chosen }, true)}
        />
      }
    >
      <Stack direction="column" gap={2}>
        {Editor && (
          <Editor
            datasource={source}
            query={query}
            range={range}
            onChange={(next) => locationService.partial({ query: JSON.stringify(next) }, true)}
            onRunQuery={() => undefined}
          />
        )}
        <Grid
          panels={[panel]}
          range={range}
          timeZone="browser"
          annotations={[]}
          variables=""
          onChangeTimeRange={() => undefined}
        />
      </Stack>
    </PreviewPluginPage>
  );
}

/** Queries that answer values over time; the others answer rows. */
const OVER_TIME = ['series', 'band'];

function asked(search: string, source: DataSourceApi): { query: DataQuery; view: string } {
  const wanted = new URLSearchParams(search);
  const written = wanted.get('query');
  const query = written === null ? firstQuery(source) : (JSON.parse(written) as DataQuery);
  const usual = OVER_TIME.includes(query.queryType ?? '') ? 'timeseries' : 'table';
  return { query, view: wanted.get('view') ?? usual };
}

const firstQuery = (source: DataSourceApi): DataQuery => ({
  ...source.getDefaultQuery?.('explore' as never),
  refId: 'A',
});
