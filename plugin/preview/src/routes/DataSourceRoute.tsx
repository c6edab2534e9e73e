import type { DataSourcePlugin, DataSourceSettings } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv } from '@grafana/runtime';
import { Alert, Button } from '@grafana/ui';
import { useParams } from 'host-router';
import { useMemo, useState } from 'react';
import { Loaded } from '../chrome/Loaded';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { loadPlugin } from '../load-plugin';

type Outcome = { status?: string; message?: string };

/** `/connections/datasources/edit/<uid>`: the settings as the data source's own editor shows them, and its test. */
export function DataSourceRoute() {
  const { uid = '' } = useParams();
  const load = useMemo(() => settingsAndPlugin(uid), [uid]);
  return <Loaded load={load}>{(loaded) => <Settings {...loaded} />}</Loaded>;
}

async function settingsAndPlugin(uid: string) {
  const settings = await getBackendSrv().get<DataSourceSettings>(`/api/datasources/uid/${encodeURIComponent(uid)}`);
  const instance = getDataSourceSrv().getInstanceSettings(uid);
  return { settings, plugin: await loadPlugin<DataSourcePlugin<never>>(instance?.type ?? '') };
}

type Props = Awaited<ReturnType<typeof settingsAndPlugin>>;

function Settings({ settings, plugin }: Props) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const Editor = plugin.components.ConfigEditor;
  const test = async () => {
    setOutcome(null);
    const source = await getDataSourceSrv().get(settings.uid);
    // A test that throws has failed with what it throws.
    setOutcome(
      await source.testDatasource().catch((error: Error): Outcome => ({ status: 'error', message: error.message })),
    );
  };
  return (
    <PreviewPluginPage
      pageNav={{ text: settings.name }}
      subTitle={`Type: ${plugin.meta.name}`}
      actions={<Button onClick={() => void test()}>Test</Button>}
    >
      {outcome !== null && (
        <Alert severity={outcome.status === 'success' ? 'success' : 'error'} title={outcome.message ?? ''} />
      )}
      <Alert severity="info" title="Provisioned data source">
        In the preview the agent sets up its data source itself; in a Grafana this form can be changed.
      </Alert>
      {Editor && <Editor options={settings as never} onOptionsChange={() => undefined} />}
    </PreviewPluginPage>
  );
}
