import type { AppPluginMeta } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { APP_ID } from '../../ids';

/** What the app keeps in Grafana. */
export type AppSettings = { dataSourceUid?: string };

/** Keeps what else is set, and whether the app is enabled and pinned. @throws FetchError */
export async function saveDataSource(meta: AppPluginMeta<AppSettings>, dataSourceUid: string): Promise<void> {
  const data = {
    enabled: meta.enabled ?? true,
    pinned: meta.pinned ?? true,
    jsonData: { ...meta.jsonData, dataSourceUid },
  };
  const call = { url: `/api/plugins/${APP_ID}/settings`, method: 'POST', data, showErrorAlert: false };
  await lastValueFrom(getBackendSrv().fetch(call));
}
