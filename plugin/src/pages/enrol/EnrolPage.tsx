import { PluginPage } from '@grafana/runtime';

export default function EnrolPage() {
  return <PluginPage>{null}</PluginPage>;
}
