import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import * as d3 from 'd3';
import i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import React from 'react';
import ReactDom from 'react-dom';
import * as reactRedux from 'react-redux';
import * as reactRouter from 'host-router';
import * as jsxDevRuntime from 'react/jsx-dev-runtime';
import * as jsxRuntime from 'react/jsx-runtime';
import * as redux from 'redux';
import * as rxjs from 'rxjs';

/** For modules that are one object, as CommonJS has them. */
const whole = (module: object): object => ({ default: module, __useDefault: true });

/** What Grafana's loader shares with plugins, by the name a bundle asks for it. */
export const SHARED_MODULES: Record<string, object> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  d3,
  i18next: whole(i18next),
  lodash: whole(lodash),
  moment: whole(moment),
  react: whole(React),
  'react-dom': whole(ReactDom),
  'react-redux': reactRedux,
  'react-router': reactRouter,
  'react/jsx-dev-runtime': jsxDevRuntime,
  'react/jsx-runtime': jsxRuntime,
  redux,
  rxjs,
};

export function shareModules(): void {
  const address = (name: string) => `shared:${name}`;
  System.addImportMap({
    imports: Object.fromEntries(Object.keys(SHARED_MODULES).map((name) => [name, address(name)])),
  });
  for (const [name, module] of Object.entries(SHARED_MODULES)) System.set(address(name), module);
}
