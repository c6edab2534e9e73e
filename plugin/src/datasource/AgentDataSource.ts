import { DataSourceApi, type DataQueryResponse, type DataSourceInstanceSettings } from '@grafana/data';

export class AgentDataSource extends DataSourceApi {
  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
  }
  async query(): Promise<DataQueryResponse> {
    return { data: [] };
  }
  async testDatasource() {
    return { status: 'error', message: 'not asked' };
  }
}
