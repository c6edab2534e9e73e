import type { AppPlugin, PluginConfigPageProps, PluginMeta } from '@grafana/data';
import { Alert, Tab, TabsBar } from '@grafana/ui';
import { useMemo, useState, type ComponentType } from 'react';
import { useParams } from 'host-router';
import { Loaded } from '../chrome/Loaded';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { loadPlugin } from '../load-plugin';

/** `/plugins/<app>`: the configuration pages that the app adds, each a tab. */
export function ConfigRoute() {
  const { pluginId = '' } = useParams();
  const [chosen, setChosen] = useState(0);
  const load = useMemo(() => loadPlugin<AppPlugin>(pluginId), [pluginId]);
  return (
    <Loaded load={load}>
      {(app) => {
        const pages = app.configPages ?? [];
        const Body = pages[chosen]?.body as ComponentType<PluginConfigPageProps<PluginMeta>> | undefined;
        if (Body === undefined) return <Alert title={`${app.meta.name} has no configuration page`} />;
        return (
          <PreviewPluginPage pageNav={{ text: app.meta.name }} subTitle={app.meta.info.description}>
            <TabsBar>
              {pages.map(({ id, title, icon }, index) => (
                <Tab
                  key={id}
                  label={title}
                  icon={icon}
                  active={index === chosen}
                  onChangeTab={() => setChosen(index)}
                />
              ))}
            </TabsBar>
            <Body plugin={app} query={{}} />
          </PreviewPluginPage>
        );
      }}
    </Loaded>
  );
}
