import { dateTime, rangeUtil, type DataFrame, type TimeRange } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { Alert, Stack, TimeRangePicker } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'host-router';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { templateSrv } from '../services/template-srv';
import { readAnnotations } from './annotations';
import { Grid } from './Grid';
import type { Dashboard } from './model';
import { VariablePickers } from './VariablePickers';
import { resolveVariables, type Variable } from './variables';

const TIME_ZONE = 'browser';

type Ready = { variables: Variable[]; annotations: DataFrame[]; range: TimeRange };

/** A dashboard of the app: variables, range and panels; range and choices stand in the address, as Grafana has them. */
export function DashboardView({ dashboard }: { dashboard: Dashboard }) {
  const { search } = useLocation();
  const [ready, setReady] = useState<Ready | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const range = useRange(dashboard, search);

  useEffect(() => {
    let isWanted = true;
    const prepare = async (): Promise<Ready> => {
      templateSrv.updateTimeRange(range);
      const variables = await resolveVariables(dashboard.templating.list, new URLSearchParams(search), range);
      const annotations = await readAnnotations(dashboard.annotations?.list ?? [], range, TIME_ZONE);
      return { variables, annotations, range };
    };
    prepare().then(
      (now) => isWanted && setReady(now),
      (error: unknown) => isWanted && setProblem(error instanceof Error ? error.message : JSON.stringify(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [dashboard, range, search]);

  const move = (step: (range: TimeRange) => [from: number, to: number]) => {
    const [from, to] = step(range);
    locationService.partial({ from: Math.round(from), to: Math.round(to) });
  };
  const lengthOf = ({ from, to }: TimeRange) => to.valueOf() - from.valueOf();
  return (
    <PreviewPluginPage
      pageNav={{ text: dashboard.title }}
      subTitle={dashboard.description}
      actions={
        <TimeRangePicker
          value={range}
          timeZone={TIME_ZONE}
          onChange={({ raw }) => locationService.partial({ from: textOf(raw.from), to: textOf(raw.to) })}
          onChangeTimeZone={() => undefined}
          onMoveBackward={() =>
            move((now) => [now.from.valueOf() - lengthOf(now) / 2, now.to.valueOf() - lengthOf(now) / 2])
          }
          onMoveForward={() =>
            move((now) => [now.from.valueOf() + lengthOf(now) / 2, now.to.valueOf() + lengthOf(now) / 2])
          }
          onZoom={() => move((now) => [now.from.valueOf() - lengthOf(now) / 2, now.to.valueOf() + lengthOf(now) / 2])}
        />
      }
    >
      <Stack direction="column" gap={2}>
        {problem !== null && <Alert title="The dashboard cannot be shown">{problem}</Alert>}
        {ready !== null && (
          <>
            <VariablePickers
              variables={ready.variables}
              onChoose={(name, values) => locationService.partial({ [`var-${name}`]: values })}
            />
            <Grid
              panels={dashboard.panels}
              range={ready.range}
              timeZone={TIME_ZONE}
              annotations={ready.annotations}
              variables={JSON.stringify(ready.variables.map(({ name, values }) => [name, values]))}
              onChangeTimeRange={({ from, to }) => locationService.partial({ from, to })}
            />
          </>
        )}
      </Stack>
    </PreviewPluginPage>
  );
}

const textOf = (one: unknown): string | number =>
  typeof one === 'string' ? one : (one as { valueOf(): number }).valueOf();

/** What the address says, else the dashboard. */
function useRange(dashboard: Dashboard, search: string): TimeRange {
  const wanted = new URLSearchParams(search);
  const from = wanted.get('from') ?? dashboard.time.from;
  const to = wanted.get('to') ?? dashboard.time.to;
  return useMemo(() => rangeUtil.convertRawToRange({ from: instant(from), to: instant(to) }, TIME_ZONE), [from, to]);
}

/** Epoch milliseconds or a text such as now-6h. */
const instant = (text: string) => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);
