import { PluginPage } from '@grafana/runtime';

export default function ConfigurationPage() {
  return <PluginPage>{null}</PluginPage>;
}
