import {
  EventBusSrv,
  getPanelOptionsWithDefaults,
  LoadingState,
  type DataFrame,
  type PanelPlugin,
  type PanelProps,
  type TimeRange,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { ErrorBoundaryAlert, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { useMemo } from 'react';
import { Loaded } from '../chrome/Loaded';
import { loadPlugin } from '../load-plugin';
import { StandInMark } from '../stand-ins/StandInMark';
import { STAND_INS } from '../stand-ins/stand-ins';
import type { PanelModel } from './model';
import { usePanelData } from './use-panel-data';

export type PanelBoxProps = {
  panel: PanelModel;
  width: number;
  height: number;
  range: TimeRange;
  timeZone: string;
  annotations: DataFrame[];
  variables: string;
  onChangeTimeRange: PanelProps['onChangeTimeRange'];
};

/** Room for the mark below a stand-in. */
const MARK_PX = 8;

const events = new EventBusSrv();

/** One panel of a dashboard: the plugin's own from its bundle, or a stand-in for one of Grafana's. */
export function PanelBox(props: PanelBoxProps) {
  const { type } = props.panel;
  const standIn = STAND_INS[type];
  const load = useMemo(() => (standIn ? Promise.resolve(standIn) : loadPlugin<PanelPlugin>(type)), [standIn, type]);
  return (
    <Loaded load={load}>{(plugin) => <PanelOf {...props} plugin={plugin} isStandIn={standIn !== undefined} />}</Loaded>
  );
}

function PanelOf({ plugin, isStandIn, ...props }: PanelBoxProps & { plugin: PanelPlugin; isStandIn: boolean }) {
  const { panel, width, height, range, timeZone, annotations, variables, onChangeTimeRange } = props;
  const { options, fieldConfig } = useMemo(
    () =>
      getPanelOptionsWithDefaults({
        plugin,
        currentOptions: (panel.options ?? {}) as Record<string, unknown>,
        currentFieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] },
        isAfterPluginChange: false,
      }),
    [plugin, panel],
  );
  const data = usePanelData({ panel, plugin, fieldConfig, range, timeZone, width, annotations, variables });
  const Component = plugin.panel;
  const context = useMemo(() => ({ eventBus: events, eventsScope: 'global', sync: () => 1 }), []);
  return (
    <PanelChrome
      width={width}
      height={height}
      title={getTemplateSrv().replace(panel.title)}
      {...(panel.description !== undefined && { description: panel.description })}
      loadingState={data.state}
      {...(data.error?.message !== undefined && { statusMessage: data.error.message })}
    >
      {(innerWidth, innerHeight) => (
        <PanelContextProvider value={context}>
          <ErrorBoundaryAlert>
            {Component !== null && data.state !== LoadingState.NotStarted && (
              <Component
                id={panel.id}
                data={data}
                timeRange={range}
                timeZone={timeZone}
                options={options}
                fieldConfig={fieldConfig}
                transparent={false}
                width={innerWidth}
                height={isStandIn ? innerHeight - MARK_PX : innerHeight}
                title={panel.title ?? ''}
                renderCounter={0}
                eventBus={events}
                replaceVariables={(...given) => getTemplateSrv().replace(...given)}
                onOptionsChange={() => undefined}
                onFieldConfigChange={() => undefined}
                onChangeTimeRange={onChangeTimeRange}
              />
            )}
          </ErrorBoundaryAlert>
          {isStandIn && <StandInMark type={panel.type} />}
        </PanelContextProvider>
      )}
    </PanelChrome>
  );
}
